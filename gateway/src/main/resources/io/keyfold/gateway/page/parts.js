// The parts of what is shown of one cluster, made from its status.

import {badge, sign} from './badge.js';
import {copyable, el} from './dom.js';
import {duration, time} from './time.js';
import {OWNERSHIPS, RUN_STATES, SERVICES, STANDINGS, VERIFICATIONS, count, tone, words} from './words.js';

const field = (name, ...value) => value.some(it => it !== null && it !== '' && it !== undefined)
  ? el('div', {class: 'field'}, el('dt', {}, name), el('dd', {}, ...value)) : null;

export const notice = (kind, text, code = '') =>
  el('div', {class: `notice ${kind}`, role: kind === 'bad' ? 'alert' : 'status'}, sign(kind),
    el('div', {}, el('p', {}, text), code ? el('p', {class: 'hint'}, el('code', {}, code)) : null));

/** Why the gateway has not done what it was asked, and what to do. */
export function problem(it) {
  return el('div', {class: 'notice bad', role: 'alert'}, sign('bad'), el('div', {},
    el('p', {}, el('strong', {}, it.title || 'This page has failed'), it.detail || it.message ? `: ${it.detail || it.message}` : ''),
    (it.violations ?? []).length > 0
      ? el('ul', {}, ...it.violations.map(rule => el('li', {}, el('code', {}, rule.input), ` = ${rule.given}; allowed: ${rule.allowed}`))) : null,
    it.next ? el('p', {}, it.next) : null,
    it.code ? el('p', {class: 'hint'}, el('code', {}, it.code)) : null));
}

export function head(status) {
  return [
    el('p', {class: 'states'}, badge(status.standing, STANDINGS[status.standing]),
      status.standing_since ? el('span', {class: 'since'}, 'since ', time(status.standing_since)) : null),
    el('p', {class: 'meaning'}, STANDINGS[status.standing] ?? ''),
    el('p', {class: 'ids'}, [
      status.external_id, status.region && `region ${status.region}`,
      status.kms_region && status.kms_region !== status.region ? `keys in ${status.kms_region}` : '',
      status.resource_group && `resource group ${status.resource_group}`, `revision ${status.revision}`,
    ].filter(Boolean).join(' · '), ' · changed ', time(status.updated_at)),
  ];
}

export function notices(status) {
  const run = status.last_run;
  return [
    status.needs_person && (run?.remedy || status.standing === 'DRIFTED')
      ? el('div', {class: 'notice warn'}, sign('warn'), el('div', {}, el('p', {}, el('strong', {}, 'What to do')),
        el('p', {}, run?.remedy || 'Do what the verification says of each finding.'))) : null,
    status.paused
      ? el('div', {class: 'notice plain'}, sign('plain'), el('div', {},
        el('p', {}, el('strong', {}, 'Paused'), ' since ', time(status.paused.since), status.paused.requested_by ? ` by ${status.paused.requested_by}` : ''),
        status.paused.reason ? el('p', {}, status.paused.reason) : null)) : null,
  ];
}

export function run(status) {
  const it = status.last_run;
  if (!it) {
    return [];
  }
  const took = it.ended_at ? duration(Date.parse(it.ended_at) - Date.parse(it.started_at)) : '';
  return [
    el('p', {class: 'states'}, badge(it.state, RUN_STATES[it.state]),
      el('span', {class: 'since'}, it.run > 0 ? `Run ${it.run} · ${words(it.kind).toLowerCase()}` : words(it.kind))),
    el('p', {class: 'lead'}, it.message),
    it.violations.length > 0 ? el('ul', {class: 'violations'}, ...it.violations.map(text => el('li', {}, text))) : null,
    it.fault ? fault(it.fault, it.message.includes(it.fault.message)) : null,
    !status.needs_person && it.remedy ? el('p', {class: 'lead'}, el('strong', {}, 'What next: '), it.remedy) : null,
    el('dl', {class: 'fields'},
      field('Request', copyable(it.request_id, 'request id')),
      field('Asked for by', it.requested_by),
      field('Started', time(it.started_at, true)),
      field('Ended', time(it.ended_at, true), took ? ` · after ${took}` : ''),
      it.ended_at ? null : field('Deadline', time(it.deadline, true)),
      field('Clock stopped until', time(it.clock_stopped_until, true))),
  ];
}

