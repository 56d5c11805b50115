// Views that need the timeline: they ask until it is there.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';

const EVERY = 2000;

export const isReady = (index) => index.state === 'ready';

/** Shows `children(index)`, again and again until the timeline is there or cannot be made. */
export const Indexed = ({ id, children }) => html`<${Loaded}
  of=${'index ' + id}
  what="the state of the timeline"
  every=${(index) => (isReady(index) || index.state === 'failed' ? 0 : EVERY)}
  load=${(signal) => evidence.index(id, signal)}
>
  ${Array.isArray(children) ? children[0] : children}
<//>`;

/** Why `what` is not there (yet). */
export const WhyNot = ({ index, what }) =>
  index.state === 'failed'
    ? html`<div class="note note-problem" role="alert">
      <p><strong>${what} cannot be made</strong></p>
      <p class="wrap">
        The artifacts could not be read into a timeline: ${index.problem ?? 'the log says why'}.
        The artifacts themselves and the bag are not affected.
      </p>
    </div>`
    : html`<div class="note note-quiet" role="status">
      <p><strong>${what} cannot be made yet</strong></p>
      <p>
        The timeline is being made: ${Math.round((index.progress ?? 0) * 100)} %. This page asks
        again every ${EVERY / 1000} s.
      </p>
    </div>`;
