// One piece of evidence: its head, and the part that the address asks for.

import { html } from '../html.js';
import { evidence } from '../api.js';
import { Loaded } from '../loaded.js';
import { GravestLevel, Level, State, titleOf } from '../parts.js';
import { href } from '../router.js';
import { Time } from '../time.js';
import { plural } from '../words.js';
import { Acquisition } from './evidence/acquisition.js';
import { Classes } from './evidence/classes.js';
import { Compare } from './evidence/compare.js';
import { Console } from './evidence/console.js';
import { Custody } from './evidence/custody.js';
import { Downloads } from './evidence/downloads.js';
import { Files } from './evidence/files.js';
import { Findings } from './evidence/findings.js';
import { Heap } from './evidence/heap.js';
import { Libraries } from './evidence/libraries.js';
import { Network } from './evidence/network.js';
import { Process } from './evidence/process.js';
import { Recording } from './evidence/recording.js';
import { Registrations } from './evidence/registrations.js';
import { Report } from './evidence/report.js';
import { Scope } from './evidence/scope.js';
import { Summary } from './evidence/summary.js';
import { Threads } from './evidence/threads.js';
import { KEY_EVENTS } from './evidence/filter.js';
import { Timeline } from './evidence/timeline.js';
import { requestOf } from './alerts.js';
import { MEANING } from './captures.js';
import { isAlone } from './opened.js';

const PARTS = [
  [
    'Overview',
    [
      ['summary', 'Summary', Summary],
      ['timeline', 'Timeline', Timeline],
      ['recording', 'Recording', Recording],
      ['findings', 'Findings', Findings],
      ['scope', 'Scope', Scope],
      ['compare', 'Compare', Compare],
    ],
  ],
  [
    'State',
    [
      ['threads', 'Threads', Threads],
      ['classes', 'Classes', Classes],
      ['heap', 'Heap', Heap],
      ['libraries', 'Libraries', Libraries],
      ['files', 'Files', Files],
      ['network', 'Network', Network],
      ['process', 'Process', Process],
      ['registrations', 'Registrations', Registrations],
      ['console', 'Console', Console],
    ],
  ],
  [
    'Proof',
    [
      ['acquisition', 'Acquisition', Acquisition],
      ['custody', 'Custody', Custody],
      ['downloads', 'Downloads', Downloads],
    ],
  ],
];

/** Other evidence and other JVMs, which `whorl open` of one piece of evidence does not have. */
const OF_OTHERS = new Set(['scope', 'compare']);

/** Until it is analysed: the summary shows its findings as soon as they are there. */
const EVERY = 5000;

/** In no list of parts: it opens in a tab of its own, and leads on to a document. */
const REPORT = 'report';

const viewOf = (part) =>
  part === REPORT
    ? Report
    : (PARTS.flatMap(([, parts]) => parts).find(([name]) => name === part)?.[2] ?? Summary);

export const Evidence = ({ id, part, query, user }) => html`<${Loaded}
  of=${id}
  what="evidence"
  load=${(signal) => evidence.show(id, signal)}
  every=${(one) => (one.gravest?.examination === 'waiting' ? EVERY : 0)}
>
  ${(one) => {
    const Part = viewOf(part);
    return html`<article class="evidence">
      <${Head} one=${one} user=${user} />
      <div class="evidence-body">
        <${Parts} id=${id} part=${part} query=${query} user=${user} />
        <div class="evidence-part" id="part">
          <${Part} key=${part} one=${one} id=${id} query=${query} user=${user} />
        </div>
      </div>
    </article>`;
  }}
<//>`;

/** Whether a schedule or a threshold took it: one of a row, to be compared with the one before. */
const isMeasured = (one) =>
  one.alert ? one.alert.rule.startsWith('jvm.threshold.') : one.reason.startsWith('schedule ');

const Head = ({ one, user }) => html`<header class="evidence-head">
  <h1>${titleOf(one)}</h1>
  <p>
    <${GravestLevel} one=${one} />${' '}
    <b>${one.service}</b>
    ${
      !one.gravest?.title &&
      one.alert &&
      requestOf(one.alert) &&
      html`
        ${' '}
        <code>${requestOf(one.alert)}</code>
      `
    }
    <span class="muted">
      ${' '}
      at <${Time} at=${one.alert?.time ?? one.sealedAt} /> UTC
    </span>
  </p>
  ${
    one.gravest?.title &&
    html`<p class="small" id="trigger">
      Reason of the capture: ${one.alert?.title ?? one.reason}
      ${
        one.alert &&
        html`
          ${' '}
          ${
            requestOf(one.alert) &&
            html`
              <code>${requestOf(one.alert)}</code>${' '}
            `
          }
          <${Level} level=${one.alert.level} />${' '}
          ${!user.opened && html`<a href=${href(['alerts', one.alert.id])}>the alert</a>`}
        `
      }
    </p>`
  }
  ${
    one.state !== 'sealed' &&
    !user.opened &&
    html`<p class="small warn wrap" id="meaning">
      ▲ ${MEANING[one.state]} ${one.problems?.at(-1)}
    </p>`
  }
  ${
    isMeasured(one) &&
    html`<p class="small" id="changed">
      <a href=${href(['evidence', one.id, 'compare'], { with: 'previous' })}>
        What changed since the previous capture
      </a>${' '}
      <a href=${href(['evidence', one.id, 'heap'])}>Growth of the heap</a>
    </p>`
  }
  <p class="small marks">
    <${State} state=${one.state} />
    ${
      one.signature.verified
        ? html`<span class="state state-sealed">✓ signature verified</span>`
        : html`<span class="state state-failed">✕ signature not verified</span>`
    }${' '}
    ${
      one.recipient &&
      html`<span class="state" title=${one.recipient}>
        encrypted for its recipient
      </span>`
    }${' '}
    ${
      one.missing?.length > 0 &&
      html`<a href=${href(['evidence', one.id, 'acquisition'])} class="warn">
        ▲ ${plural(one.missing.length, 'gap')}
      </a>`
    }
    <code class="muted wrap">${one.id}</code>${' '}
    <a href=${href(['evidence', one.id, REPORT])} target="_blank" rel="noreferrer">Report</a>
  </p>
</header>`;

/** What a part's address begins with: a chosen span stays chosen in the parts that have one. */
const SPANNED = ['timeline', 'recording', 'threads'];
const beginning = (name, { from, to }) => ({
  ...(name === 'timeline' ? KEY_EVENTS : {}),
  ...(SPANNED.includes(name) ? { from, to } : {}),
});

const shownTo = (user, parts) =>
  parts.filter(([name]) => !isAlone(user) || !OF_OTHERS.has(name));

const Parts = ({ id, part, query, user }) => html`<nav
  class="parts"
  aria-label="Parts of the evidence"
>
  ${PARTS.map(
    ([group, parts]) => html`<div key=${group}>
      <h2>${group}</h2>
      <ul>
        ${shownTo(user, parts).map(
          ([name, label]) => html`<li key=${name}>
            <a
              href=${href(['evidence', id, name], beginning(name, query))}
              aria-current=${name === part ? 'page' : undefined}
              ref=${(link) =>
                link &&
                name === part &&
                link.parentElement.parentElement.parentElement.parentElement.scrollWidth >
                  innerWidth &&
                reveal(link)}
            >
              ${label}
            </a>
          </li>`,
        )}
      </ul>
    </div>`,
  )}
</nav>`;

/** On a narrow screen the parts are one line that scrolls by itself. */
function reveal(link) {
  const line = link.closest('nav');
  line.scrollLeft = link.offsetLeft - line.offsetLeft - 24;
}
