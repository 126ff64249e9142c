// Keys of a page: <button data-shortcut="a" data-shortcut-label="通过">. The key clicks it, or focuses a field. "?" lists
// them. Lists: rows with [data-row] are walked with j and k, x selects, Enter opens; where rows can be chosen, the keys of
// the bar below act on the row under the cursor as long as nothing is chosen.
import { actOnRow } from './worklist.js';

const typing = (element) => element.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog[open]');

export function watchShortcuts() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape' && typing(event.target)) event.target.blur();
    if (typing(event.target)) return;
    if (event.key === '?') return show();
    const target = find(event.key);
    if (target) use(target, event);
    else if (document.querySelector('[data-row]')) walk(event);
  });
}

const find = (key) => [...document.querySelectorAll('[data-shortcut]')].find((one) => one.dataset.shortcut === key && visible(one));
// what lies folded away, such as 更多操作, may still have a key of its own
const visible = (element) => !element.disabled && (element.getClientRects().length > 0 || 'shortcutFolded' in element.dataset);

function use(target, event) {
  event.preventDefault();
  if (target.matches('input, textarea, select')) target.focus();
  else target.click();
}

function walk(event) {
  const rows = [...document.querySelectorAll('[data-row]')].filter(visible);
  const at = rows.findIndex((row) => row.classList.contains('selected'));
  const moves = { j: at + 1, ArrowDown: at + 1, k: Math.max(at - 1, 0), ArrowUp: Math.max(at - 1, 0) };
  if (event.key in moves) {
    event.preventDefault();
    select(rows, Math.min(moves[event.key], rows.length - 1));
  } else if (event.key === 'x' && at >= 0) rows[at].querySelector('input[type=checkbox]')?.click();
  else if (event.key === 'Enter' && at >= 0 && event.target === document.body) rows[at].querySelector('a[href], [data-open]')?.click();
  else if (at >= 0 && actOnRow(rows[at], event.key)) event.preventDefault();
}

function select(rows, index) {
  rows.forEach((row, place) => {
    row.classList.toggle('selected', place === index);
    row.setAttribute('aria-selected', String(place === index));
  });
  rows[index]?.scrollIntoView({ block: 'nearest' });
}

function show() {
  const dialog = document.getElementById('shortcuts');
  const list = dialog.querySelector('[data-shortcut-list]');
  list.replaceChildren();
  const keys = [...document.querySelectorAll('[data-shortcut]')].filter((one) => visible(one) || one.closest('[data-some-chosen]'));
  for (const one of keys) line(list, one.dataset.shortcut, one.dataset.shortcutLabel || one.textContent.trim());
  if (document.querySelector('[data-row]')) {
    line(list, 'j k', '下一行、上一行');
    line(list, 'Enter', '打开');
    if (document.querySelector('[data-row] input[type=checkbox]')) line(list, 'x', '选择');
  }
  line(list, '?', '显示快捷键');
  dialog.showModal();
}

function line(list, key, label) {
  const term = document.createElement('dt');
  const mark = document.createElement('kbd');
  const meaning = document.createElement('dd');
  mark.textContent = key;
  meaning.textContent = label;
  term.append(mark);
  list.append(term, meaning);
}
