// The live page: wires its parts together. What is shown follows from the address and from what the gateway tells.

import * as address from './address.js';
import * as api from './api.js';
import {ClusterPanel} from './cluster.js';
import {askForToken} from './dialogs.js';
import {byId, el, setText} from './dom.js';
import {Events} from './events.js';
import {Filters} from './filters.js';
import {Fleet} from './fleet.js';
import {List} from './list.js';
import * as parts from './parts.js';
import {Rows} from './rows.js';
import {short, utc} from './time.js';

let caller = {name: '', role: 'view', proven: false};
let allClusters = null;
let shownQuery = null;

api.onUnknownCaller(async wasRefused => {
  const isGiven = await askForToken(wasRefused);
  if (isGiven) {
    learnCaller();
  } else {
    byId('caller').replaceChildren(el('button', {type: 'button', class: 'plain-button', onclick: () => location.reload()}, 'Show a token'));
  }
  return isGiven;
});

const fleet = new Fleet(byId('fleet'));
const filters = new Filters();
const rows = new Rows(api.clusters, () => {
  list.changed();
  filters.matched(rows.total, allClusters, address.current().filters);
}, problem => {
  const place = byId('trouble');
  place.hidden = problem === null;
  place.replaceChildren(...(problem ? [parts.problem(problem)] : []));
});
const panel = new ClusterPanel(byId('cluster'), {close: () => leave(), caller: () => caller});
const list = new List(byId('list'), byId('extent'), rows, {
  open: id => {
    address.go({cluster: id});
    panel.focus();
  },
  href: id => address.href({...address.current(), cluster: id}),
});

function leave() {
  address.go({cluster: null});
  list.focus();
}

function counted(counts) {
  allClusters = counts.clusters;
  fleet.show(counts);
  filters.matched(rows.total, allClusters, address.current().filters);
}

/** Whether a change may give a row another place in the list, or none. */
function mayMove(before, after) {
  const {filters: by, sort} = address.current();
  const isSorted = {updated_at: 'updated_at', standing: 'standing'}[sort.replace('-', '')];
  return Object.keys(by).length > 0 || (isSorted && before[isSorted] !== after[isSorted])
    || (/started_at|run_state/.test(sort) && JSON.stringify(before.last_run) !== JSON.stringify(after.last_run));
}

const events = new Events({
  changed: ({clusters, gone, isReset, counts}) => {
    if (counts) {
      counted(counts);
    }
    const isSame = Object.keys(address.current().filters).length === 0 && address.current().sort.endsWith('cluster_id')
      && rows.total !== null && (counts ?? {clusters: allClusters}).clusters === rows.total && gone.length === 0;
    // In the whole list, sorted by name, nothing moves as long as there are as many clusters as before.
    rows.apply(isSame ? clusters.filter(it => rows.indexOf(it.cluster_id) >= 0) : clusters, gone, mayMove);
    if (isReset) {
      rows.refresh(true);
    }
    if (panel.id && (isReset || gone.includes(panel.id) || clusters.some(it => it.cluster_id === panel.id))) {
      panel.changed();
    }
  },
  live: showLive,
});

let wasLive = false;
let since = null;

function showLive(state, why) {
  const place = byId('live');
  if (state === 'live') {
    since = null;
    if (wasLive) {
      rows.refresh();
      panel.changed();
    }
    wasLive = true;
  } else {
    since ??= new Date().toISOString();
  }
  place.className = `live ${state}`;
  const text = {
    live: 'Live', connecting: wasLive ? `Not live since ${short(since)}` : 'Connecting …',
    waiting: `Not live since ${short(since)}`, paused: 'Not live while hidden',
  }[state];
  setText(place, text);
  place.title = state === 'live' ? 'What changes is shown at once.' : [why, since && `Since ${utc(since)}.`, 'Tried again by itself.'].filter(Boolean).join(' ');
}

async function learnCaller() {
  try {
    caller = await api.caller();
  } catch {
    caller = {name: '', role: 'view', proven: false};
    return;
  }
  const forget = el('button', {type: 'button', class: 'plain-button', onclick: () => {
    api.token.forget();
    location.reload();
  }}, 'Forget the token');
  byId('caller').replaceChildren(
    ...(caller.name && caller.proven ? [el('span', {title: `May ${caller.role}`}, `${caller.name} · ${caller.role}`)] : []),
    ...(api.token.get() ? [forget] : []));
  panel.callerChanged();
}

address.onChange(view => {
  const query = address.listQuery(view);
  if (query.toString() !== shownQuery) {
    shownQuery = query.toString();
    rows.begin(query);
    list.begin();
  }
  fleet.chosen(view.filters);
  filters.show(view);
  panel.show(view.cluster);
  list.opened(view.cluster);
});

byId('home').addEventListener('click', event => {
  if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    address.go({filters: {}, sort: address.USUAL_SORT, cluster: null});
  }
});

document.addEventListener('keydown', event => {
  if (document.querySelector('dialog[open]') || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const isTyping = event.target.matches('input, textarea, select');
  if (event.key === '/' && !isTyping) {
    event.preventDefault();
    byId('search').focus();
    byId('search').select();
  } else if (event.key === 'Escape') {
    escape(event);
  }
});

/** Out of what is innermost. */
function escape(event) {
  if (byId('more').open) {
    byId('more').open = false;
    byId('more').querySelector('summary').focus();
  } else if (event.target === byId('search')) {
    byId('search').value = '';
    address.filter({q: ''}, true);
    list.focus();
  } else if (address.current().cluster) {
    leave();
  }
}

learnCaller();
api.fleet().then(counted, () => {}); // the list tells of trouble
events.follow();
