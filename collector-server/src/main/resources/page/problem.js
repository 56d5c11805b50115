// What went wrong, with the remedy.

import { html } from './html.js';

const REMEDIES = {
  0: 'Is it running?',
  401: 'Log in again.',
  403:
    'Log in with a role that may do this: ' +
    'responder to capture and to keep cases, admin to release and purge.',
};

/** Not a failure: this collector has no such route, or the evidence no such thing. */
const isMissing = (problem) => problem.status === 404 || problem.status === 501;

/** Still being made: the answer says when to ask again. */
const isEarly = (problem) => problem.status === 409 && problem.retryAfterSeconds;

export const ProblemNote = ({ problem, retry }) => {
  const early = isEarly(problem);
  const title = early
    ? /index/.test(problem.detail)
      ? 'Still being indexed'
      : 'Still being made'
    : isMissing(problem)
      ? 'Not available'
      : problem.title || 'Something is wrong';
  const remedy = early
    ? `The page asks again in ${problem.retryAfterSeconds} s.`
    : REMEDIES[problem.status];
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
    ${(problem.detail || problem.message) && html`<p>${problem.detail || problem.message}</p>`}
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