/** An error in IBM's words and ours. @param isTold whether its message stands above already */
export function fault(it, isTold) {
  return el('div', {class: 'fault'},
    el('p', {class: 'fault-head'}, sign('bad'), el('strong', {}, it.code), it.outcome_unknown ? ' · the call may have had its effect all the same' : ''),
    isTold ? null : el('p', {}, it.message),
    el('dl', {class: 'fields'},
      field('IBM’s code', it.ibm_code ? el('code', {}, it.ibm_code) : '', it.http_status > 0 ? ` HTTP ${it.http_status}` : ''),
      field('IBM’s message', it.ibm_message),
      field('Transaction', it.transaction_id ? copyable(it.transaction_id, 'transaction id') : '')));
}

export function storage(status) {
  if (status.storage.length === 0) {
    return [];
  }
  return [el('div', {class: 'cards'}, ...status.storage.map(it => el('article', {class: 'card'},
    el('h4', {}, SERVICES[it.storage_service] ?? words(it.storage_service)),
    el('p', {}, badge(it.encryption, STANDINGS[it.encryption], it.encryption === 'NONE' ? 'Not encrypted by it' : words(it.encryption))),
    el('dl', {class: 'fields'},
      it.root_key_crn || it.root_key_name
        ? field('Root key', it.root_key_crn ? copyable(it.root_key_crn, 'CRN of the root key', it.root_key_name || it.root_key_crn) : it.root_key_name,
          owner(it.root_key_ownership)) : null,
      it.authorization_ownership !== 'UNKNOWN'
        ? field('Authorization', it.authorization_id ? copyable(it.authorization_id, 'id of the authorization') : '', owner(it.authorization_ownership),
          it.authorized_since ? [' since ', time(it.authorized_since)] : null) : null,
      field('Covers', it.authorization_scope),
      it.registrations === null ? null : field('Encrypted with the key', count(it.registrations, 'resource'))))))];
}

const owner = ownership => ownership && ownership !== 'UNKNOWN' ? badge(ownership, OWNERSHIPS[ownership]) : null;

export function verification(status) {
  const it = status.verification;
  if (!it) {
    return [];
  }
  return [
    el('p', {class: 'states'}, badge(it.outcome, VERIFICATIONS[it.outcome]),
      el('span', {class: 'since'}, time(it.verified_at), it.requested_by ? ` · asked for by ${it.requested_by}` : '')),
    it.findings.length > 0 ? el('ul', {class: 'findings'}, ...it.findings.map(found => el('li', {},
      el('p', {}, badge(found.condition), ' ', words(found.step), found.id ? [' ', copyable(found.id, 'id')] : null),
      el('p', {}, found.message)))) : null,
  ];
}

export function resources(status) {
  return status.resources.length === 0 ? [] : [el('ul', {class: 'resources'}, ...status.resources.map(it => el('li', {class: `resource ${tone(it.ownership)}`},
    el('div', {class: 'resource-head'}, el('strong', {}, words(it.kind)), it.name ? el('span', {class: 'resource-name'}, it.name) : null, owner(it.ownership),
      el('span', {class: 'since'}, 'since ', time(it.since), it.run > 0 ? ` · run ${it.run}` : '')),
    it.crn || it.id ? el('div', {}, copyable(it.crn || it.id, it.crn ? 'CRN' : 'id')) : null,
    it.retained_for.length > 0 ? el('p', {class: 'hint'}, `Kept for ${it.retained_for.join(', ')}.`,
      it.asked_again_at ? [' Asked again ', time(it.asked_again_at), '.'] : null) : null,
    notes(it))))];
}

function notes(it) {
  const all = [
    it.rotation_interval_months ? `rotated by Key Protect every ${count(it.rotation_interval_months, 'month')}` : '',
    it.dual_authorization_delete ? 'deleting it takes two identities' : '',
    ...(it.registrations ?? []).map(of => `protects ${count(of.count, of.resource_type || 'resource')} of ${SERVICES[of.storage_service] ?? of.service}`),
  ].filter(Boolean);
  return all.length > 0 ? el('p', {class: 'hint'}, all.join(' · ')) : null;
}
