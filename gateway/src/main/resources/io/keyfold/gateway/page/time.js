// Times in the reader's own zone; in UTC where one points at them.

import {el} from './dom.js';

const CLOCK = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const DAY = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short'});
const YEAR = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short', year: 'numeric'});
const WHOLE = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'medium'});

let today = '';
let todayUntil = 0;

function isToday(moment) {
  const now = Date.now();
  if (now > todayUntil) {
    today = new Date(now).toDateString();
    todayUntil = now + 30_000;
  }
  return moment.toDateString() === today;
}

/** Short: the time of today, the day and time of this year, else the date. */
export function short(text) {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) {
    return '';
  }
  if (isToday(moment)) {
    return CLOCK.format(moment);
  }
  return moment.getFullYear() === new Date().getFullYear()
    ? `${DAY.format(moment)}, ${CLOCK.format(moment).replace(/(\d\d[:.]\d\d)[:.]\d\d/, '$1')}`
    : YEAR.format(moment);
}

/** In UTC, to the second. */
export function utc(text) {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? '' : `${moment.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A time element. */
export function time(text, whole = false) {
  return text
    ? el('time', {dateTime: text, title: utc(text)}, whole ? WHOLE.format(new Date(text)) : short(text))
    : null;
}

/** How long, in at most two units: `840 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(milliseconds) {
  if (milliseconds < 1000) {
    return `${Math.max(0, Math.round(milliseconds))} ms`;
  }
  const seconds = milliseconds / 1000;
  if (seconds < 60) {
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  }
  return twoUnits(Math.round(seconds));
}

function twoUnits(seconds) {
  const units = [['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]];
  const first = units.findIndex(([, size]) => seconds >= size);
  const [name, size] = units[first];
  const whole = Math.floor(seconds / size);
  const next = units[first + 1];
  const rest = next ? Math.floor(seconds % size / next[1]) : 0;
  return `${whole} ${name}${rest > 0 ? ` ${rest} ${next[0]}` : ''}`;
}
