// What cannot be read as it should be: what sticks out sideways, and text with too little contrast (WCAG 2.2 AA).
const wrong = [];

if (document.documentElement.scrollWidth > innerWidth) {
  wrong.push(`the page is ${document.documentElement.scrollWidth} wide in ${innerWidth}`);
}
for (const box of document.querySelectorAll('.cluster-body, .list, dialog, main, aside, header')) {
  if (box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1) {
    wrong.push(`${box.tagName}.${box.className}#${box.id} holds ${box.scrollWidth} in ${box.clientWidth}`);
  }
}

const parse = color => {
  const parts = color.match(/[\d.]+/g).map(Number);
  return {rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1};
};
const over = (front, back) => front.rgb.map((value, i) => value * front.alpha + back[i] * (1 - front.alpha));
const ground = element => {
  if (!element) {
    return [255, 255, 255];
  }
  const own = parse(getComputedStyle(element).backgroundColor);
  return own.alpha === 1 ? own.rgb : over(own, ground(element.parentElement));
};
const luminance = rgb => {
  const [r, g, b] = rgb.map(value => value / 255).map(value => value <= .03928 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
};

const seen = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  const style = getComputedStyle(element);
  if (!walker.currentNode.textContent.trim() || seen.has(element) || !element.checkVisibility({visibilityProperty: true})
      || element.closest('.unseen, option, noscript, :disabled') || style.clipPath !== 'none') {
    continue;
  }
  seen.add(element);
  const back = ground(element);
  const [light, dark] = [luminance(over(parse(style.color), back)), luminance(back)].sort((a, b) => b - a);
  const contrast = (light + .05) / (dark + .05);
  if (contrast < 4.5) {
    wrong.push(`"${walker.currentNode.textContent.trim().slice(0, 30)}" in ${element.className || element.tagName}: ${contrast.toFixed(2)}`);
  }
}
return [...new Set(wrong)].slice(0, 20);
