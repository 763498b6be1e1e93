// The product's own words: the names of docs/statuses.md, written as a sentence would have them, and what each means.

/** `CUSTOMER_MANAGED` as a text has it. */
export function words(name) {
  return WORDS[name] ?? (name ? name.charAt(0) + name.slice(1).toLowerCase().replaceAll('_', ' ') : '');
}

const WORDS = {
  CUSTOMER_MANAGED: 'Customer-managed',
  PROVIDER_MANAGED: 'Provider-managed',
  NONE: 'Nothing yet',
  UNKNOWN: 'None',
  KMS_INSTANCE: 'KMS instance',
  ROOT_KEY: 'Root key',
  VSI_ROOT_KEY: 'Root key for VSIs',
  BLOCK_STORAGE_AUTHORIZATION: 'Authorization: block storage',
  FILE_STORAGE_AUTHORIZATION: 'Authorization: file storage',
  OBJECT_STORAGE_AUTHORIZATION: 'Authorization: object storage',
  AUTHORIZATION_POLICY: 'Authorization',
};

export const STANDINGS = {
  NONE: 'Nothing has been brought about for the cluster yet: its first run is going, or was undone.',
  CUSTOMER_MANAGED: 'Every storage service is encrypted with the root key that its entry names.',
  PROVIDER_MANAGED: 'IBM’s own keys encrypt the storage; nothing was created.',
  DRIFTED: 'What the standing rests on is not all as it should be: something is missing or changed, or a deprovision has '
    + 'begun to delete.',
  DEPROVISIONED: 'All that was created for the cluster has been removed, except what is listed as retained.',
};

export const RUN_STATES = {
  IN_PROGRESS: 'The steps are being done; of a deprovision or remove: things are being deleted.',
  COMPENSATING: 'It failed, was cancelled or passed its deadline: what this run created is being deleted.',
  COMPLETED: 'All that was asked for exists.',
  FAILED: 'Undone. Nothing of the run is left, except what is listed as retained.',
  CANCELLED: 'Undone, as asked.',
  REJECTED: 'The request broke rules; nothing was done and nothing has changed.',
  COMPENSATION_FAILED: 'Parked: something could not be deleted, for a reason that a person has to mend.',
  KEY_IN_USE: 'Parked: Key Protect refuses to delete a root key that still protects resources. It is never forced.',
  UNKNOWN: 'There was no run yet.',
};

export const OWNERSHIPS = {
  CREATED: 'Made by this cluster’s saga, and in use.',
  ADOPTED: 'Somebody else’s: used, never deleted.',
  SKIPPED: 'Taken to exist because its skip flag was set. Nothing was looked up; its id is not known.',
  RETAINED: 'Made by this saga and no longer wanted, but kept for those who still need it.',
  UNUSED: 'Made by this saga and no longer wanted. It goes on a remove or a deprovision.',
};

export const STEP_STATES = {
  WAITING: 'Its turn has not come: keys and authorizations wait for the KMS instance.',
  RESOLVING: 'The worker looks: for what was named, or, while undoing, for what this run may have made.',
  HOLDING: 'The ledger is asked whether something that is not ours may be used.',
  RUNNING: 'The worker makes it, or looks again at what it is to use.',
  DEFERRED: 'The worker cannot say yet; it is asked again.',
  CREATED: 'This run has made it.',
  ADOPTED: 'It is somebody else’s and is used.',
  KEPT: 'The cluster has it since an earlier run and goes on using it.',
  SKIPPED: 'Taken to exist, as asked.',
  FAILED: 'It cannot be done; the error says why.',
  DELETING: 'What the step made is being deleted, or its turn is still to come.',
  COMPENSATED: 'What this run made here is gone.',
  RETAINED: 'What this run made here is kept for somebody who needs it.',
  NOTHING_CREATED: 'The run is being undone and had made nothing here.',
  KEY_IN_USE: 'Parked: the key still protects resources, which the error names.',
  COMPENSATION_FAILED: 'Parked: it could not be deleted, or could not be looked for.',
};

export const VERIFICATIONS = {
  INTACT: 'All is as the status says.',
  DRIFTED: 'Something is missing or changed.',
  INCOMPLETE: 'Nothing missing or changed was seen, but not all could be looked at.',
};

/** How a name looks: good, plain, busy, warn, bad, gone. */
const TONES = {
  CUSTOMER_MANAGED: 'good', COMPLETED: 'good', CREATED: 'good', INTACT: 'good', KEPT: 'good',
  PROVIDER_MANAGED: 'plain', ADOPTED: 'plain', SKIPPED: 'plain',
  IN_PROGRESS: 'busy', RUNNING: 'busy', RESOLVING: 'busy', HOLDING: 'busy',
  COMPENSATING: 'warn', DRIFTED: 'warn', DEFERRED: 'warn', DELETING: 'warn', RETAINED: 'warn', INCOMPLETE: 'warn',
  CHANGED: 'warn', REJECTED: 'warn', UNSEEN: 'warn',
  FAILED: 'bad', COMPENSATION_FAILED: 'bad', KEY_IN_USE: 'bad', MISSING: 'bad',
};

export const tone = name => TONES[name] ?? 'gone';

export const SERVICES = {
  BLOCK_STORAGE: 'Block storage',
  FILE_STORAGE: 'File storage',
  OBJECT_STORAGE: 'Object storage',
};

export const STEPS = ['KMS_INSTANCE', 'ROOT_KEY', 'VSI_ROOT_KEY', 'BLOCK_STORAGE_AUTHORIZATION',
  'FILE_STORAGE_AUTHORIZATION', 'OBJECT_STORAGE_AUTHORIZATION'];

export const GOING = ['IN_PROGRESS', 'COMPENSATING'];
export const PARKED = ['COMPENSATION_FAILED', 'KEY_IN_USE'];

/** 1234 as `1,234`, by the reader's custom. */
const NUMBER = new Intl.NumberFormat();
export const number = value => NUMBER.format(value);
export const count = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;
