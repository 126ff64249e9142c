// <form data-draft="/address">: saves itself a moment after typing stops; [data-draft-status] says when it was saved.
const PAUSE = 1500;

export function watchDrafts(root) {
  for (const form of root.querySelectorAll('form[data-draft]')) {
    if (form.dataset.draftReady) continue;
    form.dataset.draftReady = 'true';
    new Draft(form);
  }
}

class Draft {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector('[data-draft-status]');
    form.addEventListener('input', () => this.later());
    form.addEventListener('submit', () => this.stop());
    window.addEventListener('pagehide', () => this.dirty && this.save(true));
    if ([...form.elements].some(typed)) this.later(); // on a slow phone, before this script was there
  }

  stop() {
    this.dirty = false;
    clearTimeout(this.timer);
  }

  later() {
    this.dirty = true;
    this.say('');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  async save(leaving = false) {
    this.dirty = false;
    const content = new FormData(this.form);
    for (const [name, value] of [...content]) if (value instanceof File || name === '_key') content.delete(name);
    try {
      const answer = await fetch(this.form.dataset.draft, { method: 'POST', body: content, keepalive: leaving });
      this.say(answer.ok ? `草稿已保存 ${clock()}` : this.failure(answer.status));
    } catch {
      this.say('草稿没有保存：网络不通，恢复后会再试');
      this.timer = setTimeout(() => this.save(), 10_000);
    }
  }

  failure(status) {
    return status === 401 ? '登录已过期，提交时会请您重新登录，填写的内容不会丢' : '草稿没有保存，请稍后再试';
  }

  say(text) {
    if (this.status) this.status.textContent = text;
  }
}

function typed(field) {
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
  return field.matches('input:not([type=file]), textarea') && field.value !== field.defaultValue;
}

const clock = () => new Date().toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' });
