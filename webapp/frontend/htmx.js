// htmx under a strict policy: no inline styles or scripts, answers with errors are shown too, every post carries the token.
import htmx from 'htmx.org';
import { keepTyped } from './forms.js';

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages may hold personal data
htmx.config.refreshOnHistoryMiss = true;
htmx.config.responseHandling = [
  { code: '204', swap: false },
  { code: '401', swap: false },
  { code: '...', swap: true },
];

document.addEventListener('htmx:configRequest', (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) event.detail.headers['X-CSRF-Token'] = token;
});

// The session is over: what was typed waits in this tab until the person has signed in again.
document.addEventListener('htmx:beforeOnLoad', (event) => {
  if (event.detail.xhr.status === 401) document.querySelectorAll('form').forEach(keepTyped);
});

document.addEventListener('htmx:sendError', () => {
  const place = document.getElementById('messages');
  if (!place) return;
  place.innerHTML = '<div class="note note-danger" role="alert">网络不通，刚才的操作没有送到。请检查网络后再试。</div>';
});
