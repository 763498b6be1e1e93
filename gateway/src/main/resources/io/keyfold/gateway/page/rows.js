// The rows of a list of any length: only the pages around what is looked at are fetched and kept.

export const PAGE = 100;
const MOST_PAGES = 60;
const AT_ONCE = 2;

/** What is asked anew because something has changed waits so long at least. */
const SETTLE = 2000;

export class Rows {
  #fetchPage;
  #changed;
  #failed;
  #query = null;
  #pages = new Map(); // page number → {rows, next, at}
  #where = new Map(); // cluster id → [page number, place in it]
  #running = new Map(); // page number → AbortController
  #wanted = [];
  #stalePages = new Set();
  #isStale = false;
  #staleTimer = 0;
  total = null;

  /**
   * @param fetchPage (query, signal) → a page of the API
   * @param changed   called when rows or their number have changed
   * @param failed    called with a Problem, or with null when it is well again
   */
  constructor(fetchPage, changed, failed) {
    this.#fetchPage = fetchPage;
    this.#changed = changed;
    this.#failed = failed;
  }

  /** Another list. */
  begin(query) {
    this.#running.forEach(controller => controller.abort());
    this.#running.clear();
    this.#pages.clear();
    this.#where.clear();
    this.#stalePages.clear();
    this.#isStale = false;
    this.#query = query;
    this.total = null;
    this.#wanted = [0];
    this.#fetchNext();
    this.#changed();
  }

  row(index) {
    return this.#pages.get(Math.floor(index / PAGE))?.rows[index % PAGE];
  }

  indexOf(id) {
    const place = this.#where.get(id);
    return place ? place[0] * PAGE + place[1] : -1;
  }

  /** These are looked at: fetches what is not there, the first ones first. */
  want(first, last) {
    const pages = [];
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page += 1) {
      pages.push(page);
    }
    const ahead = pages[pages.length - 1] + 1;
    this.#wanted = [...pages, ...(ahead * PAGE < (this.total ?? 0) ? [ahead] : [])];
    this.#running.forEach((controller, page) => {
      if (!this.#wanted.includes(page)) {
        controller.abort();
        this.#running.delete(page);
      }
    });
    this.#fetchNext();
  }

  /** Takes what has changed. Rows that are shown change where they are; whether they still belong there is asked anew. */
  apply(clusters, gone, mayMove) {
    let isShown = false;
    clusters.forEach(cluster => {
      const place = this.#where.get(cluster.cluster_id);
      const known = place && this.#pages.get(place[0])?.rows[place[1]];
      if (known) {
        if (known.revision <= cluster.revision) {
          this.#pages.get(place[0]).rows[place[1]] = cluster;
          isShown = true;
        }
      }
      if (!known || mayMove(known, cluster)) {
        this.#isStale = true;
      }
    });
    if (gone.length > 0) {
      this.#isStale = true;
    }
    if (isShown) {
      this.#changed();
    }
    this.#settle();
  }

  /** All of it may be otherwise: asks anew, and shows what it has until then. */
  refresh(isAtOnce = false) {
    this.#isStale = true;
    if (isAtOnce) {
      this.#anew();
    } else {
      this.#settle();
    }
  }

  #settle() {
    if (this.#isStale && !this.#staleTimer) {
      this.#staleTimer = setTimeout(() => this.#anew(), SETTLE);
    }
  }

  #anew() {
    clearTimeout(this.#staleTimer);
    this.#staleTimer = 0;
    if (!this.#isStale || !this.#query) {
      return;
    }
    if (document.hidden) {
      this.#staleTimer = setTimeout(() => this.#anew(), SETTLE);
      return;
    }
    this.#isStale = false;
    this.#pages.forEach((_, page) => this.#stalePages.add(page));
    if (this.#wanted.length === 0) {
      this.#wanted = [0];
    }
    this.#fetchNext();
  }

  #fetchNext() {
    for (const page of this.#wanted) {
      if (this.#running.size >= AT_ONCE) {
        return;
      }
      const isMissing = !this.#pages.has(page) || this.#stalePages.has(page);
      const isInside = this.total === null ? page === 0 : page === 0 || page * PAGE < this.total;
      // One that follows waits for the one before: with its cursor it costs the gateway next to nothing.
      if (isMissing && isInside && !this.#running.has(page) && !this.#running.has(page - 1)) {
        this.#fetch(page);
      }
    }
  }

  async #fetch(page) {
    const controller = new AbortController();
    this.#running.set(page, controller);
    const query = new URLSearchParams(this.#query);
    query.set('limit', PAGE);
    // After a page that is known the next one costs the gateway least; anywhere else it has to count.
    const before = this.#stalePages.has(page - 1) ? undefined : this.#pages.get(page - 1)?.next;
    if (page > 0 && before) {
      query.set('cursor', before);
    } else if (page > 0) {
      query.set('offset', page * PAGE);
    }
    try {
      const answer = await this.#fetchPage(query, controller.signal);
      if (this.#running.get(page) !== controller) {
        return;
      }
      this.#running.delete(page);
      this.#keep(page, answer);
      this.#failed(null);
      this.#changed();
      this.#fetchNext();
    } catch (failure) {
      if (failure.name === 'AbortError' || this.#running.get(page) !== controller) {
        return;
      }
      this.#running.delete(page);
      this.#failed(failure);
      if (failure.status === 0 || failure.status >= 500) {
        setTimeout(() => this.#fetchNext(), SETTLE);
      }
    }
  }

  #keep(page, {clusters, next_cursor: next, matched}) {
    this.#forget(page);
    this.#stalePages.delete(page);
    this.#pages.set(page, {rows: clusters, next});
    clusters.forEach((cluster, place) => this.#where.set(cluster.cluster_id, [page, place]));
    if (this.total !== matched) {
      this.total = matched;
      [...this.#pages.keys()].filter(it => it * PAGE >= matched && it > 0).forEach(it => this.#forget(it));
    }
    if (this.#pages.size > MOST_PAGES) {
      const farthest = [...this.#pages.keys()].sort((a, b) => Math.abs(b - page) - Math.abs(a - page))[0];
      this.#forget(farthest);
    }
  }

  #forget(page) {
    this.#pages.get(page)?.rows.forEach((cluster, place) => {
      const known = this.#where.get(cluster.cluster_id);
      if (known?.[0] === page && known[1] === place) {
        this.#where.delete(cluster.cluster_id);
      }
    });
    this.#pages.delete(page);
    this.#stalePages.delete(page);
  }
}
