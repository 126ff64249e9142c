// Everything a page may use; heavy parts are loaded only where a page asks for them by an attribute.
import './htmx.js';
import { watchCountdowns } from './countdown.js';
import { watchDrafts } from './drafts.js';
import { watchForms } from './forms.js';
import { watchShortcuts } from './shortcuts.js';
import { watchWork } from './worklist.js';

const LAZY = {
  '[data-diagram]': async (element) => (await import('./diagram.js')).draw(element),
  '[data-chart]': async (element) => (await import('./chart.js')).draw(element),
  '[data-photo]': async (element) => (await import('./photo.js')).crop(element),
  '[data-document]': async (element) => (await import('./photo.js')).shrink(element),
  '[data-id-number]': async (element) => (await import('./identity.js')).watch(element),
  '[data-shown-by]': async (element) => (await import('./conditional.js')).watch(element),
  '[data-signature]': async (element) => (await import('./signing.js')).watch(element),
  '[data-draw]': async (element) => (await import('./draw.js')).watch(element),
};

function prepare(root) {
  watchCountdowns(root);
  watchDrafts(root);
  watchForms(root);
  watchWork(root);
  for (const [selector, load] of Object.entries(LAZY)) {
    for (const element of root.querySelectorAll(selector)) {
      if (element.dataset.ready) continue;
      element.dataset.ready = 'true';
      load(element);
    }
  }
}

// on a phone the navigation is a strip: the present place is brought into sight
function showPlace() {
  const here = document.querySelector('.side [aria-current], .tabs [aria-current]');
  const strip = here?.closest('.side, .tabs');
  if (strip && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = here.offsetLeft - strip.offsetLeft - 40;
}

watchShortcuts();
prepare(document);
showPlace();
document.addEventListener('htmx:afterSwap', () => prepare(document));
