// Forms: go to what is wrong, send once, keep what was typed while signing in again.
const KEPT = 'kept:';

export function watchForms(root) {
  root.querySelector('[data-focus]')?.focus();
  restoreTyped(root);
  const back = root.querySelector('form[data-autosubmit]');
  if (back) back.requestSubmit();
}

document.addEventListener('submit', (event) => {
  const button = event.submitter;
  if (!button?.hasAttribute('data-once')) return;
  // after the browser has read the form, so that the button's own value is sent
  setTimeout(() => { button.disabled = true; }, 0);
});

// Back from another page: buttons work again.
window.addEventListener('pageshow', () => {
  document.querySelectorAll('button[data-once]:disabled').forEach((button) => { button.disabled = false; });
});

// What one person typed is never shown to another who signs in behind him in the same tab.
const person = () => document.querySelector('meta[name="person"]')?.content ?? '';
const address = (form) => KEPT + new URL(form.action || location.href, location.href).pathname;

export function keepTyped(form) {
  if (form.method !== 'post') return;
  const typed = [...new FormData(form)].filter(([name, value]) => !name.startsWith('_') && typeof value === 'string');
  if (typed.length) sessionStorage.setItem(address(form), JSON.stringify({ person: person(), typed }));
}

function restoreTyped(root) {
  for (const form of root.querySelectorAll('form[method="post"]')) {
    const text = sessionStorage.getItem(address(form));
    if (!text) continue;
    sessionStorage.removeItem(address(form));
    const kept = JSON.parse(text);
    if (kept.person !== person()) continue;
    for (const [name, value] of kept.typed) fill(form.elements.namedItem(name), value);
  }
}

function fill(field, value) {
  if (field instanceof RadioNodeList) {
    for (const one of field) if (one.value === value) one.checked = true;
  } else if (field?.type === 'checkbox') field.checked = field.value === value;
  else if (field && field.type !== 'file' && field.type !== 'password') field.value = value;
}
