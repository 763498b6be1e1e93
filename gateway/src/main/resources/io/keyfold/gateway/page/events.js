// What changes, as the gateway tells it: followed with fetch, since an EventSource cannot show a bearer token.

import * as api from './api.js';

/** The gateway says something at least every 10 s. */
const SILENCE = 25_000;
const SHORTEST_WAIT = 1000;
const LONGEST_WAIT = 15_000;

/** Nobody looks: the connection is somebody else's to use. A browser has six of them for all tabs of a host. */
const HIDDEN = 60_000;

/** More than this at once, and reading anew what is shown is cheaper. */
const MOST_PENDING = 5000;

export class Events {
  #handlers;
  #last = null;
  #wait = SHORTEST_WAIT;
  #stop = null;
  #hiddenTimer = 0;
  #isPaused = false;
  #wake = () => {};
  #pending = new Map();
  #isReset = false;
  #counts = null;
  #frame = 0;

  /**
   * @param handlers changed({clusters, gone, isReset, counts}) at most once a frame, with each cluster once, as it is by
   *                 then; live(state, why) with `live`, `connecting`, `waiting` or `paused`
   */
  constructor(handlers) {
    this.#handlers = handlers;
    document.addEventListener('visibilitychange', () => this.#seen());
    addEventListener('online', () => this.#wake());
    // A browser keeps pages that were left, and their connections with them: a few, and the next page would get none.
    addEventListener('pagehide', () => this.#pause());
    addEventListener('pageshow', () => this.#seen());
  }

  async follow() {
    for (;;) {
      if (this.#isPaused) {
        this.#handlers.live('paused');
        await new Promise(resolve => { this.#wake = resolve; });
      }
      this.#handlers.live('connecting');
      const why = await this.#once();
      if (this.#isPaused) {
        continue;
      }
      this.#handlers.live('waiting', why);
      await new Promise(resolve => {
        this.#wake = resolve;
        setTimeout(resolve, this.#wait * (0.75 + Math.random() / 2)); // not all pages at the same moment
      });
      this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
    }
  }

  /** @returns why it has ended */
  async #once() {
    const stop = new AbortController();
    this.#stop = stop;
    let silence = setTimeout(() => stop.abort(), SILENCE);
    try {
      const response = await api.events(this.#last, stop.signal);
      this.#handlers.live('live');
      this.#wait = SHORTEST_WAIT;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parser = new EventParser((name, id, data) => this.#take(name, id, data));
      for (;;) {
        const {done, value} = await reader.read();
        if (done) {
          return 'The gateway has ended the connection.';
        }
        clearTimeout(silence);
        silence = setTimeout(() => stop.abort(), SILENCE);
        parser.take(value);
      }
    } catch (failure) {
      return failure.name === 'AbortError' ? 'The gateway has said nothing for a while.' : failure.message;
    } finally {
      clearTimeout(silence);
      stop.abort();
    }
  }

  #take(name, id, data) {
    if (name === 'fleet') {
      this.#counts = JSON.parse(data);
    } else if (name === 'reset') {
      this.#reset();
    } else if (name === 'clusters') {
      const {clusters = [], gone = []} = JSON.parse(data);
      clusters.forEach(cluster => this.#pending.set(cluster.cluster_id, cluster));
      gone.forEach(cluster => this.#pending.set(cluster, null));
      if (this.#pending.size > MOST_PENDING) {
        this.#reset();
      }
    }
    this.#last = id || this.#last;
    this.#frame ||= requestAnimationFrame(() => this.#tell());
  }

  #reset() {
    this.#pending.clear();
    this.#isReset = true;
  }

  #tell() {
    this.#frame = 0;
    const clusters = [];
    const gone = [];
    this.#pending.forEach((cluster, id) => cluster ? clusters.push(cluster) : gone.push(id));
    const told = {clusters, gone, isReset: this.#isReset, counts: this.#counts};
    this.#pending.clear();
    this.#isReset = false;
    this.#counts = null;
    this.#handlers.changed(told);
  }

  #seen() {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) {
      this.#hiddenTimer = setTimeout(() => this.#pause(), HIDDEN);
    } else if (this.#isPaused) {
      this.#isPaused = false;
      this.#wake();
    }
  }

  #pause() {
    this.#isPaused = true;
    this.#stop?.abort();
  }
}

/** Takes a stream of server-sent events apart, wherever it was cut. */
export class EventParser {
  #tell;
  #rest = '';
  #name = '';
  #id = '';
  #data = [];

  /** @param tell called with name, id (empty if none) and data of each event */
  constructor(tell) {
    this.#tell = tell;
  }

  take(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    lines.forEach(line => this.#line(line.endsWith('\r') ? line.slice(0, -1) : line));
  }

  #line(line) {
    if (line === '') {
      if (this.#data.length > 0) {
        this.#tell(this.#name || 'message', this.#id, this.#data.join('\n'));
      }
      this.#name = '';
      this.#id = '';
      this.#data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') {
      this.#name = value;
    } else if (field === 'id') {
      this.#id = value;
    } else if (field === 'data') {
      this.#data.push(value);
    }
  }
}
