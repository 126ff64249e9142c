// The diagram of a case, to look at: what is done, where it is now, what has not come yet.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';

const READABLE = 0.6;

export async function draw(element) {
  const marks = JSON.parse(element.dataset.marks || '{}');
  await unfolded(element);
  const answer = await fetch(element.dataset.diagram);
  if (!answer.ok) {
    element.textContent = '流程图暂时无法显示，请刷新页面重试。';
    return;
  }
  const viewer = new NavigatedViewer({ container: element, moddleExtensions: { zeebe } });
  await viewer.importXML(await answer.text());
  mark(viewer, marks);
  tell(viewer, JSON.parse(element.dataset.notes || '{}'));
  const canvas = viewer.get('canvas');
  const fitting = canvas.zoom('fit-viewport', 'auto');
  canvas.zoom(fitting * 0.94, 'auto'); // the outermost lines stay clear of the frame
  if (fitting < READABLE) approach(viewer, marks);
  element.dataset.drawn = 'true';
}

// A folded part of the page has no size to fit into.
function unfolded(element) {
  const fold = element.closest('details:not([open])');
  return fold ? new Promise((open) => { fold.addEventListener('toggle', open, { once: true }); }) : Promise.resolve();
}

// A large diagram begins at what is current; the whole of it is one turn of the wheel away.
function approach(viewer, marks) {
  const registry = viewer.get('elementRegistry');
  const here = [...(marks.current || []), ...(marks.done || [])].map((id) => registry.get(id)).find(Boolean);
  if (!here) return;
  const canvas = viewer.get('canvas');
  canvas.zoom(READABLE);
  const { width, height } = canvas.viewbox();
  canvas.viewbox({ x: here.x + here.width / 2 - width / 2, y: here.y + here.height / 2 - height / 2, width, height });
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

// Who, when and with which words, on hover; the list below the drawing says the same.
function tell(viewer, notes) {
  const registry = viewer.get('elementRegistry');
  for (const [id, lines] of Object.entries(notes)) {
    const shape = registry.getGraphics(id);
    if (!shape) continue;
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = [registry.get(id).businessObject.name, ...lines].join('\n');
    shape.prepend(title);
  }
}
