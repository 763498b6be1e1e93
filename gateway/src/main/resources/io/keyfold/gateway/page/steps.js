// The steps of a run as the graph that they are: the instance first, then keys and authorizations side by side.

import {badge, sign} from './badge.js';
import {el, svg} from './dom.js';
import {duration, time} from './time.js';
import {STEP_STATES, STEPS, count, tone, words} from './words.js';

const ENDS = ['STEP_COMPLETED', 'STEP_FAILED', 'STEP_COMPENSATED', 'STEP_RETAINED'];
/** Under their branch's title. */
const SHORT = {
  BLOCK_STORAGE_AUTHORIZATION: 'Block storage',
  FILE_STORAGE_AUTHORIZATION: 'File storage',
  OBJECT_STORAGE_AUTHORIZATION: 'Object storage',
};

const GOES_ON = ['RESOLVING', 'HOLDING', 'RUNNING', 'DEFERRED', 'DELETING'];

/**
 * How long each step of a run took, by its audit.
 *
 * @returns {Map<string, {from: number, until: number|null}>} in milliseconds; until is null while it goes on
 */
export function spans(records, run) {
  const found = new Map();
  [...records].filter(record => record.run === run && STEPS.includes(record.step)).sort((a, b) => a.sequence - b.sequence).forEach(record => {
    const at = Date.parse(record.occurred_at);
    const span = found.get(record.step);
    if (!span) {
      if (record.event === 'STEP_STARTED') {
        found.set(record.step, {from: at, until: null});
      }
    } else if (ENDS.includes(record.event) && span.until === null) {
      span.until = at;
    }
  });
  return found;
}

export class Steps {
  #place = el('div', {class: 'graph'});
  #ticking = [];

  get element() {
    return this.#place;
  }

  show(status, records) {
    this.#ticking = [];
    const known = new Map(status.steps.map(step => [step.step, step]));
    if (known.size === 0) {
      this.#place.replaceChildren(el('p', {class: 'empty'}, 'This run has no steps.'));
      return;
    }
    const times = spans(records, status.last_run?.run ?? 0);
    const node = name => this.#node(known.get(name), times.get(name));
    const keys = STEPS.slice(1, 3).filter(name => known.has(name)).map(node);
    const authorizations = STEPS.slice(3).filter(name => known.has(name)).map(node);
    const others = [...known.keys()].filter(name => !STEPS.includes(name)).map(node);
    this.#place.replaceChildren(
      known.has('KMS_INSTANCE') ? el('div', {class: 'first'}, node('KMS_INSTANCE')) : '',
      known.has('KMS_INSTANCE') && keys.length + authorizations.length > 0 ? fork() : '',
      el('div', {class: 'side-by-side'},
        branch('Root keys', keys), branch('Authorizations', [...authorizations, ...others])));
  }

  /** Lets what goes on grow older. */
  tick() {
    this.#ticking.forEach(({place, from}) => { place.textContent = duration(Date.now() - from); });
  }

  #node(step, span) {
    const took = el('span', {class: 'took'});
    if (span && span.until !== null) {
      took.textContent = duration(span.until - span.from);
    } else if (span && GOES_ON.includes(step.state)) {
      took.textContent = duration(Date.now() - span.from);
      this.#ticking.push({place: took, from: span.from});
    }
    return el('div', {class: `step ${tone(step.state)}`},
      el('div', {class: 'step-head'}, el('strong', {}, SHORT[step.step] ?? words(step.step)), took),
      el('div', {class: 'step-state'}, badge(step.state, STEP_STATES[step.state]), step.attempts > 1 ? el('span', {class: 'attempts'}, count(step.attempts, 'attempt')) : null),
      step.next ? el('p', {class: 'step-next'}, step.next, step.next_at ? [' ', time(step.next_at)] : null) : null,
      step.restorable_until ? el('p', {class: 'step-next'}, 'Can be brought back until ', time(step.restorable_until)) : null,
      step.last_error ? el('p', {class: 'step-error'}, sign(tone(step.state) === 'bad' ? 'bad' : 'warn'),
        `${step.last_error.code}${step.last_error.ibm_code ? ` · IBM: ${step.last_error.ibm_code}` : ''}`) : null);
  }
}

function branch(title, nodes) {
  return nodes.length > 0
    ? el('section', {class: 'branch', 'aria-label': title}, el('h4', {}, title), el('ul', {class: 'branch'}, ...nodes.map(it => el('li', {}, it)))) : '';
}

/** From the instance to both branches. */
function fork() {
  return svg('svg', {class: 'fork', viewBox: '0 0 100 24', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    svg('path', {d: 'M50 0V10M25 24V16Q25 10 31 10H69Q75 10 75 16V24', 'vector-effect': 'non-scaling-stroke'}));
}
