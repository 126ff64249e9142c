// The table of a seat draw: [data-draw-check] computes every value again in this browser and compares place by place.
export function watch(table) {
  const button = document.querySelector('[data-draw-check]');
  const result = document.querySelector('[data-draw-result]');
  if (!button || !crypto.subtle) return;
  button.hidden = false;
  button.addEventListener('click', async () => {
    result.textContent = '正在计算……';
    const wrong = await recompute(table);
    result.textContent = wrong.length ? `有 ${wrong.length} 行不一致：${wrong.slice(0, 3).join('、')}` : `已重新计算 ${table.tBodies[0].rows.length} 人，全部一致`;
  });
}

async function recompute(table) {
  const wrong = [];
  let before = '';
  for (const row of table.querySelectorAll('tbody tr')) {
    const [number, shown] = [...row.cells].map((cell) => cell.textContent.trim());
    const value = await sha256(`${table.dataset.seed}:${number}`);
    if (value !== shown || value < before) wrong.push(number);
    before = value;
  }
  return wrong;
}

async function sha256(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
