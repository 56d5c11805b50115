// What happened, in words: the page that a responder reads first.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Empty, EvidenceLink, Fields, Tactic } from '../../parts.js';
import { ProblemNote } from '../../problem.js';
import { href } from '../../router.js';
import { Time, TimeBelow } from '../../time.js';
import { bytes, count, plural, short } from '../../words.js';
import { isAlone } from '../opened.js';
import { requestOf } from '../alerts.js';
import { FindingLine, bySeverity } from './findings.js';
import { Cases } from './in-cases.js';

export const Summary = ({ id, one, user }) => html`<div class="summary">
  <${Loaded}
    of=${id}
    what="findings"
    load=${(signal) => evidence.findings(id, signal)}
    instead=${(problem, retry) => html`<${WithoutFindings}
      one=${one}
      user=${user}
      problem=${problem}
      retry=${retry}
    />`}
  >
    ${(found) => html`<${Found} found=${found} id=${id} user=${user} />`}
  <//>
  <div class="columns">
    <section class="panel">
      <h2>Evidence</h2>
      <${Facts} one=${one} user=${user} />
    </section>
    ${!user.opened && html`<${Cases} one=${one} user=${user} />`}
  </div>
</div>`;

const Found = ({ found, id, user }) => html`<div class="stack">
  <${WhatHappened} found=${found} />
  <div class="columns overview">
    <section aria-labelledby="chain">
      <h2 id="chain">Chain of events</h2>
      <${Chain} id=${id} chain=${found.chain ?? []} whole=${!found.notExamined?.length} />
    </section>
    <div class="stack">
      <${TopFindings} id=${id} found=${found} />
      ${
        !isAlone(user) &&
        html`<${Elsewhere}
          id=${id}
          scope=${found.scope ?? []}
          whole=${!found.notExamined?.length}
        />`
      }
    </div>
  </div>
</div>`;

const TopFindings = ({ id, found }) => html`<section class="panel" aria-labelledby="top-findings">
  <h2 id="top-findings">
    Findings${' '}
    <a class="small" href=${href(['evidence', id, 'findings'])}>
      all ${count(found.findings?.length)}
    </a>
  </h2>
  ${
    found.findings?.length
      ? html`<ul class="finding-lines">
        ${[...found.findings]
          .sort(bySeverity)
          .slice(0, 8)
          .map((finding) => html`<${FindingLine} key=${finding.id} id=${id} finding=${finding} />`)}
      </ul>`
      : html`<${Empty}>
        ${
          found.notExamined?.length
            ? 'No finding in the parts that were examined.'
            : 'No finding.'
        }
      <//>`
  }
</section>`;

const WhatHappened = ({ found }) => html`<section
  class="panel verdict"
  aria-labelledby="what-happened"
>
  <h2 id="what-happened">What happened</h2>
  ${sentences(found.summary).map(
    (sentence, i) => html`<p
      key=${i}
      class=${
        found.notExamined?.length
          ? i === 0
            ? 'prose large warn'
            : 'prose large'
          : i === 0
            ? 'prose muted'
            : 'prose large'
      }
    >
      ${sentence}
    </p>`,
  )}
