// What went wrong, with the remedy.

import { html } from './html.js';

const REMEDIES = {
  401: 'Log in again.',
  403:
    'Log in with a role that may do this: ' +
    'a responder captures and works on cases, an admin also releases holds and purges.',
};

/** Not a failure: this collector has no such route, or the evidence no such thing. */
const isMissing = (problem) => problem.status === 404 || problem.status === 501;

/** Still being made: the answer says when to ask again. */
const isEarly = (problem) => problem.status === 409 && problem.retryAfterSeconds;

/** `retry` is given where the page asks again by itself, too. */
const remedyOf = ({ status, hasRemedy, retryAfterSeconds: seconds }, retry) => {
  if (!seconds) return hasRemedy ? undefined : REMEDIES[status];
  return retry ? `The page asks again in ${seconds} s.` : `Try again in ${seconds} s.`;
};

export const ProblemNote = ({ problem, retry }) => {
  const early = isEarly(problem);
  const title = early
    ? /index/.test(problem.detail)
      ? 'The index is not ready yet'
      : 'Not ready yet'
    : problem.title || (isMissing(problem) ? 'Not available' : 'Something went wrong');
  const detail = problem.detail || problem.message;
  const remedy = remedyOf(problem, retry);
  return html`<div
    class=${'note ' + (early || isMissing(problem) ? 'note-quiet' : 'note-problem')}
    role=${early ? 'status' : 'alert'}
  >
    <p>
      <strong>${title}</strong>
      ${
        problem.status
          ? html`
            ${' '}
            <span class="muted">(${problem.status})</span>
          `
          : null
      }
    </p>
    ${detail && detail !== title && html`<p>${detail}</p>`}
    ${
      problem.place &&
      html`<p>
        <a href=${problem.place.href}>${problem.place.name}</a> lists what there is.
      </p>`
    }
    ${remedy && html`<p class="muted">${remedy}</p>`}${' '}
    ${
      retry &&
      !early &&
      html`<button type="button" class="small" onClick=${retry}>
        Try again
      </button>`
    }
  </div>`;
};
