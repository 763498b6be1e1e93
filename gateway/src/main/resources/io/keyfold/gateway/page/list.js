// The list of clusters: as many rows in the document as can be seen, whatever the fleet's size.

import {badge, sign} from './badge.js';
import {el, setText} from './dom.js';
import {short, utc} from './time.js';
import {RUN_STATES, STANDINGS} from './words.js';

const OVERSCAN = 6;
const WIDE_ROW = 52;
const NARROW_ROW = 84;
const NARROW = 620;
const SLIM = 720;
const MEDIUM = 860;

/** Browsers cannot scroll farther than about 16 million pixels; beyond this a pixel stands for more than one. */
const FARTHEST = 12_000_000;

export class List {
  #box;
  #extent;
  #rows;
  #open;
  #href;
  #pool = [];
  #rowHeight = WIDE_ROW;
  #frame = 0;
  #active = 0;
  #activeId = null;
  #opened = null;
  #generation = 0;

  /**
   * @param rows what to show
   * @param open called with a cluster's id when it is chosen
   * @param href a cluster's address
   */
  constructor(box, extent, rows, {open, href}) {
    this.#box = box;
    this.#extent = extent;
    this.#rows = rows;
    this.#open = open;
    this.#href = href;
    box.addEventListener('scroll', () => this.#later(), {passive: true});
    box.addEventListener('keydown', event => this.#key(event));
    box.addEventListener('focus', () => this.#later());
    extent.addEventListener('click', event => this.#click(event));
    new ResizeObserver(() => this.#sized()).observe(box);
  }

  /** Another list: from its top. */
  begin() {
    this.#active = 0;
    this.#activeId = null;
    this.#box.scrollTop = 0;
    this.changed();
  }

  /** Rows have changed. */
  changed() {
    this.#generation += 1;
    this.#later();
  }

  opened(id) {
    this.#opened = id;
    if (id) {
      const index = this.#rows.indexOf(id);
      if (index >= 0) {
        this.#activate(index);
      }
    }
    this.changed();
  }

  focus() {
    this.#box.focus({preventScroll: true});
  }

  #sized() {
    const width = this.#box.clientWidth;
    this.#box.classList.toggle('narrow', width < NARROW);
    this.#box.classList.toggle('slim', width >= NARROW && width < SLIM);
    this.#box.classList.toggle('medium', width >= NARROW && width < MEDIUM);
    const height = width < NARROW ? NARROW_ROW : WIDE_ROW;
    if (height !== this.#rowHeight) {
      const top = this.#top();
      this.#rowHeight = height;
      this.#layOut();
      this.#scrollTo(top * height);
    }
    this.changed();
  }

  #later() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  // From here to #draw: where things are, in pixels of a list that could be scrolled without end.

  #whole() {
    return (this.#rows.total ?? 0) * this.#rowHeight;
  }

  #layOut() {
    const height = `${Math.min(this.#whole(), FARTHEST)}px`;
    if (this.#extent.style.height !== height) {
      this.#extent.style.height = height;
    }
  }

  #scrolled() {
    const [whole, seen] = [this.#whole(), this.#box.clientHeight];
    const scrolled = this.#box.scrollTop;
    return whole <= FARTHEST ? scrolled : scrolled / (FARTHEST - seen) * (whole - seen);
  }

  #scrollTo(pixels) {
    const [whole, seen] = [this.#whole(), this.#box.clientHeight];
    this.#box.scrollTop = whole <= FARTHEST ? pixels : pixels / (whole - seen) * (FARTHEST - seen);
  }

  #top() {
    return Math.max(0, Math.floor(this.#scrolled() / this.#rowHeight));
  }

  #draw() {
    const total = this.#rows.total;
    this.#layOut();
    this.#box.setAttribute('aria-rowcount', total ?? -1);
    this.#box.setAttribute('aria-busy', total === null);
    const scrolled = this.#scrolled();
    const first = Math.max(0, Math.floor(scrolled / this.#rowHeight) - OVERSCAN);
    const seen = Math.ceil(this.#box.clientHeight / this.#rowHeight) + 1;
    const last = Math.min((total ?? seen) - 1, first + seen + 2 * OVERSCAN);
    this.#grow(seen + 2 * OVERSCAN + 1);
    if (total) {
      this.#rows.want(first, last);
    }
    this.#followActive();
    const shift = this.#box.scrollTop - scrolled;
    const used = new Set();
    for (let index = first; index <= last; index += 1) {
      const row = this.#pool[index % this.#pool.length];
      used.add(row);
      row.show(index, this.#rows.row(index), {
        top: Math.round(index * this.#rowHeight + shift),
        generation: this.#generation,
        isActive: index === this.#active,
        isOpened: this.#opened !== null && this.#rows.row(index)?.cluster_id === this.#opened,
        href: this.#href,
      });
    }
    this.#pool.forEach(row => used.has(row) || row.hide());
    this.#nameActive();
  }

  #grow(size) {
    while (this.#pool.length < size) {
      const row = new Row();
      this.#pool.push(row);
      this.#extent.append(row.element);
    }
  }

  /** The row that the keyboard is on stays on its cluster, wherever that moves. */
  #followActive() {
    if (this.#activeId) {
      const index = this.#rows.indexOf(this.#activeId);
      this.#active = index >= 0 ? index : this.#active;
    }
    this.#active = Math.max(0, Math.min(this.#active, (this.#rows.total ?? 1) - 1));
  }

  #nameActive() {
    const row = this.#pool[this.#active % this.#pool.length];
    if (this.#rows.total && row?.index === this.#active) {
      this.#box.setAttribute('aria-activedescendant', row.element.id);
    } else {
      this.#box.removeAttribute('aria-activedescendant');
    }
  }

  #activate(index) {
    const total = this.#rows.total ?? 0;
    if (total === 0) {
      return;
    }
    this.#active = Math.max(0, Math.min(index, total - 1));
    this.#activeId = this.#rows.row(this.#active)?.cluster_id ?? null;
    const top = this.#active * this.#rowHeight;
    const scrolled = this.#scrolled();
    const seen = this.#box.clientHeight;
    if (top < scrolled) {
      this.#scrollTo(top);
    } else if (top + this.#rowHeight > scrolled + seen) {
      this.#scrollTo(top + this.#rowHeight - seen);
    }
    this.#later();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const page = Math.max(1, Math.floor(this.#box.clientHeight / this.#rowHeight) - 1);
    const steps = {ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page};
    if (event.key in steps) {
      this.#activate(this.#active + steps[event.key]);
    } else if (event.key === 'Home') {
      this.#activate(0);
    } else if (event.key === 'End') {
      this.#activate((this.#rows.total ?? 1) - 1);
    } else if (event.key === 'Enter' || event.key === ' ') {
      const cluster = this.#rows.row(this.#active);
      if (cluster) {
        this.#open(cluster.cluster_id);
      }
    } else {
      return;
    }
    event.preventDefault();
  }

  #click(event) {
    const row = event.target.closest('.row');
    if (!row || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) {
      return; // the link does what links do: another tab, another window
    }
    event.preventDefault();
    const index = Number(row.dataset.index);
    const cluster = this.#rows.row(index);
    if (cluster && !String(getSelection()).length) {
      this.#activate(index);
      this.#open(cluster.cluster_id);
    }
  }
}

let made = 0;

/** One row, used for one cluster after another. */
class Row {
  index = -1;
  #shown = '';
  #top = -1;