</section>`;

/** Each on a line of its own, which is easier to follow than a paragraph. */
const sentences = (text) => String(text ?? '').split(/(?<=[.!?]) (?=\p{Lu})/u);

const Chain = ({ id, chain, whole }) =>
  chain.length
    ? html`<ol class="chain">
      ${chain.map(
        (step, i) => html`<li key=${i}>
          <div><${TimeBelow} at=${step.time} above=${chain[i - 1]?.time} digits=${3} /></div>
          <div>
            <a
              href=${href(['evidence', id, 'timeline'], {
                row: step.row,
                around: step.row,
                span: '2s',
              })}
              class="clip3"
              title=${step.what}
            >
              ${capital(step.what)}
            </a>
            ${step.tactic && html`<${Tactic} tactic=${step.tactic} />`}
          </div>
        </li>`,
      )}
    </ol>`
    : html`<${Empty}>
      ${
        whole
          ? 'No chain: the findings do not follow from one another.'
          : 'No chain in the parts that were examined.'
      }
    <//>`;

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const Elsewhere = ({ id, scope, whole }) => {
  const seen = scope.filter((one) => one.elsewhere?.length);
  return html`<section class="panel" aria-labelledby="scope">
    <h2 id="scope">
      Elsewhere${' '}
      <a class="small" href=${href(['evidence', id, 'scope'])}>
        scope
      </a>
    </h2>
    ${
      seen.length
        ? html`<ul class="plain-list">
          ${seen.map(
            (one) => html`<li key=${one.kind + one.value}>
              <span class="warn">▲</span> ${one.kind} <code class="wrap">${one.value}</code>${' '}
              also in ${plural(one.elsewhere.length, 'other JVM', 'other JVMs')}:${' '}
              ${one.elsewhere
                .slice(0, 3)
                .map((where) => where.pod ?? where.service ?? short(where.agent ?? ''))
                .join(', ')}
            </li>`,
          )}
        </ul>`
        : html`<p class="muted">
          ${
            scope.length
              ? `${plural(scope.length, 'trace')}: none was seen in another JVM.`
              : whole
                ? 'No trace was seen in another JVM of this collector.'
                : 'Not everything was examined, so traces in other JVMs may be missing.'
          }
        </p>`
    }
  </section>`;
};

/** Where there are no findings (yet), the alert itself still says the most. */
const WithoutFindings = ({ one, user, problem, retry }) => html`<div class="stack">
  ${
    one.alert
      ? html`<section class="panel verdict">
        <h2>What fired</h2>
        <p class="prose large">
          ${one.alert.title}
          ${
            requestOf(one.alert) &&
            html`
              : <code>${requestOf(one.alert)}</code>
            `
          }
          .
        </p>
        <p class="prose">${one.alert.description}</p>
        ${
          !user.opened &&
          html`<p>
            <a href=${href(['alerts', one.alert.id])}>The alert and what led to it</a>
          </p>`
        }
      </section>`
      : html`<section class="panel verdict">
        <h2>Requested</h2>
        <p class="prose large">${one.reason}</p>
      </section>`
  }
  <${ProblemNote}
    problem=${{
      ...problem,
      title: problem.title,
      status: problem.status,
      detail:
        problem.status === 404
          ? 'This collector has no findings for this evidence.'
          : problem.detail,
      retryAfterSeconds: problem.retryAfterSeconds,
    }}
    retry=${retry}
  />
</div>`;

/** A link where there is a collector with the thing, its text where `whorl open` shows this. */
const Linked = ({ user, to, children }) =>
  user.opened ? html`<span>${children}</span>` : html`<a href=${href(to)}>${children}</a>`;

const Facts = ({ one, user }) => html`<${Fields}
  label="Evidence"
  of=${[
    ['Service', one.service],
    [
      'Agent',
      html`<${Linked} user=${user} to=${['fleet', one.agent, 'journal']}>
        <code>${one.agent}</code>
      <//>`,
    ],
    ['Reason', one.reason],
    [
      'Alert',
      one.alert &&
        html`<${Linked} user=${user} to=${['alerts', one.alert.id]}>${one.alert.title}<//>`,
    ],
    ['Sealed', html`<${Time} at=${one.sealedAt} />`],
    [
      'Capture',
      html`<${Linked} user=${user} to=${['captures', one.capture]}>
        <code>${one.capture}</code>
      <//>`,
    ],
    [
      'Artifacts',
      html`<${EvidenceLink} id=${one.id} view="downloads">
        ${count(one.artifacts.length)},${' '}
        ${bytes(one.artifacts.reduce((sum, artifact) => sum + artifact.size, 0))}
      <//>`,
    ],
    [
      'Missing',
      one.missing?.length
        ? html`<${EvidenceLink} id=${one.id} view="acquisition">
          ${one.missing.map((gap) => gap.artifact).join(', ')}
        <//>`
        : 'nothing',
    ],
    [
      'Heap',
      one.heap &&
        `${one.heap.content}, ${bytes(one.heap.storedBytes)}; ` +
          `the application paused for ${one.heap.pauseMillis} ms`,
    ],
  ]}
/>`;
