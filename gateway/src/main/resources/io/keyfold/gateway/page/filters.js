// What the list is searched, filtered and sorted by: shows what the address says, and changes it.

import * as address from './address.js';
import {byId, el, setText} from './dom.js';
import {RUN_STATES, SERVICES, STANDINGS, STEPS, number, words} from './words.js';

const TYPING = 200;

const names = list => list.map(name => [name, words(name)]);

const FIELDS = [
  {name: 'standing', label: 'Standing', options: names(Object.keys(STANDINGS))},
  {name: 'run_state', label: 'Last run', options: names(Object.keys(RUN_STATES))},
  {name: 'needs_person', label: 'Needs a person', options: [['true', 'Yes'], ['false', 'No']]},
  {name: 'paused', label: 'Paused', options: [['true', 'Yes'], ['false', 'No']]},
  {name: 'step_failed', label: 'Step failed or parked', options: names(STEPS)},
  {name: 'encryption', label: 'Storage encrypted', options: names(['CUSTOMER_MANAGED', 'PROVIDER_MANAGED', 'NONE'])},
  {name: 'service', label: 'Of it: storage service', options: Object.entries(SERVICES), needs: 'encryption'},
  {name: 'region', label: 'Region'},
  {name: 'account', label: 'Account'},
];

const SORTS = [['cluster_id', 'Name'], ['-cluster_id', 'Name, last first'], ['-updated_at', 'Latest change'], ['updated_at', 'Oldest change'],
  ['-started_at', 'Latest run'], ['standing', 'Standing'], ['-run_state', 'Last run’s state']];

export class Filters {
  #fields = new Map();
  #typing = 0;

  constructor() {
    const search = byId('search');
    search.addEventListener('input', () => this.#soon(() => address.filter({q: search.value.trim()}, true)));
    search.addEventListener('search', () => this.#soon(() => address.filter({q: search.value.trim()}, true)));
    byId('filters').addEventListener('submit', event => event.preventDefault());
    search.addEventListener('keydown', event => { // a form of several fields submits nothing by itself
      if (event.key === 'Enter') {
        event.preventDefault();
        clearTimeout(this.#typing);
        address.filter({q: search.value.trim()}, true);
        byId('list').focus();
      }
    });
    FIELDS.forEach(field => byId('more-fields').append(this.#field(field)));
    byId('more-fields').append(el('button', {type: 'button', class: 'plain-button', onclick: () => this.#lift()}, 'Lift all filters'));
    const sort = byId('sort');
    SORTS.forEach(([value, text]) => sort.append(el('option', {value}, text)));
    sort.addEventListener('change', () => address.go({sort: sort.value}));
    document.addEventListener('click', event => byId('more').contains(event.target) || byId('more').removeAttribute('open'));
  }

  #soon(what) {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(what, TYPING);
  }

  #field({name, label, options, needs}) {
    const input = options
      ? el('select', {name}, el('option', {value: ''}, 'Any'), ...options.map(([value, text]) => el('option', {value}, text)))
      : el('input', {name, type: 'text', spellcheck: false, maxLength: 100, placeholder: 'Any'});
    input.addEventListener('change', () => address.filter({
      [name]: input.value.trim(),
      ...(name === 'encryption' && !input.value ? {service: ''} : {}),
    }));
    this.#fields.set(name, {input, label, options, needs});
    return el('label', {}, el('span', {}, label), input);
  }

  #lift() {
    address.filter(Object.fromEntries(address.FILTERS.filter(name => name !== 'q').map(name => [name, ''])));
  }

  show({filters, sort}) {
    const search = byId('search');
    if (document.activeElement !== search || search.value.trim() !== (filters.q ?? '')) {
      search.value = filters.q ?? '';
    }
    this.#fields.forEach(({input, needs}, name) => {
      const value = filters[name] ?? '';
      if (input.tagName === 'SELECT' && ![...input.options].some(option => option.value === value)) {
        input.append(el('option', {value}, this.#words(name, value)));
      }
      input.value = value;
      input.disabled = Boolean(needs) && !filters[needs];
    });
    byId('sort').value = sort;
    const chosen = Object.keys(filters).filter(name => name !== 'q');
    setText(byId('more-count'), chosen.length > 0 ? ` · ${chosen.length}` : '');
    byId('chips').replaceChildren(...chosen.map(name => this.#chip(name, filters[name])));
  }

  #chip(name, value) {
    const text = `${this.#fields.get(name).label}: ${this.#words(name, value)}`;
    return el('button', {type: 'button', class: 'chip', title: 'Lift this filter', 'aria-label': `Lift the filter ${text}`,
      onclick: () => address.filter({[name]: '', ...(name === 'encryption' ? {service: ''} : {})})}, text, el('span', {'aria-hidden': 'true'}, '×'));
  }

  #words(name, value) {
    const {options} = this.#fields.get(name);
    return options ? value.split(',').map(one => options.find(([it]) => it === one)?.[1] ?? words(one)).join(' or ') : value;
  }

  /** How many the list has. */
  matched(total, all, filters) {
    const isFiltered = Object.keys(filters).length > 0;
    const text = total === null ? 'Looking …'
      : total === 0 && isFiltered ? 'No cluster matches.'
        : total === 0 ? 'No clusters yet. keyfold deploy asks for the first.'
          : isFiltered && all !== null ? `${number(total)} of ${number(all)} clusters` : `${number(total)} ${total === 1 ? 'cluster' : 'clusters'}`;
    setText(byId('matched'), text);
  }
}
