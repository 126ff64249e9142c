// <input data-id-number="id of a line">: says birth date and sex while the number is typed, or what is wrong with it.
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = '10X98765432';

export function watch(input) {
  const line = document.getElementById(input.dataset.idNumber);
  if (!line) return;
  const show = (leaving) => {
    const typed = input.value.replace(/\s/g, '').toUpperCase();
    const [text, wrong] = read(typed, leaving);
    line.textContent = text;
    line.classList.toggle('wrong', wrong);
  };
  input.addEventListener('input', () => show(false));
  input.addEventListener('blur', () => show(true));
  show(false); // on a slow phone somebody may have typed before this script was there
}

// While typing only a complete number is judged; on leaving the field also a short one.
export function read(typed, leaving) {
  if (!typed) return ['', false];
  if (typed.length !== 18) return leaving || typed.length > 18 ? [`身份证号应为 18 位，现为 ${typed.length} 位`, true] : ['', false];
  const bad = [...typed].findIndex((one, place) => !(/\d/.test(one) || (place === 17 && one === 'X')));
  if (bad >= 0) return [`第 ${bad + 1} 位“${typed[bad]}”不正确，应为数字`, true];
  const born = `${typed.slice(6, 10)}-${typed.slice(10, 12)}-${typed.slice(12, 14)}`;
  const day = new Date(`${born}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== born || day > new Date()) {
    return [`第 7 至 14 位“${typed.slice(6, 14)}”不是有效的出生日期`, true];
  }
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(typed[place]), 0);
  if (CHECK[sum % 11] !== typed[17]) return ['号码有误，请逐位核对（校验位不符）', true];
  return [`出生日期 ${born}，性别 ${Number(typed[16]) % 2 ? '男' : '女'}`, false];
}
