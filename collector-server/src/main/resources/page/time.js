// Times as the collector writes them, RFC 3339 in UTC with up to nine digits of a second. They stay
// text, since a Date would round the nanoseconds away.

import { html } from './html.js';

const SHAPE = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** `09:35:33.234` or, `withDate`, `2026-11-25 09:35:33.234`. */
export function utc(time, withDate = true, digits = 3) {
  const match = SHAPE.exec(time ?? '');
  if (!match) return String(time ?? '');
  const fraction = digits ? '.' + (match[3] ?? '').padEnd(9, '0').slice(0, digits) : '';
  return (withDate ? match[1] + ' ' : '') + match[2] + fraction;
}

/** The same moment where the reader is, for a tooltip. */
export function local(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime())
    ? ''
    : date.toLocaleString(undefined, { timeZoneName: 'short' });
}

/** How long ago, roughly: `12 s`, `5 min`, `3 h`, `2 d`. */
export function ago(time, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
}

/** A moment after another: with its date where that is another day. */
export const utcAfter = (time, before, digits = 3) =>
  utc(time, String(time).slice(0, 10) !== String(before ?? '').slice(0, 10), digits);

/** Milliseconds since the epoch as the API wants a time. */
export const instant = (millis) => new Date(millis).toISOString();

/** A moment below another: with its date where that is another day, or where nothing is above. */
export const TimeBelow = ({ at, above, digits = 6 }) => html`
  ${
    String(at).slice(0, 10) !== String(above ?? '').slice(0, 10) &&
    html`
      <span class="day">${String(at).slice(0, 10)}</span>${' '}
    `
  }
  <${Time} at=${at} date=${false} digits=${digits} />
`;

/** A moment in UTC, in the reader's own time on hover. */
export const Time = ({ at, date = true, digits = 3 }) =>
  at
    ? html`<time class="time" datetime=${at} title=${`${utc(at, true, 9)} UTC\n${local(at)}`}>
      ${utc(at, date, digits)}
    </time>`
    : html`<span class="muted absent">–</span>`;
