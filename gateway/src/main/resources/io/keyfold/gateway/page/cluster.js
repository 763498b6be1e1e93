// One cluster: kept up to date while it is looked at.

import * as api from './api.js';
import {actionsFor} from './actions.js';
import {confirm} from './dialogs.js';
import {el, say} from './dom.js';
import * as parts from './parts.js';
import {Steps} from './steps.js';
import {Timeline} from './timeline.js';

/** A cluster that changes often is read anew so often at most. */
const SETTLE = 400;

/** A control that is refused changes no status: the audit is looked at after so many milliseconds each. */
const LOOKS = [400, 800, 1500, 3000, 6000];

export class ClusterPanel {
  #place;
  #close;
  #caller;
  #id = null;
  #generation = 0;
  #tag = null;
  #status = null;
  #history = {records: [], total: 0, complete: true};
  #older = null;
  #timer = 0;
  #isLoading = false;
  #isChanged = false;
  #sections = {};
  #steps = new Steps();
  #timeline = new Timeline();

  /** @param caller returns who asks */
  constructor(place, {close, caller}) {
    this.#place = place;
    this.#close = close;
    this.#caller = caller;
    setInterval(() => this.#id && this.#steps.tick(), 1000);
  }

  get id() {
    return this.#id;
  }

  /** Shows a cluster, or with null none. */
  show(id) {
    if (id === this.#id) {
      return;
    }
    this.#id = id;
    this.#generation += 1;
    this.#tag = null;
    this.#status = null;
    this.#history = {records: [], total: 0, complete: true};
    this.#older = null;
    this.#isLoading = false;
    this.#place.hidden = id === null;
    document.body.classList.toggle('with-cluster', id !== null);
    if (id === null) {
      this.#place.replaceChildren();
      return;
    }
    this.#frame();
    this.#load();
  }

  /** Something has changed about it. */
  changed() {
    this.#isChanged = true;
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      if (this.#isChanged && this.#id) {
        this.#load();
      }
    }, SETTLE);
  }

  callerChanged() {
    if (this.#status) {
      this.#draw();
    }
  }

  focus() {
    this.#place.querySelector('h2')?.focus();
  }

  #frame() {
    const section = (name, title) => {
      const body = el('div', {class: 'section-body'});
      this.#sections[name] = {body, element: el('section', {class: `section ${name}`}, title ? el('h3', {}, title) : null, body)};
      return this.#sections[name].element;
    };
    this.#timeline = new Timeline();
    this.#steps = new Steps();
    this.#place.replaceChildren(
      el('header', {class: 'cluster-head'},
        el('button', {type: 'button', class: 'close', 'aria-label': 'Close the cluster', title: 'Close (Esc)', onclick: this.#close}, el('span', {'aria-hidden': 'true'}, '×')),
        el('h2', {tabIndex: -1}, this.#id),
        section('head', '')),
      el('div', {class: 'cluster-body'},
        section('notice', ''), section('actions', ''), section('run', 'Last run'), section('steps', 'Steps'),
        section('storage', 'Storage'), section('verification', 'Verification'), section('resources', 'Resources'), section('history', 'History')));
    this.#sections.history.body.append(this.#timeline.element);
    this.#sections.steps.body.append(this.#steps.element);
    ['run', 'steps', 'storage', 'verification', 'resources', 'history', 'actions'].forEach(name => { this.#sections[name].element.hidden = true; });
    this.#sections.notice.body.replaceChildren(el('p', {class: 'empty'}, 'Looking …'));
  }

  async #load() {
    if (this.#isLoading) {
      this.#isChanged = true;
      return;
    }
    this.#isLoading = true;
    this.#isChanged = false;
    const generation = this.#generation;
    const isOurs = () => generation === this.#generation;
    try {
      const answer = await api.cluster(this.#id, this.#tag);
      if (!isOurs()) {
        return;
      }
      if (answer) {
        this.#status = answer.status;
        this.#tag = answer.tag;
        this.#draw();
      }
      await this.#loadHistory(isOurs);
    } catch (problem) {
      if (isOurs()) {
        this.#fail(problem);
      }
    } finally {
      if (isOurs()) {
        this.#isLoading = false;
        if (this.#isChanged) {
          this.changed();
        }
      }
    }
  }

  async #loadHistory(isOurs) {
    const latest = await api.history(this.#id);
    if (!isOurs()) {
      return;
    }
    const oldest = latest.records.at(-1)?.sequence ?? 0;
    const newest = this.#history.records[0]?.sequence ?? 0;
    const isJoined = this.#history.records.length > 0 && newest >= oldest - 1;
    const older = isJoined ? this.#history.records.filter(record => record.sequence < oldest) : [];
    if (!isJoined || older.length === 0) {
      this.#older = latest.next_cursor;
    }
    this.#history = {...latest, records: [...latest.records, ...older]};
    this.#drawHistory();
  }

  async #loadOlder() {
    const generation = this.#generation;
    try {
      const page = await api.history(this.#id, this.#older);
      if (generation === this.#generation) {
        const oldest = this.#history.records.at(-1)?.sequence ?? Infinity;
        this.#older = page.next_cursor;
        this.#history = {...this.#history, records: [...this.#history.records, ...page.records.filter(record => record.sequence < oldest)]};
        this.#drawHistory();
      }
    } catch (problem) {
      this.#say(parts.problem(problem));
    }
  }

  #draw() {
    const status = this.#status;
    const put = (name, content) => {
      const filled = content.filter(Boolean);
      this.#sections[name].body.replaceChildren(...filled);
      this.#sections[name].element.hidden = filled.length === 0;
    };
    put('head', parts.head(status));
    put('notice', parts.notices(status));
    put('run', parts.run(status));
    put('storage', parts.storage(status));
    put('verification', parts.verification(status));
    put('resources', parts.resources(status));
    this.#drawActions();
    this.#sections.steps.element.hidden = status.steps.length === 0;
    this.#steps.show(status, this.#history.records);
  }

  /** The buttons stay as they are while they are the same: one of them may have the focus. */
  #drawActions() {
    const actions = actionsFor(this.#status, this.#caller());
    const {body, element} = this.#sections.actions;
    element.hidden = actions.length === 0;
    const names = actions.map(action => action.name).join(' ');
    if (body.dataset.names !== names) {
      body.dataset.names = names;
      body.replaceChildren(...actions.map(action => el('button', {
        type: 'button', class: action.danger ? 'action danger' : 'action', 'data-action': action.name, onclick: () => this.#ask(action),
      }, `${action.words}${action.typesPrefix ? ' …' : ''}`)));
    }
  }

  #drawHistory() {
    this.#sections.history.element.hidden = false;
    this.#timeline.show(this.#history, this.#older ? () => this.#loadOlder() : null);
    if (this.#status) {
      this.#steps.show(this.#status, this.#history.records);
    }
  }

  async #ask(action) {
    const status = this.#status;
    const generation = this.#generation;
    const given = await confirm(action, status);
    if (!given) {
      return;
    }
    const requestId = status.last_run?.request_id;
    const body = {control_id: api.controlId(), ...(requestId ? {request_id: requestId} : {}), ...given};
    this.#say(parts.notice('busy', `${action.words}: being sent …`));
    try {
      await api.control(status.cluster_id, action.name, body);
      if (generation === this.#generation) {
        this.#say(parts.notice('plain', `${action.words}: asked for. What becomes of it shows below.`));
        await this.#watch(action, generation, this.#history.records[0]?.sequence ?? 0);
      }
    } catch (problem) {
      if (generation === this.#generation) {
        this.#say(parts.problem(problem));
      }
    }
  }

  /** Tells whether the workflow takes the control or refuses it. */
  async #watch(action, generation, since) {
    for (const wait of LOOKS) {
      await new Promise(resolve => setTimeout(resolve, wait));
      if (generation !== this.#generation) {
        return;
      }
      await this.#load();
      const answer = this.#history.records.find(record => record.sequence > since && record.event.startsWith('CONTROL_'));
      if (answer) {
        this.#say(parts.notice(answer.event === 'CONTROL_REFUSED' ? 'bad' : 'good', `${action.words}: ${answer.message}`, answer.code));
        return;
      }
    }
  }

  #fail(problem) {
    if (problem.status === 404 && !this.#status) {
      ['actions', 'run', 'steps', 'storage', 'verification', 'resources', 'history'].forEach(name => { this.#sections[name].element.hidden = true; });
      this.#sections.notice.element.hidden = false;
      this.#sections.notice.body.replaceChildren(parts.problem(problem));
      return;
    }
    this.#say(parts.problem(problem));
    if (problem.status === 0 || problem.status >= 500) {
      setTimeout(() => this.#id && this.changed(), 2000);
    }
  }

  /** Says something above the buttons, once. */
  #say(what) {
    this.#place.querySelector('.said')?.remove();
    what.classList.add('said');
    this.#sections.actions.element.before(what);
    say(what.textContent);
  }
}
