// The gateway's API: asks, shows who asks, and turns every failure into a Problem that can be shown.

const TOKEN = 'keyfold.token';

/** Why there is no answer: what happened, what to do next. */
export class Problem extends Error {
  constructor(status, {code = '', title = '', detail = '', next = '', violations = []} = {}) {
    super(detail || title);
    Object.assign(this, {status, code, title, detail, next, violations});
  }
}

/** The bearer token lives as long as this tab, and nowhere but here. */
export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  set: value => sessionStorage.setItem(TOKEN, value),
  forget: () => sessionStorage.removeItem(TOKEN),
};

let askForToken = async () => false;

/** @param ask called when the gateway wants to know who calls; whether there is a token now to try again with */
export function onUnknownCaller(ask) {
  askForToken = ask;
}

let asking = null;
let isDeclined = false;

/** All who are refused at the same time wait for one answer. */
function newToken(refused) {
  if (token.get() !== refused && token.get() !== null) {
    return Promise.resolve(true); // another one has been given meanwhile
  }
  if (isDeclined) {
    return Promise.resolve(false); // what is tried again by itself does not ask again
  }
  asking ??= askForToken(refused !== null).then(isGiven => {
    isDeclined = !isGiven;
    return isGiven;
  }).finally(() => { asking = null; });
  return asking;
}

/** A response, once the caller is known. Throws a Problem. */
export async function ask(path, {headers = {}, ...options} = {}) {
  for (;;) {
    const shown = token.get();
    let response;
    try {
      response = await fetch(path, {
        ...options,
        headers: {...headers, ...(shown ? {Authorization: `Bearer ${shown}`} : {})},
        credentials: 'same-origin',
        redirect: 'error',
        cache: 'no-store',
      });
    } catch (failure) {
      if (failure.name === 'AbortError') {
        throw failure;
      }
      throw new Problem(0, {
        code: 'NO_ANSWER',
        title: 'The gateway does not answer',
        detail: 'The gateway does not answer, or the network in between is down.',
        next: 'This page tries again by itself.',
      });
    }
    if (response.status === 401 && await newToken(shown)) {
      continue;
    }
    if (response.ok || response.status === 304) {
      return response;
    }
    throw await problemOf(response);
  }
}

async function problemOf(response) {
  try {
    return new Problem(response.status, await response.json());
  } catch {
    return new Problem(response.status, {
      title: `HTTP ${response.status}`,
      detail: `What answered is not a gateway, or is one that is in trouble: HTTP ${response.status}.`,
    });
  }
}

export async function json(path, options) {
  return (await ask(path, options)).json();
}

const PATH = '/api/v1';
export const clusterPath = id => `${PATH}/clusters/${id.split('/').map(encodeURIComponent).join('/')}`;

export const fleet = () => json(`${PATH}/fleet`);

/** A page of the clusters. */
export const clusters = (query, signal) => json(`${PATH}/clusters?${query}`, {signal});

/** The whole status, or null if it still has this ETag. */
export async function cluster(id, tag, signal) {
  const response = await ask(clusterPath(id), {signal, headers: tag ? {'If-None-Match': tag} : {}});
  return response.status === 304 ? null : {status: await response.json(), tag: response.headers.get('ETag')};
}

/** The cluster's audit, the latest first. */
export const history = (id, cursor, signal) =>
  json(`${clusterPath(id)}/history?order=desc&limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, {signal});

/** Asks for something to be done with a cluster. The same control_id again has no effect. */
export const control = (id, action, body) => json(`${clusterPath(id)}/${action}`, {
  method: 'POST',
  headers: {'Content-Type': 'application/json'},
  body: JSON.stringify(body),
});

/** Who this page is to the gateway, and what it may ask for. */
export const caller = () => json(`${PATH}/caller`);

export const events = (lastEventId, signal) => ask(`${PATH}/events`, {
  signal,
  headers: {Accept: 'text/event-stream', ...(lastEventId ? {'Last-Event-ID': lastEventId} : {})},
});

/** A control's id: random, so that sending it twice is asking once. */
export function controlId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `page-${Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')}`;
}
