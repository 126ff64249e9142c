// The diagram of a case, to look at: what is done, where it is now, what has not come yet.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';

export async function draw(element) {
  const marks = JSON.parse(element.dataset.marks || '{}');
  const answer = await fetch(element.dataset.diagram);
  if (!answer.ok) {
    element.textContent = '流程图暂时无法显示，请刷新页面重试。';
    return;
  }
  const viewer = new NavigatedViewer({ container: element, moddleExtensions: { zeebe } });
  await viewer.importXML(await answer.text());
  mark(viewer, marks);
  const canvas = viewer.get('canvas');
  const fitting = canvas.zoom('fit-viewport', 'auto');
  canvas.zoom(fitting * 0.94, 'auto'); // the outermost lines stay clear of the frame
  element.dataset.drawn = 'true';
}

function mark(viewer, marks) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  for (const [kind, ids] of Object.entries(marks)) {
    for (const id of ids) if (registry.get(id)) canvas.addMarker(id, `mark-${kind}`);
  }
  const passed = new Set([...(marks.done || []), ...(marks.current || [])]);
  for (const flow of registry.filter((one) => one.type === 'bpmn:SequenceFlow')) {
    if (passed.has(flow.source.id) && passed.has(flow.target.id)) canvas.addMarker(flow, 'mark-done');
  }
}
