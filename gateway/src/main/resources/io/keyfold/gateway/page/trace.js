// Draws a trace as a waterfall: a row for each span, below the one that it is a part of, and a beam for when it was.

import {byId, el, say, setText} from './dom.js';
import {duration, read} from './spans.js';

const INDENT = 14;
const TICKS = 5;
const LATE = 0.8;

let traces = [];
let trace = null;
let rows = [];
let chosen = 0;
const folded = new Set();

async function open(files) {
  try {
    const texts = await Promise.all([...files].map(file => file.text()));
    traces = read(texts.join('\n'));
    trouble(traces.length ? '' : 'There is no span in that file.');
  } catch (e) {
    trouble(`That is no file of OTLP's JSON: ${e.message}`);
    return;
  }
  if (traces.length) {
    fillChoice();
    draw(traces[0]);
  }
}

function trouble(text) {
  byId('trouble').hidden = !text;
  setText(byId('trouble'), text);
}

const titleOf = it => [it.run.name, it.run.attributes.get('keyfold.cluster.id')].filter(Boolean).join(' ');

function fillChoice() {
  byId('trace').replaceChildren(
    ...traces.map((it, index) => el('option', {value: String(index)}, `${titleOf(it)} (${it.spans.length} spans)`)));
  byId('chosen').hidden = traces.length < 2;
}

function draw(next) {
  trace = next;
  folded.clear();
  byId('empty').hidden = true;
  byId('drawn').hidden = false;
  close();
  document.title = `${titleOf(trace)} – Keyfold`;
  setText(byId('title'), titleOf(trace));
  const outcome = trace.run.attributes.get('keyfold.outcome');
  setText(byId('sum'), [
    outcome, duration(trace.length), `${trace.spans.length} spans`, trace.begin.toISOString(), `trace ${trace.id}`,
  ].filter(Boolean).join(' · '));
  byId('legend').replaceChildren(...trace.services.map((name, index) => el('li', {class: `of-${index % 7}`}, name)));
  byId('scale').replaceChildren(el('span'), ticks());
  chosen = 0;
  list();
  say(`${titleOf(trace)}, ${trace.spans.length} spans`);
}

function ticks() {
  return el('div', {class: 'ticks'}, Array.from({length: TICKS}, (_, index) => {
    const tick = el('span', {}, duration(trace.length * index / (TICKS - 1)));
    tick.style.left = `${100 * index / (TICKS - 1)}%`;
    return tick;
  }));
}

function list() {
  const hidden = new Set();
  rows = trace.spans.filter(span => {
    if (hidden.has(span.parent)) {
      hidden.add(span.id);
      return false;
    }
    if (folded.has(span.id)) {
      hidden.add(span.id);
    }
    return true;
  });
  byId('spans').replaceChildren(...rows.map(row));
  choose(Math.min(chosen, rows.length - 1));
}

function row(span, index) {
  const fold = span.children.length ? folded.has(span.id) ? '▸' : '▾' : '';
  const name = el('div', {class: 'name', role: 'gridcell', title: span.name},
    el('span', {class: 'fold', 'aria-hidden': 'true'}, fold), el('span', {class: 'mark-of', 'aria-hidden': 'true'}),
    el('span', {class: 'words'}, span.name));
  name.style.paddingLeft = `${(span.level - 1) * INDENT}px`;
  return el('div', {
    class: `span of-${trace.services.indexOf(span.service) % 7}${span.failed ? ' failed' : ''}`,
    role: 'row', 'aria-level': span.level, 'aria-selected': 'false', id: `span-${span.id}`,
    'aria-expanded': span.children.length ? String(!folded.has(span.id)) : undefined,
    onclick: event => {
      choose(index);
      event.target.classList.contains('fold') && span.children.length ? toggle(span) : show(span);
    },
  }, name, lane(span));
}

function lane(span) {
  const part = trace.length || 1;
  const left = 100 * span.begin / part;
  const beam = el('div', {class: 'beam', 'aria-hidden': 'true'});
  beam.style.left = `${left}%`;
  beam.style.width = `${100 * span.length / part}%`;
  const end = (span.begin + span.length) / part;
  const took = el('span', {class: end > LATE ? 'took before' : 'took'}, duration(span.length));
  took.style.left = `${end > LATE ? left : 100 * end}%`;
  return el('div', {class: 'lane', role: 'gridcell'}, beam, took);
}

function choose(index) {
  chosen = Math.max(0, Math.min(rows.length - 1, index));
  [...byId('spans').children].forEach((each, at) => each.setAttribute('aria-selected', String(at === chosen)));
  const at = byId('spans').children[chosen];
  byId('spans').setAttribute('aria-activedescendant', at.id);
  at.scrollIntoView({block: 'nearest'});
}

function toggle(span) {
  folded.has(span.id) ? folded.delete(span.id) : folded.add(span.id);
  list();
}

function show(span) {
  const facts = [
    ['service', span.service], ['kind', span.kind], ['begins after', duration(span.begin)],
    ['took', duration(span.length)], ['failure', span.why], ['span', span.id], ['part of', span.parent],
    ...span.links.map(link => ['linked', link]), ...span.attributes,
  ].filter(([, value]) => value);
  byId('details').replaceChildren(
    el('button', {type: 'button', class: 'plain-button', onclick: close}, 'Close'),
    el('h3', {}, span.name),
    el('dl', {}, facts.flatMap(([key, value]) => [el('dt', {}, key), el('dd', {}, value)])));
  byId('details').hidden = false;
}

function close() {
  byId('details').hidden = true;
}

/** Right unfolds or goes into a span, left folds it or goes out of it, as in any tree. */
function across(isInto) {
  const span = rows[chosen];
  if (isInto && folded.has(span.id) || !isInto && span.children.length && !folded.has(span.id)) {
    toggle(span);
  } else if (isInto && span.children.length) {
    choose(chosen + 1);
  } else if (!isInto) {
    const parent = rows.findIndex(each => each.id === span.parent);
    choose(parent < 0 ? chosen : parent);
  }
}

const KEYS = {
  ArrowDown: () => choose(chosen + 1),
  ArrowUp: () => choose(chosen - 1),
  Home: () => choose(0),
  End: () => choose(rows.length - 1),
  PageDown: () => choose(chosen + 10),
  PageUp: () => choose(chosen - 10),
  ArrowRight: () => across(true),
  ArrowLeft: () => across(false),
  Enter: () => show(rows[chosen]),
  Escape: close,
};

byId('spans').addEventListener('keydown', event => {
  if (trace && KEYS[event.key] && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    KEYS[event.key]();
  }
});
byId('details').addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    close();
    byId('spans').focus();
  }
});
byId('file').addEventListener('change', event => open(event.target.files));
byId('trace').addEventListener('change', event => draw(traces[Number(event.target.value)]));
for (const name of ['dragenter', 'dragover']) {
  byId('drawing').addEventListener(name, event => {
    event.preventDefault();
    byId('drawing').classList.add('over');
  });
}
byId('drawing').addEventListener('dragleave', () => byId('drawing').classList.remove('over'));
byId('drawing').addEventListener('drop', event => {
  event.preventDefault();
  byId('drawing').classList.remove('over');
  open(event.dataTransfer.files);
});
