// The fleet at a glance: how many clusters stand how. Each number is a filter.

import * as address from './address.js';
import {sign} from './badge.js';
import {el, setText} from './dom.js';
import {RUN_STATES, STANDINGS, number} from './words.js';

const sum = (counts, ...names) => names.reduce((all, name) => all + (counts[name] ?? 0), 0);

/** What is counted, how it is asked for, and what it means. */
const TILES = [
  {key: 'all', text: 'Clusters', kind: 'none', filters: {}, of: it => it.clusters, means: 'All clusters that the status topic knows.'},
  {key: 'person', text: 'Need a person', kind: 'warn', filters: {needs_person: 'true'}, of: it => it.need_person,
    means: 'Parked, failed or drifted, or a remedy says what a person can do.'},
  {key: 'customer', text: 'Customer-managed', kind: 'good', filters: {standing: 'CUSTOMER_MANAGED'},
    of: it => sum(it.standing, 'CUSTOMER_MANAGED'), means: STANDINGS.CUSTOMER_MANAGED},
  {key: 'provider', text: 'Provider-managed', kind: 'plain', filters: {standing: 'PROVIDER_MANAGED'},
    of: it => sum(it.standing, 'PROVIDER_MANAGED'), means: STANDINGS.PROVIDER_MANAGED},
  {key: 'progress', text: 'In progress', kind: 'busy', filters: {run_state: 'IN_PROGRESS,COMPENSATING'},
    of: it => sum(it.run_state, 'IN_PROGRESS', 'COMPENSATING'), means: 'The last run goes on: its steps are being done, or it is being undone.'},
  {key: 'failed', text: 'Failed or parked', kind: 'bad', filters: {run_state: 'FAILED,COMPENSATION_FAILED,KEY_IN_USE'},
    of: it => sum(it.run_state, 'FAILED', 'COMPENSATION_FAILED', 'KEY_IN_USE'),
    means: `The last run has failed (${RUN_STATES.FAILED.toLowerCase().replace(/\.$/, '')}) or is parked and waits for a person.`},
  {key: 'drifted', text: 'Drifted', kind: 'warn', filters: {standing: 'DRIFTED'}, of: it => sum(it.standing, 'DRIFTED'), means: STANDINGS.DRIFTED},
  {key: 'gone', text: 'Deprovisioned', kind: 'gone', filters: {standing: 'DEPROVISIONED'}, of: it => sum(it.standing, 'DEPROVISIONED'), means: STANDINGS.DEPROVISIONED},
];

const ASKED_BY_TILES = ['standing', 'run_state', 'needs_person'];

export class Fleet {
  #tiles;
  #filters = {};

  constructor(place) {
    this.#tiles = TILES.map(tile => {
      const value = el('span', {class: 'value'}, '–');
      const button = el('button', {type: 'button', class: `tile ${tile.kind}`, title: tile.means, 'aria-pressed': 'false', onclick: () => this.#choose(tile)},
        value, el('span', {class: 'label'}, tile.kind === 'none' ? null : sign(tile.kind), tile.text));
      place.append(button);
      return {...tile, button, value};
    });
  }

  show(counts) {
    this.#tiles.forEach(tile => {
      const value = tile.of(counts);
      setText(tile.value, number(value));
      tile.button.classList.toggle('zero', value === 0);
    });
    document.title = counts.need_person > 0 ? `Keyfold · ${number(counts.need_person)} need a person` : 'Keyfold';
  }

  /** Which of them the list is filtered by. */
  chosen(filters) {
    this.#filters = filters;
    this.#tiles.forEach(tile => tile.button.setAttribute('aria-pressed', this.#isChosen(tile)));
  }

  #isChosen(tile) {
    return ASKED_BY_TILES.every(name => (this.#filters[name] ?? '') === (tile.filters[name] ?? ''));
  }

  #choose(tile) {
    const wanted = this.#isChosen(tile) ? {} : tile.filters;
    address.filter(Object.fromEntries(ASKED_BY_TILES.map(name => [name, wanted[name]])));
  }
}
