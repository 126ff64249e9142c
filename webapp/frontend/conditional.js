// <div data-shown-by="veteran">: shown only while the box of that name is ticked, or its choice is none of the words in
// data-shown-unless. Without scripts everything stays visible, and what is hidden is still sent.
export function watch(part) {
  const form = part.closest('form');
  const field = form?.elements.namedItem(part.dataset.shownBy);
  if (!field) return;
  const unless = ['', ...(part.dataset.shownUnless || '').split(' ')];
  const show = () => {
    const wanted = field.type === 'checkbox' ? field.checked : !unless.includes(field.value);
    part.hidden = !wanted && !part.querySelector('.field-error, .remark');
  };
  field.addEventListener('change', show);
  show();
}