  constructor() {
    made += 1;
    this.account = el('span', {class: 'account'});
    this.prefix = el('span', {class: 'prefix'});
    this.link = el('a', {tabIndex: -1}, this.account, this.prefix);
    this.person = el('span', {class: 'person', title: 'Somebody has to do something: open it to see what.'}, sign('warn'), el('span', {}, 'Needs a person'));
    this.paused = el('span', {class: 'paused', title: 'Nothing more is asked of workers until it is resumed.'}, 'Paused');
    this.external = el('span', {class: 'external'});
    this.standing = el('span', {class: 'cell standing', role: 'gridcell'});
    this.state = el('span', {class: 'run-state'});
    this.message = el('span', {class: 'message'});
    this.region = el('span', {class: 'cell region', role: 'gridcell'});
    this.updated = el('time', {});
    this.element = el('div', {class: 'row', role: 'row', id: `row-${made}`, hidden: true},
      el('span', {class: 'cell name', role: 'gridcell'},
        el('span', {class: 'line'}, this.link, this.person, this.paused), this.external),
      this.standing,
      el('span', {class: 'cell run', role: 'gridcell'}, this.state, this.message),
      this.region,
      el('span', {class: 'cell updated', role: 'gridcell'}, this.updated));
  }

  show(index, cluster, {top, generation, isActive, isOpened, href}) {
    if (this.#top !== top) {
      this.#top = top;
      this.element.style.transform = `translateY(${top}px)`;
    }
    const shown = `${index} ${generation} ${isActive} ${isOpened}`;
    if (this.#shown === shown) {
      return;
    }
    this.#shown = shown;
    this.index = index;
    this.element.hidden = false;
    this.element.dataset.index = index;
    this.element.setAttribute('aria-rowindex', index + 1);
    this.element.setAttribute('aria-selected', isOpened);
    this.element.classList.toggle('active', isActive);
    this.element.classList.toggle('opened', isOpened);
    this.element.classList.toggle('awaited', !cluster);
    this.#fill(cluster, href);
  }

  #fill(cluster, href) {
    if (!cluster) {
      this.known = null;
      [this.account, this.prefix, this.external, this.standing, this.state, this.message, this.region, this.updated]
        .forEach(part => setText(part, ''));
      this.person.hidden = true;
      this.paused.hidden = true;
      return;
    }
    const address = href(cluster.cluster_id);
    if (this.address !== address) {
      this.address = address;
      this.link.href = address;
    }
    if (this.known === cluster) {
      return;
    }
    this.known = cluster;
    const run = cluster.last_run;
    setText(this.account, `${cluster.account}/`);
    setText(this.prefix, cluster.cluster_prefix);
    setText(this.external, cluster.external_id);
    this.person.hidden = !cluster.needs_person;
    this.paused.hidden = !cluster.paused;
    this.#badge(this.standing, cluster.standing, STANDINGS);
    this.#badge(this.state, run?.state ?? 'UNKNOWN', RUN_STATES);
    const message = run ? run.message : '';
    setText(this.message, message);
    this.message.title = message;
    setText(this.region, cluster.region);
    setText(this.updated, short(cluster.updated_at));
    this.updated.dateTime = cluster.updated_at;
    this.updated.title = utc(cluster.updated_at);
  }

  #badge(place, name, meanings) {
    if (place.dataset.name !== name || !place.firstChild) {
      place.dataset.name = name;
      place.replaceChildren(badge(name, meanings[name]));
    }
  }

  hide() {
    if (this.index >= 0) {
      this.index = -1;
      this.#shown = '';
      this.element.hidden = true;
    }
  }
}
