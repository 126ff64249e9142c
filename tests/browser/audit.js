// What a page keeps from people who do not see it well: answers sentences. Contrast as in WCAG 2.2 (1.4.3).
() => {
  const shown = (one) => one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const where = (one) => `${one.tagName.toLowerCase()}#${one.id || one.name || one.className} "${one.textContent.trim().slice(0, 20)}"`;
  const named = (one) => [one.getAttribute('aria-label'), one.textContent, one.labels?.[0]?.textContent,
    one.title, document.getElementById(one.getAttribute('aria-labelledby'))?.textContent].some((text) => text?.trim());
  const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (one) => {
    for (let box = one; box; box = box.parentElement) {
      const colour = numbers(getComputedStyle(box).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const contrast = (one) => {
    const [a, b] = [light(numbers(getComputedStyle(one).color)), light(behind(one))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const controls = [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href]')].filter(shown);
  const texts = [...document.querySelectorAll('body *:not(svg *):not(option)')]
    .filter((one) => !one.disabled && shown(one) && [...one.childNodes].some((part) => part.nodeType === 3 && part.textContent.trim()));
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  return [
    ...controls.filter((one) => !named(one) && !one.querySelector('img[alt]')).map((one) => `no name: ${where(one)}`),
    ...[...document.images].filter((one) => !one.hasAttribute('alt')).map((one) => `no alt: ${where(one)}`),
    ...texts.filter((one) => contrast(one) < 4.5).map((one) => `pale (${contrast(one).toFixed(1)}): ${where(one)}`),
    ...new Set(ids.filter((id, at) => !id.startsWith('diagram') && ids.indexOf(id) !== at).map((id) => `twice: #${id}`)),
  ];
}
