// Pages of work: choosing rows, phrases for the opinion, looking at a proof in full size.
export function watchWork(root) {
  root.querySelectorAll('form[data-bulk]').forEach(countChosen);
  const on = root.querySelector('#go-on');
  if (on) nameAction(on);
  root.querySelectorAll('[data-read]').forEach(markRead);
}

// Opening an item is noted once (已阅); that it was not noted is no matter for who reads.
function markRead(part) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const address = part.dataset.read;
  delete part.dataset.read;
  fetch(address, { method: 'POST', headers: { 'X-CSRF-Token': token } }).catch(() => {});
}

document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-bulk]');
  if (form) {
    if (event.target.matches('[data-choose-all]')) boxes(form).forEach((box) => { box.checked = event.target.checked; });
    countChosen(form);
  }
  if (event.target.id === 'go-on') nameAction(event.target);
});

document.addEventListener('click', (event) => {
  const phrase = event.target.closest('[data-phrase]');
  if (phrase) write(document.getElementById(phrase.dataset.phrase), phrase.textContent.trim());
  const proof = event.target.closest('[data-view]');
  if (proof) view(proof);
});

// The name of a filter is typed at once when its form opens.
document.addEventListener('toggle', (event) => {
  if (event.target.matches('details.save-filter[open]')) event.target.querySelector('input[name="name"]').focus();
}, true);

// The key of a button of the selection bar, pressed while nothing is chosen: the act is done for this row alone.
export function actOnRow(row, key) {
  const form = row.closest('form[data-bulk]');
  const button = form && [...form.querySelectorAll('[data-shortcut]')].find((one) => one.dataset.shortcut === key);
  const box = row.querySelector('input[name="item"]');
  if (!button || !box) return false;
  box.checked = true;
  countChosen(form);
  form.requestSubmit(button);
  return true;
}

const boxes = (form) => [...form.querySelectorAll('input[name="item"]')];

function countChosen(form) {
  const chosen = boxes(form).filter((box) => box.checked).length;
  form.querySelector('[data-chosen-count]').textContent = String(chosen);
  form.querySelector('[data-none-chosen]').hidden = chosen > 0;
  form.querySelector('[data-some-chosen]').hidden = chosen === 0;
  boxes(form).forEach((box) => box.closest('tr').classList.toggle('chosen', box.checked));
}

function nameAction(box) {
  document.querySelectorAll('[data-with="go-on"]').forEach((words) => { words.hidden = !box.checked; });
}

function write(field, text) {
  const present = field.value.trim();
  if (!present.includes(text)) field.value = present ? `${present}${text}` : text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
}

// One dialog for all proofs of the page; the arrow keys go from one to the next, the picture can be turned.
function view(proof) {
  const all = [...document.querySelectorAll('[data-view]')];
  let at = all.indexOf(proof);
  let turned = 0;
  const dialog = document.createElement('dialog');
  const picture = document.createElement('img');
  const title = document.createElement('p');
  const bar = document.createElement('div');
  dialog.className = 'viewer';
  bar.className = 'viewer-bar';
  const show = (step) => {
    at = (at + step + all.length) % all.length;
    turned = 0;
    picture.className = '';
    picture.src = all[at].dataset.view;
    picture.alt = all[at].dataset.viewLabel;
    title.textContent = `${all[at].dataset.viewLabel}（${at + 1}/${all.length}）`;
  };
  const turn = () => {
    turned = (turned + 1) % 4;
    picture.className = `turned-${turned}`;
  };
  const button = (label, act) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = 'btn btn-outline-primary';
    made.textContent = label;
    made.addEventListener('click', act);
    bar.append(made);
  };
  bar.append(title);
  button('上一张', () => show(-1));
  button('下一张', () => show(1));
  button('旋转', turn);
  button('关闭', () => dialog.close());
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowRight') show(1);
    if (event.key === 'ArrowLeft') show(-1);
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    all[at].focus();
  });
  dialog.append(bar, picture);
  document.body.append(dialog);
  show(0);
  dialog.showModal();
}
