// <span data-countdown="2026-11-25T09:00:00Z" data-before="距截止还有" data-after="已截止">: what remains, in words.
const MINUTE = 60_000;
let started = false;

export function watchCountdowns(root) {
  root.querySelectorAll('[data-countdown]').forEach(show);
  if (started) return;
  started = true;
  setInterval(() => document.querySelectorAll('[data-countdown]').forEach(show), 30_000);
}

function show(element) {
  element.title ||= element.textContent.trim();
  const left = new Date(element.dataset.countdown) - Date.now();
  element.textContent = left <= 0 ? element.dataset.after : `${element.dataset.before} ${words(left)}`;
}

export function words(milliseconds) {
  const minutes = Math.ceil(milliseconds / MINUTE);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  if (days) return `${days} 天 ${hours} 小时`;
  return hours ? `${hours} 小时 ${minutes % 60} 分` : `${minutes} 分钟`;
}
