// <fieldset data-signature>: a box to sign in with mouse, finger or pen; what was drawn travels as a small PNG.
const WIDTH = 3;

export function watch(field) {
  const pad = field.querySelector('[data-signature-pad]');
  const canvas = pad.querySelector('canvas');
  const kept = field.querySelector('input[name="_signature"]');
  const status = pad.querySelector('[data-signature-status]');
  const pen = canvas.getContext('2d');
  pad.hidden = false;
  pen.lineWidth = WIDTH;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  pen.strokeStyle = '#111';
  if (kept.value) draw(pen, kept.value);

  let last = null;
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * (canvas.width / box.width), (event.clientY - box.top) * (canvas.height / box.height)];
  };
  canvas.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = point(event);
    stroke(pen, last, last);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!last) return;
    const here = point(event);
    stroke(pen, last, here);
    last = here;
  });
  const lift = () => {
    if (!last) return;
    last = null;
    kept.value = canvas.toDataURL('image/png');
    status.textContent = '已签名';
  };
  canvas.addEventListener('pointerup', lift);
  canvas.addEventListener('pointercancel', lift);
  pad.querySelector('[data-signature-clear]').addEventListener('click', () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    kept.value = '';
    status.textContent = '已清除，请重新签名';
  });
}

function stroke(pen, from, to) {
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}

function draw(pen, source) {
  const picture = new Image();
  picture.addEventListener('load', () => pen.drawImage(picture, 0, 0));
  picture.src = source;
}
