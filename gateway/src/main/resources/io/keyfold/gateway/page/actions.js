// What may be asked to be done with a cluster: by whom, when it makes sense, and what comes of it.

import {GOING, PARKED, count} from './words.js';

const ROLES = ['view', 'request', 'operate'];
const isGoing = status => [...GOING, ...PARKED].includes(status.last_run?.state);
const holds = status => ['CUSTOMER_MANAGED', 'DRIFTED'].includes(status.standing);
const owned = (status, ...ownerships) => status.resources.filter(it => ownerships.includes(it.ownership));
const isRemoval = run => ['DEPROVISION', 'REMOVE'].includes(run?.kind);

const ALL = [
  {
    name: 'cancel', words: 'Cancel', role: 'request', danger: true,
    fits: status => status.last_run?.state === 'IN_PROGRESS' && !isRemoval(status.last_run),
    consequences: status => [`Run ${status.last_run.run} is ended. What it has created is deleted again, keys first, the instance last; `
      + 'what earlier runs created stays.'],
  },
  {
    name: 'retry', words: 'Retry', role: 'request',
    // What is retained is asked for by itself: a retry has nothing to do there.
    fits: status => [...PARKED, 'FAILED', 'COMPENSATING'].includes(status.last_run?.state)
      || (status.last_run?.remedy ?? '').includes('keyfold retry '),
    consequences: status => [status.last_run?.state === 'FAILED'
      ? 'A new run with the same inputs begins.'
      : 'What is parked or put off is asked for again at once.'],
  },
  {
    name: 'verify', words: 'Verify', role: 'request',
    fits: status => holds(status) && !isGoing(status) && !status.paused,
    consequences: () => ['IBM Cloud is asked whether all still is as this status says. Nothing is changed.'],
  },
  {
    name: 'repair', words: 'Repair', role: 'operate',
    fits: status => status.standing === 'DRIFTED' && status.verification?.outcome === 'DRIFTED' && !isGoing(status) && !status.paused,
    consequences: () => ['What Keyfold made and can bring back is made usable again or made anew. A root key that is lost is never replaced.'],
  },
  {
    name: 'pause', words: 'Pause', role: 'operate',
    fits: status => isGoing(status) && !status.paused,
    consequences: () => ['Nothing more is asked of workers for this cluster, and its run’s clock stands still, until it is resumed.'],
  },
  {
    name: 'resume', words: 'Resume', role: 'operate',
    fits: status => Boolean(status.paused),
    consequences: () => ['The pause is lifted; the run goes on, and its deadline is moved by as long as it was paused.'],
  },
  {
    name: 'remove', words: 'Remove unused', role: 'operate', danger: true, secondPerson: true,
    fits: status => owned(status, 'UNUSED').length > 0 && !isGoing(status),
    consequences: status => [`${count(owned(status, 'UNUSED').length, 'thing')} that Keyfold made and the cluster no longer uses will be deleted.`],
  },
  {
    name: 'deprovision', words: 'Deprovision', role: 'operate', danger: true, secondPerson: true, typesPrefix: true,
    fits: status => (status.resources.length > 0 || status.last_run?.state === 'IN_PROGRESS')
      && !(isRemoval(status.last_run) && isGoing(status)),
    consequences: status => {
      const created = owned(status, 'CREATED', 'UNUSED', 'RETAINED').length;
      return [
        created > 0 ? `${count(created, 'thing')} that Keyfold made for this cluster will be deleted, the root key among them if it made one. `
          + 'What is encrypted with a deleted root key cannot be read any more.' : 'Nothing was made for this cluster; it is only let go of.',
        'What is somebody else’s stays. A key that still protects resources is never deleted by force.',
      ];
    },
  },
];

/** What this caller may ask for of this cluster as it stands. */
export function actionsFor(status, caller) {
  return ALL.filter(action => ROLES.indexOf(caller.role) >= ROLES.indexOf(action.role) && action.fits(status));
}
