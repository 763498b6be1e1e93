// Elements made by hand: text is always text, never markup, and nothing is styled or scripted inline.

const SVG = 'http://www.w3.org/2000/svg';

/** An element. Of the properties, `class` and what has a dash or `role` in it are attributes; `on…` are listeners. */
export function el(name, properties = {}, ...children) {
  return fill(document.createElement(name), properties, children);
}

/** An element of a drawing. */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, String(value)));
  made.append(...children);
  return made;
}

function fill(made, properties, children) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) {
      continue;
    }
    if (key.startsWith('on')) {
      made.addEventListener(key.slice(2), value);
    } else if (key === 'class' || key === 'role' || key === 'for' || key.includes('-')) {
      made.setAttribute(key, value === true ? '' : String(value));
    } else {
      made[key] = value;
    }
  }
  made.append(...children.flat(2).filter(child => child !== null && child !== undefined && child !== false && child !== ''));
  return made;
}

export const byId = id => document.getElementById(id);

/** Sets a text only if it is another one: what stays as it is costs nothing and is not read out again. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Tells somebody who listens instead of looking. */
export function say(text) {
  byId('said').textContent = text;
}

/** A text with a button that copies it. */
export function copyable(text, what, shown = text) {
  const button = el('button', {
    type: 'button', class: 'copy', title: `Copy: ${text}`, 'aria-label': `Copy ${what}`,
    onclick: async () => {
      await copy(text);
      button.classList.add('done');
      say(`${what} copied`);
      setTimeout(() => button.classList.remove('done'), 1500);
    },
  });
  return el('span', {class: 'copyable'}, el('code', {title: text}, shown), button);
}

async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return;
    } catch {
      // not allowed: the older way
    }
  }
  const area = el('textarea', {value: text, class: 'unseen', 'aria-hidden': 'true'});
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
