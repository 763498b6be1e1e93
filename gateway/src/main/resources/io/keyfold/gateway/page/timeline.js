// What has happened to a cluster, by its audit: when, by whom, in words.

import {sign} from './badge.js';
import {el} from './dom.js';
import {time} from './time.js';
import {count, words} from './words.js';

const KINDS = {
  REQUEST_ACCEPTED: 'plain', CONTROL_ACCEPTED: 'plain', REQUEST_REFUSED: 'bad', CONTROL_REFUSED: 'bad',
  STEP_STARTED: 'busy', STEP_COMPLETED: 'good', STEP_FAILED: 'bad', STEP_DEFERRED: 'warn', DEADLINE_PASSED: 'warn',
  COMPENSATION_STARTED: 'warn', DELETE_STARTED: 'warn', STEP_RETAINED: 'warn', COMPENSATION_FAILED: 'bad', RUN_PARKED: 'bad',
};

function kindOf(record) {
  if (record.event === 'RUN_ENDED') {
    return {COMPLETED: 'good', FAILED: 'bad'}[record.to_state] ?? 'plain';
  }
  return KINDS[record.event] ?? 'gone';
}

export class Timeline {
  #list = el('ol', {class: 'timeline', 'aria-label': 'What has happened, the latest first'});
  #foot = el('div', {class: 'timeline-foot'});
  #shown = '';
  element = el('div', {}, this.#list, this.#foot);

  /** @param more loads what is older; null if there is nothing older */
  show({records, total, complete}, more) {
    const shown = `${records.length} ${records[0]?.sequence} ${total} ${complete} ${Boolean(more)}`;
    if (shown === this.#shown) {
      return;
    }
    this.#shown = shown;
    let run = null;
    this.#list.replaceChildren(...records.flatMap(record => {
      const head = record.run !== run && record.run > 0 ? [el('li', {class: 'run-head'}, `Run ${record.run}`)] : [];
      run = record.run > 0 ? record.run : run;
      return [...head, entry(record)];
    }));
    this.#foot.replaceChildren(
      complete ? '' : el('p', {class: 'hint'}, 'This gateway still reads the audit: records may be missing.'),
      records.length === 0 ? el('p', {class: 'empty'}, 'The audit has no record of it.') : '',
      more ? el('button', {type: 'button', class: 'plain-button', onclick: more}, `Show older (${count(total - records.length, 'more record')})`) : '');
  }
}

function entry(record) {
  const change = record.from_state && record.to_state && record.from_state !== record.to_state
    ? `${record.from_state} → ${record.to_state}` : '';
  return el('li', {class: 'entry'},
    el('span', {class: 'when'}, time(record.occurred_at)),
    el('span', {class: 'what', title: change}, sign(kindOf(record)),
      el('span', {}, record.message || words(record.event),
        el('span', {class: 'who'}, [words(record.event), record.code, record.actor].filter(Boolean).join(' · ')))));
}
