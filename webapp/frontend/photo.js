// Photos in the browser: cropping to 35:45 with a preview, and making files small before they travel.
const WIDTH = 413; // 35 mm x 45 mm at 300 dots per inch
const HEIGHT = 531;
const SCREEN = 0.6;
const LONGEST_SIDE = 1800;

export function crop(box) {
  const input = box.querySelector('input[type=file]');
  const status = box.querySelector('[data-photo-status]');
  onChosen(input, async () => {
    const file = input.files[0];
    if (!file) return;
    const picture = await decode(file);
    if (!picture) return refuse(input, status);
    const cut = await new Cropper(picture).ask();
    if (!cut) { input.value = ''; status.textContent = ''; return; }
    const small = await encode(cut, Number(box.dataset.photoMost) * 1024);
    replace(input, small, 'photo.jpg');
    const preview = box.querySelector('[data-photo-preview]');
    preview.src = URL.createObjectURL(small);
    preview.hidden = false;
    status.textContent = `照片 ${size(file)}，已裁剪压缩为 ${size(small)}`;
  });
}

export function shrink(box) {
  const input = box.querySelector('input[type=file]');
  const status = box.querySelector('[data-document-status]');
  const preview = box.querySelector('[data-document-preview]');
  onChosen(input, async () => {
    const file = input.files[0];
    preview.hidden = true;
    status.textContent = '';
    if (!file?.type.startsWith('image/')) return;
    const picture = await decode(file);
    if (!picture) { refuse(input, status); return; }
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const small = await encode(paint(picture, picture.width * scale, picture.height * scale), 800 * 1024);
    const better = small.size < file.size;
    if (better) replace(input, small, file.name.replace(/\.\w+$/, '') + '.jpg');
    preview.src = URL.createObjectURL(better ? small : file);
    preview.hidden = false;
    status.textContent = better ? `${size(file)}，已压缩为 ${size(small)}` : size(file);
  });
}

// On a slow phone the file may have been chosen before this script was there.
function onChosen(input, take) {
  input.addEventListener('change', take);
  if (input.files.length) take();
}

class Cropper {
  constructor(picture) {
    this.picture = picture;
    this.canvas = Object.assign(document.createElement('canvas'), { width: WIDTH * SCREEN, height: HEIGHT * SCREEN });
    this.least = Math.max(WIDTH / picture.width, HEIGHT / picture.height);
    this.zoom = 1;
    this.x = 0.5;
    this.y = 0.45; // faces are a little above the middle
  }

  ask() {
    const dialog = this.build();
    document.body.append(dialog);
    this.show();
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener('close', () => {
        dialog.remove();
        resolve(dialog.returnValue === 'ok' ? this.cut(WIDTH, HEIGHT) : null);
      });
    });
  }

  build() {
    const dialog = document.createElement('dialog');
    dialog.className = 'cropper';
    dialog.setAttribute('aria-label', '裁剪照片');
    const help = Object.assign(document.createElement('p'), { textContent: '拖动照片、用滑块放大，使头肩居中。也可用方向键移动。' });
    const slider = Object.assign(document.createElement('input'), { type: 'range', min: 1, max: 4, step: 0.01, value: 1 });
    slider.setAttribute('aria-label', '放大');
    slider.addEventListener('input', () => { this.zoom = Number(slider.value); this.show(); });
    const form = Object.assign(document.createElement('form'), { method: 'dialog', className: 'actions' });
    form.append(choice('ok', '用这张照片', 'btn btn-primary'), choice('', '取消', 'btn btn-outline-primary'));
    this.canvas.tabIndex = 0;
    this.canvas.addEventListener('pointermove', (event) => event.buttons && this.move(event.movementX, event.movementY));
    this.canvas.addEventListener('pointerdown', (event) => this.canvas.setPointerCapture(event.pointerId));
    this.canvas.addEventListener('keydown', (event) => {
      const steps = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] };
      if (steps[event.key]) { event.preventDefault(); this.move(...steps[event.key]); }
    });
    dialog.append(help, this.canvas, slider, form);
    return dialog;
  }

  move(right, down) {
    const scale = this.least * this.zoom * SCREEN;
    const clamp = (value) => Math.min(1, Math.max(0, value));
    this.x = clamp(this.x - right / (this.picture.width * scale - this.canvas.width || 1));
    this.y = clamp(this.y - down / (this.picture.height * scale - this.canvas.height || 1));
    this.show();
  }

  show() {
    this.canvas.getContext('2d').drawImage(this.cut(this.canvas.width, this.canvas.height), 0, 0);
  }

  cut(width, height) {
    const scale = this.least * this.zoom * (width / WIDTH);
    const [w, h] = [width / scale, height / scale];
    const target = Object.assign(document.createElement('canvas'), { width, height });
    const brush = target.getContext('2d');
    brush.fillStyle = '#fff';
    brush.fillRect(0, 0, width, height);
    brush.drawImage(this.picture, (this.picture.width - w) * this.x, (this.picture.height - h) * this.y, w, h, 0, 0, width, height);
    return target;
  }
}

const choice = (value, textContent, className) => Object.assign(document.createElement('button'), { value, textContent, className });

async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return null;
  }
}

function paint(picture, width, height) {
  const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(width), height: Math.round(height) });
  const brush = canvas.getContext('2d');
  brush.fillStyle = '#fff';
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// The best quality that fits; below a quality nobody can judge, the picture itself is made smaller.
async function encode(canvas, most) {
  for (let quality = 0.92; quality > 0.35; quality -= 0.08) {
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (blob.size <= most) return blob;
  }
  return encode(paint(canvas, canvas.width * 0.8, canvas.height * 0.8), most);
}

function replace(input, blob, name) {
  const bag = new DataTransfer();
  bag.items.add(new File([blob], name, { type: 'image/jpeg' }));
  input.files = bag.files;
}

function refuse(input, status) {
  input.value = '';
  status.textContent = '这个文件不是能打开的照片，请换一张 .jpg 或 .png。';
}

const size = (file) => (file.size < 1048576 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1048576).toFixed(1)} MB`);
