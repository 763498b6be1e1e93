// What is looked at stands in the address: it can be shared, and the back button knows it.

/** What a list is asked for by; the API has the same names. */
export const FILTERS = ['q', 'standing', 'run_state', 'needs_person', 'paused', 'encryption', 'service', 'step_failed',
  'account', 'region'];

export const USUAL_SORT = 'cluster_id';

const handlers = [];

/** @returns {{filters: Object<string, string>, sort: string, cluster: string|null}} */
export function current() {
  const query = new URLSearchParams(location.search);
  const filters = {};
  FILTERS.forEach(name => {
    const value = query.get(name);
    if (value) {
      filters[name] = value;
    }
  });
  return {filters, sort: query.get('sort') || USUAL_SORT, cluster: query.get('cluster') || null};
}

/** The address of a view. Slashes and commas stay readable: both may stand in a query as they are. */
export function href({filters, sort, cluster}) {
  const query = new URLSearchParams();
  FILTERS.forEach(name => {
    if (filters[name]) {
      query.set(name, filters[name]);
    }
  });
  if (sort !== USUAL_SORT) {
    query.set('sort', sort);
  }
  if (cluster) {
    query.set('cluster', cluster);
  }
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%2C', ',');
  return text ? `/?${text}` : '/';
}

/** Goes to another view. @param isSmall another letter of the same search: the back button passes over it */
export function go(changes, isSmall = false) {
  const view = {...current(), ...changes};
  const address = href(view);
  if (address !== location.pathname + location.search) {
    history[isSmall ? 'replaceState' : 'pushState'](null, '', address);
    tell();
  }
}

/** Sets or, with an empty value, lifts filters. */
export function filter(changes, isSmall = false) {
  const filters = {...current().filters, ...changes};
  Object.keys(filters).forEach(name => filters[name] || delete filters[name]);
  go({filters}, isSmall);
}

/** Calls now and whenever the view becomes another one. */
export function onChange(handler) {
  handlers.push(handler);
  handler(current());
}

function tell() {
  const view = current();
  handlers.forEach(handler => handler(view));
}

addEventListener('popstate', tell);

/** The list's query; the same for the same list. */
export function listQuery({filters, sort}) {
  const query = new URLSearchParams(filters);
  query.set('sort', sort);
  return query;
}
