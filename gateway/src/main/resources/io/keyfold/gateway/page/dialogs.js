// What is asked of the reader: a bearer token, and whether something is really to be done.

import * as api from './api.js';
import {el} from './dom.js';

/** Shows a form in a dialog. @returns what `read` makes of it, or null if it was left */
function show(form, read) {
  return new Promise(resolve => {
    const dialog = el('dialog', {'aria-labelledby': 'dialog-title'}, form);
    let answer = null;
    form.addEventListener('submit', event => {
      event.preventDefault();
      answer = read();
      if (answer !== null) {
        dialog.close();
      }
    });
    form.querySelector('.leave')?.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Asks for a bearer token. @returns whether one was given */
export async function askForToken(wasRefused) {
  const input = el('input', {type: 'password', required: true, autocomplete: 'off', id: 'token', spellcheck: false});
  const form = el('form', {},
    el('h2', {id: 'dialog-title'}, 'Who are you?'),
    el('p', {}, wasRefused ? 'The gateway does not know this token, or knows it no more.' : 'This gateway wants to know who calls.'),
    el('label', {for: 'token'}, 'Bearer token'), input,
    el('p', {class: 'hint'}, 'Kept in this tab only, until it is closed.'),
    el('div', {class: 'choices'}, el('button', {type: 'button', class: 'leave'}, 'Not now'), el('button', {type: 'submit', class: 'main'}, 'Go on')));
  const given = await show(form, () => input.value.trim() || null);
  if (given) {
    api.token.set(given);
  } else {
    api.token.forget();
  }
  return given !== null;
}

/**
 * Asks whether something is really to be done with a cluster.
 *
 * @param action see actions.js
 * @returns {Promise<{reason: string, approved_by?: string}|null>} null: not to be done
 */
export function confirm(action, status) {
  const reason = el('textarea', {id: 'reason', rows: 2, maxLength: 1000});
  const typed = action.typesPrefix ? el('input', {id: 'typed', autocomplete: 'off', spellcheck: false, autocapitalize: 'none'}) : null;
  const approved = action.secondPerson ? el('input', {id: 'approved', maxLength: 1000, autocomplete: 'off'}) : null;
  const submit = el('button', {type: 'submit', class: action.danger ? 'main danger' : 'main'}, action.words);
  const isTyped = () => !typed || typed.value.trim() === status.cluster_prefix;
  const look = () => { submit.disabled = !isTyped(); };
  typed?.addEventListener('input', look);
  look();
  const form = el('form', {},
    el('h2', {id: 'dialog-title'}, `${action.words} ${status.cluster_id}?`),
    ...action.consequences(status).map(text => el('p', {}, text)),
    el('label', {for: 'reason'}, 'Reason', el('span', {class: 'hint'}, action.secondPerson
      ? ' · for the audit; needed where a root key is protected from deletion' : ' · for the audit; may be left out')), reason,
    approved && [el('label', {for: 'approved'}, 'Who else has agreed', el('span', {class: 'hint'}, ' · where a second person’s agreement is wanted')), approved],
    typed && [el('label', {for: 'typed'}, 'Type ', el('code', {}, status.cluster_prefix), ' to go on'), typed],
    el('div', {class: 'choices'}, el('button', {type: 'button', class: 'leave'}, 'Leave it'), submit));
  return show(form, () => isTyped()
    ? {reason: reason.value.trim(), ...(approved?.value.trim() ? {approved_by: approved.value.trim()} : {})}
    : null);
}
