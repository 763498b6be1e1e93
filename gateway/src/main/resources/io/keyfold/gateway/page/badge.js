// A state as a small sign: told by its shape and its words, not by colour alone.

import {el, svg} from './dom.js';
import {tone, words} from './words.js';

const SHAPES = {
  good: () => [svg('circle', {cx: 6, cy: 6, r: 5.5, class: 'full'}), svg('path', {d: 'm3.6 6.2 1.7 1.7 3.2-3.6', class: 'over'})],
  plain: () => [svg('circle', {cx: 6, cy: 6, r: 4.5, class: 'line'}), svg('circle', {cx: 6, cy: 6, r: 1.8, class: 'full'})],
  busy: () => [svg('circle', {cx: 6, cy: 6, r: 4.5, class: 'line faint'}), svg('path', {d: 'M6 1.5A4.5 4.5 0 0 1 10.5 6', class: 'line'})],
  warn: () => [svg('path', {d: 'M6 .8 11.6 11H.4Z', class: 'full'}), svg('path', {d: 'M6 4.4v3M6 9.1v.2', class: 'over'})],
  bad: () => [svg('path', {d: 'M3.6.5h4.8l3.1 3.1v4.8l-3.1 3.1H3.6L.5 8.4V3.6Z', class: 'full'}), svg('path', {d: 'm4 4 4 4m0-4L4 8', class: 'over'})],
  gone: () => [svg('circle', {cx: 6, cy: 6, r: 4.5, class: 'line', 'stroke-dasharray': '2 2'})],
};

export function sign(kind) {
  return svg('svg', {viewBox: '0 0 12 12', class: `sign ${kind}`, 'aria-hidden': 'true'}, ...SHAPES[kind]());
}

/** A badge: sign, words, and what it means where one points at it. */
export function badge(name, meaning = '', text = words(name)) {
  return el('span', {class: `badge ${tone(name)}`, title: meaning ? `${name}: ${meaning}` : name}, sign(tone(name)), text);
}
