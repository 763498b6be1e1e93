// The live page without a gateway, for whoever works on the page: its files, and made-up clusters behind the API's shape.
//   node gateway/src/test/page/fixture.mjs [clusters] [updates a second] [port] [token]
// With a token the API wants it as a bearer token. No substitute for the real thing: LivePageIT has that.

import {createServer} from 'node:http';
import {readFile} from 'node:fs/promises';

const [COUNT = 1000, RATE = 0, PORT = 8481, TOKEN = ''] = process.argv.slice(2);
const PAGE = new URL('../../main/resources/io/keyfold/gateway/page/', import.meta.url);
const TYPES = {html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml'};
const CSP = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
const STANDINGS = ['UNKNOWN', 'NONE', 'CUSTOMER_MANAGED', 'PROVIDER_MANAGED', 'DRIFTED', 'DEPROVISIONED'];
const STATES = ['UNKNOWN', 'IN_PROGRESS', 'COMPENSATING', 'COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED', 'COMPENSATION_FAILED', 'KEY_IN_USE'];
const REGIONS = ['eu-de', 'us-south', 'jp-tok', 'us-east', 'eu-gb'];
const AUTHORIZATIONS = ['BLOCK_STORAGE', 'FILE_STORAGE', 'OBJECT_STORAGE'];

const ago = seconds => new Date(Date.now() - seconds * 1000).toISOString();
const clusters = Array.from({length: Number(COUNT)}, (_, number) => make(number));
const byId = new Map(clusters.map(cluster => [cluster.cluster_id, cluster]));

function make(number) {
  const kind = number % 40;
  const prefix = `hpc-${String(number).padStart(6, '0')}`;
  const account = number % 5 === 4 ? 'research' : 'default';
  const [standing, state] = kind === 3 ? ['NONE', 'IN_PROGRESS'] : kind === 7 ? ['NONE', 'FAILED'] : kind === 11 ? ['DRIFTED', 'COMPLETED']
    : kind === 15 ? ['DEPROVISIONED', 'COMPLETED'] : kind === 19 ? ['DRIFTED', 'KEY_IN_USE'] : kind === 23 ? ['NONE', 'COMPENSATING']
      : kind === 27 ? ['NONE', 'COMPENSATION_FAILED'] : kind === 31 ? ['CUSTOMER_MANAGED', 'REJECTED'] : kind % 9 === 8 ? ['PROVIDER_MANAGED', 'COMPLETED'] : ['CUSTOMER_MANAGED', 'COMPLETED'];
  const region = REGIONS[number % REGIONS.length];
  const guid = `9c7f0a52-1b1d-4c1e-8a3b-${String(number).padStart(12, '0')}`;
  const crn = `crn:v1:bluemix:public:kms:${region}:a/6f1c2d3e4b5a69788796a5b4c3d2e1f0:${guid}`;
  const isThere = ['CUSTOMER_MANAGED', 'DRIFTED'].includes(standing);
  const fault = state === 'FAILED' ? {code: 'FORBIDDEN', message: `${account}/${prefix}, root key: Key Protect refused to create key "${prefix}-key" (Forbidden, HTTP 403, transaction 7f3a9d1c-50e2-4d2b-9a5e-3f0f6a1f2b11). The service ID of the root-key worker lacks a role.`,
    ibm_code: 'UNAUTHORIZED_ERR', ibm_message: 'Unauthorized: The user does not have access to the specified resource', transaction_id: '7f3a9d1c-50e2-4d2b-9a5e-3f0f6a1f2b11', http_status: 403, outcome_unknown: false}
    : state === 'KEY_IN_USE' ? {code: 'KEY_IN_USE', message: `${account}/${prefix}, root key: Key Protect refused to delete key "${prefix}-key" (PROTECTED_RESOURCE_ERR, HTTP 409). It still protects 2 volumes.`, ibm_code: 'PROTECTED_RESOURCE_ERR', ibm_message: 'Key is protecting one or more cloud resources.', transaction_id: 'c1e0b7d2-9b7e-4c0e-8d54-77d2a9a1b0c3', http_status: 409, outcome_unknown: false} : null;
  const step = (name, now, more = {}) => ({step: name, state: now, attempts: 1, last_error: null, next_at: null, restorable_until: null, next: '', ...more});
  const steps = standing === 'PROVIDER_MANAGED' ? [] : [
    step('KMS_INSTANCE', state === 'FAILED' ? 'COMPENSATED' : number % 4 === 1 ? 'ADOPTED' : 'CREATED', state === 'FAILED' ? {restorable_until: ago(-600_000)} : {}),
    step('ROOT_KEY', state === 'FAILED' ? 'FAILED' : state === 'KEY_IN_USE' ? 'KEY_IN_USE' : state === 'IN_PROGRESS' ? 'RUNNING' : 'CREATED',
      fault ? {last_error: fault, attempts: 3, next: state === 'KEY_IN_USE' ? `Its deletion is asked for again then; at once with: keyfold retry ${account}/${prefix}` : '', next_at: state === 'KEY_IN_USE' ? ago(-3000) : null} : state === 'IN_PROGRESS' ? {next: 'The worker makes it.'} : {}),
    ...AUTHORIZATIONS.map((service, place) => step(`${service}_AUTHORIZATION`, state === 'IN_PROGRESS' && place > 0 ? 'DEFERRED' : number % 6 === 2 && place === 1 ? 'SKIPPED' : state === 'FAILED' ? 'COMPENSATED' : 'CREATED',
      state === 'IN_PROGRESS' && place > 0 ? {attempts: 2, next: 'Asked again then: IBM Cloud asks to send less.', next_at: ago(-8)} : {})),
  ];
  return {
    cluster_id: `${account}/${prefix}`, revision: 4, account, cluster_prefix: prefix, external_id: `lsf-${10_000 + number}`,
    standing, standing_since: standing === 'NONE' ? null : ago(86_400 + number), region, kms_region: isThere ? region : '', resource_group: isThere ? 'Default' : '',
    last_run: {run: state === 'REJECTED' ? 0 : 1, request_id: `req-${number}`, kind: state === 'KEY_IN_USE' || standing === 'DEPROVISIONED' ? 'DEPROVISION' : 'DEPLOY', state, requested_by: 'orchestrator-eu',
      started_at: ago(3600 + number), ended_at: ['IN_PROGRESS', 'COMPENSATING'].includes(state) ? null : ago(3588 + number), deadline: ago(-1200), clock_stopped_until: null, fault,
      violations: state === 'REJECTED' ? ['kms_key_name = "team-key" is given without kms_instance_name; allowed: only together with it', 'region = "eu-xx"; allowed: a region of IBM Cloud VPC'] : [],
      message: state === 'COMPLETED' ? standing === 'PROVIDER_MANAGED' ? 'Encryption is left to the provider; nothing was created for it.' : standing === 'DEPROVISIONED' ? 'Removed. All that was to go is gone.' : `Encrypted with root key "${prefix}-key".`
        : state === 'IN_PROGRESS' ? '2 of 5 steps done; under way: root key, authorization of file storage.' : state === 'FAILED' ? `Failed: ${fault.message} Nothing of it is left.`
          : state === 'KEY_IN_USE' ? 'Removing waits: a root key still protects resources and is never deleted by force.' : state === 'REJECTED' ? 'Rejected: 2 rules broken. Nothing has changed.' : 'Being undone: the run was cancelled.',
      remedy: state === 'FAILED' ? `Grant the worker's service ID the service role Manager on the Key Protect instance. Then: keyfold retry ${account}/${prefix}, or deploy again under a new request_id.`
        : state === 'KEY_IN_USE' ? `Delete the volumes, snapshots, images, file shares and buckets that the key protects; Key Protect lists them as the key's associated resources. It then goes on by itself; at once with: keyfold retry ${account}/${prefix}`
          : state === 'COMPENSATION_FAILED' ? `KMS instance ${guid}: Bring the resource into a state that allows the call. Then: keyfold retry ${account}/${prefix}` : ''},
    storage: AUTHORIZATIONS.map((service, place) => ({storage_service: service, encryption: isThere ? 'CUSTOMER_MANAGED' : standing === 'PROVIDER_MANAGED' ? standing : 'NONE',
      root_key_crn: isThere ? `${crn}:key:0b1c2d3e-${number}` : '', root_key_name: isThere ? `${prefix}-key` : '', root_key_ownership: isThere ? 'CREATED' : 'UNKNOWN',
      authorization_id: isThere && !(number % 6 === 2 && place === 1) ? `5d3c8f7e-${place}-${number}` : '', authorization_ownership: isThere ? number % 6 === 2 && place === 1 ? 'SKIPPED' : place === 2 && number % 4 === 1 ? 'ADOPTED' : 'CREATED' : 'UNKNOWN',
      authorized_since: isThere ? ago(86_390) : null, authorization_scope: isThere ? place === 2 ? 'every Cloud Object Storage instance of the account' : 'every resource of the service in the account' : '', registrations: isThere && number % 3 === 0 ? number % 17 : null})),
    resources: isThere ? [
      {kind: 'KMS_INSTANCE', step: 'KMS_INSTANCE', ownership: number % 4 === 1 ? 'ADOPTED' : 'CREATED', id: guid, crn: `${crn}::`, name: `${prefix}-kms`, run: 1, since: ago(86_400), asked_again_at: null, retained_for: [], rotation_interval_months: null, dual_authorization_delete: false, registrations: null},
      {kind: 'ROOT_KEY', step: 'ROOT_KEY', ownership: 'CREATED', id: `0b1c2d3e-${number}`, crn: `${crn}:key:0b1c2d3e-${number}`, name: `${prefix}-key`, run: 1, since: ago(86_398), asked_again_at: null, retained_for: [], rotation_interval_months: 3, dual_authorization_delete: false, registrations: [{storage_service: 'BLOCK_STORAGE', service: 'is', resource_type: 'volume', count: 3}]},
      ...AUTHORIZATIONS.map((service, place) => ({kind: 'AUTHORIZATION_POLICY', step: `${service}_AUTHORIZATION`, ownership: number % 7 === 2 && place === 0 ? 'RETAINED' : 'CREATED', id: `5d3c8f7e-${place}-${number}`, crn: '', name: `${service.toLowerCase().replaceAll('_', ' ')} may read the instance's keys`, run: 1, since: ago(86_390), asked_again_at: number % 7 === 2 && place === 0 ? ago(-3600) : null, retained_for: number % 7 === 2 && place === 0 ? ['default/hpc-000001'] : [], rotation_interval_months: null, dual_authorization_delete: false, registrations: null})),
    ] : [],
    steps,
    verification: standing === 'DRIFTED' ? {outcome: 'DRIFTED', verified_at: ago(500), requested_by: 'schedule', findings: [{step: 'BLOCK_STORAGE_AUTHORIZATION', kind: 'AUTHORIZATION_POLICY', id: `5d3c8f7e-0-${number}`, condition: 'MISSING', message: `Until it is back, the service cannot use the root key. To have it made anew: keyfold verify ${account}/${prefix} --repair`}]} : null,
    paused: number % 37 === 5 ? {since: ago(700), requested_by: 'ops', reason: 'IBM maintenance of eu-de until 18:00'} : null,
    needs_person: ['FAILED', 'KEY_IN_USE', 'COMPENSATION_FAILED'].includes(state) || standing === 'DRIFTED',
    updated_at: ago(60 + number * 3),
  };
}

function summary(cluster) {
  const {last_run: run, storage, steps, resources: _, verification, paused, ...rest} = cluster;
  const {fault, violations: __, clock_stopped_until: ___, ...last} = run;
  return {...rest, last_run: {...last, fault_code: fault?.code ?? null}, encryption: Object.fromEntries(storage.map(it => [it.storage_service, it.encryption])),
    failed_steps: steps.filter(it => ['FAILED', 'KEY_IN_USE', 'COMPENSATION_FAILED'].includes(it.state)).map(it => it.step), paused: paused !== null, verification_outcome: verification?.outcome ?? null};
}

function counts(list) {
  const tally = (names, of) => Object.fromEntries(names.map(name => [name, list.filter(it => of(it) === name).length]));
  return {clusters: list.length, need_person: list.filter(it => it.needs_person).length, paused: list.filter(it => it.paused).length,
    standing: tally(STANDINGS, it => it.standing), run_state: tally(STATES, it => it.last_run.state)};
}

const records = new Map();

function history(cluster) {
  if (!records.has(cluster.cluster_id)) {
    const base = Date.parse(cluster.last_run.started_at);
    const list = [];
    const add = (after, event, message, more = {}) => list.push({cluster_id: cluster.cluster_id, sequence: list.length + 1, revision: 1, run: 1, request_id: cluster.last_run.request_id, event, step: 'UNKNOWN', from_state: '', to_state: '', code: '', resource_id: '', message, actor: 'orchestrator-eu', cause: null, occurred_at: new Date(base + after).toISOString(), previous_hash: null, ...more});
    add(0, 'REQUEST_ACCEPTED', `Request ${cluster.last_run.request_id} begins run 1.`);
    cluster.steps.forEach((step, place) => {
      const from = place === 0 ? 30 : 9400 + place * 30;
      const end = step.state === 'FAILED' ? 'STEP_FAILED' : ['RUNNING', 'DEFERRED'].includes(step.state) ? 'STEP_DEFERRED' : 'STEP_COMPLETED';
      add(from, 'STEP_STARTED', `${step.step.toLowerCase().replaceAll('_', ' ')}: the worker is asked.`, {step: step.step, from_state: 'WAITING', to_state: 'RUNNING', actor: 'workflow'});
      add(place === 0 ? 9380 : from + 700 + place * 410, end, `${step.step.toLowerCase().replaceAll('_', ' ')}: ${step.state.toLowerCase()}.`, {step: step.step, from_state: 'RUNNING', to_state: step.state, actor: 'worker root-key-1', code: step.last_error?.code ?? ''});
    });
    list.sort((a, b) => a.occurred_at < b.occurred_at ? -1 : 1).forEach((it, place) => { it.sequence = place + 1; });
    if (cluster.last_run.ended_at) {
      add(12_000, 'RUN_ENDED', cluster.last_run.message, {to_state: cluster.last_run.state, actor: 'workflow'});
    }
    records.set(cluster.cluster_id, list);
  }
  return records.get(cluster.cluster_id);
}

const ORDERS = {cluster_id: it => it.cluster_id, updated_at: it => it.updated_at, started_at: it => it.last_run.started_at, standing: it => STANDINGS.indexOf(it.standing), run_state: it => STATES.indexOf(it.last_run.state)};

function select(query) {
  const several = name => query.get(name)?.split(',').filter(Boolean) ?? [];
  const [standings, states, failed] = [several('standing'), several('run_state'), several('step_failed')];
  const text = (query.get('q') ?? '').toLowerCase();
  const is = (name, value) => !query.get(name) || query.get(name) === String(value);
  const found = clusters.filter(it => (!standings.length || standings.includes(it.standing)) && (!states.length || states.includes(it.last_run.state))
    && is('needs_person', it.needs_person) && is('paused', it.paused !== null) && is('region', it.region) && is('account', it.account)
    && (!failed.length || summary(it).failed_steps.some(one => failed.includes(one)))
    && (!text || `${it.cluster_id}\n${it.external_id}\n${it.last_run.request_id}\n${it.resources.map(one => `${one.name}\n${one.crn}`).join('\n')}`.toLowerCase().includes(text)));
  const sort = query.get('sort') ?? 'cluster_id';
  const by = ORDERS[sort.replace('-', '')];
  const sign = sort.startsWith('-') ? -1 : 1;
  return found.sort((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0) || (a.cluster_id < b.cluster_id ? -1 : 1));
}

const streams = new Set();
const send = (response, name, data) => response.write(`event: ${name}\nid: x\ndata: ${JSON.stringify(data)}\n\n`);

function change(cluster) {
  cluster.revision += 1;
  cluster.updated_at = ago(0);
  return cluster;
}

if (Number(RATE) > 0) {
  setInterval(() => {
    const changed = Array.from({length: Math.ceil(RATE / 5)}, () => change(clusters[Math.floor(Math.random() * clusters.length)]));
    streams.forEach(stream => send(stream, 'clusters', {clusters: changed.map(summary), gone: []}));
  }, 200);
}

function problem(response, status, code, title, detail, next) {
  response.writeHead(status, {'Content-Type': 'application/problem+json'}).end(JSON.stringify({type: `urn:keyfold:problem:${code}`, title, status, code, detail, next}));
}

const json = (response, body, headers = {}, status = 200) => response.writeHead(status, {'Content-Type': 'application/json', ...headers}).end(JSON.stringify(body));

async function answer(request, response) {
  const url = new URL(request.url, 'http://fixture');
  response.setHeader('Content-Security-Policy', CSP);
  if (!url.pathname.startsWith('/api/')) {
    const name = url.pathname === '/' ? 'index.html' : url.pathname.slice(1);
    const bytes = await readFile(new URL(name, PAGE)).catch(() => null);
    return bytes ? response.writeHead(200, {'Content-Type': TYPES[name.split('.').at(-1)] ?? 'text/plain'}).end(bytes) : problem(response, 404, 'NO_SUCH_PATH', 'There is nothing here', `${name} is not served here.`, '');
  }
  if (TOKEN && request.headers.authorization !== `Bearer ${TOKEN}`) {
    return problem(response, 401, 'UNKNOWN_CALLER', 'Nobody knows who calls', 'The request shows no token that this gateway knows.', 'Send Authorization: Bearer TOKEN.');
  }
  const path = decodeURIComponent(url.pathname).slice('/api/v1/'.length).split('/');
  if (path[0] === 'caller') {
    return json(response, {name: TOKEN ? 'ada' : 'local', role: 'operate', proven: Boolean(TOKEN)});
  }
  if (path[0] === 'fleet') {
    return json(response, counts(clusters));
  }
  if (path[0] === 'events') {
    response.writeHead(200, {'Content-Type': 'text/event-stream'});
    streams.add(response);
    send(response, 'fleet', counts(clusters));
    const beat = setInterval(() => response.write(': still here\n\n'), 5000);
    return response.on('close', () => { streams.delete(response); clearInterval(beat); });
  }
  if (path.length === 1) {
    const found = select(url.searchParams);
    const limit = Number(url.searchParams.get('limit') ?? 50);
    const from = Number(url.searchParams.get('cursor') ?? url.searchParams.get('offset') ?? 0);
    return json(response, {clusters: found.slice(from, from + limit).map(summary), matched: found.length, counts: counts(found), next_cursor: from + limit < found.length ? String(from + limit) : null});
  }
  const cluster = byId.get(`${path[1]}/${path[2]}`);
  if (!cluster) {
    return problem(response, 404, 'CLUSTER_NOT_FOUND', 'There is no such cluster', `No status of cluster ${path[1]}/${path[2]} has been read.`, 'See all clusters.');
  }
  if (path.length === 3) {
    const tag = `"${cluster.revision}"`;
    return request.headers['if-none-match'] === tag ? response.writeHead(304).end() : json(response, cluster, {ETag: tag});
  }
  const list = history(cluster);
  if (path[3] === 'history') {
    return json(response, {cluster_id: cluster.cluster_id, records: [...list].reverse().slice(0, 100), total: list.length, next_cursor: null, complete: true});
  }
  let body = '';
  for await (const chunk of request) {
    body += chunk;
  }
  const control = JSON.parse(body);
  list.push({...list.at(-1), sequence: list.length + 1, event: 'CONTROL_ACCEPTED', message: `${path[3]} is taken${control.reason ? `: ${control.reason}` : '.'}`, actor: 'local', occurred_at: ago(0), step: 'UNKNOWN'});
  streams.forEach(stream => send(stream, 'clusters', {clusters: [summary(change(cluster))], gone: []}));
  return json(response, {cluster_id: cluster.cluster_id, action: path[3].toUpperCase(), control_id: control.control_id, request_id: control.request_id}, {}, 202);
}

createServer((request, response) => answer(request, response).catch(failure => problem(response, 500, 'BUG', 'The fixture has failed', String(failure), '')))
  .listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}/ with ${COUNT} clusters`));
