// One alert: what fired, on what, and the events that led to it.

import { html } from '../html.js';
import { alerts } from '../api.js';
import { pageWords } from '../api-words.js';
import { Loaded } from '../loaded.js';
import { Pages } from '../paged.js';
import { AlertLevel, Empty, EvidenceLink, Fields, Head, Value } from '../parts.js';
import { href } from '../router.js';
import { Time } from '../time.js';
import { plural } from '../words.js';
import { EventTable } from './events.js';
import { requestOf, subjectOf } from './alerts.js';
import { escaped } from './evidence/filter.js';
import { GroupStanding, NextSteps } from './next-steps.js';
import { Probing } from './probing.js';

/** Until the evidence is there. */
const EVERY = 5000;

export const Alert = ({ id, user }) => html`<${Loaded}
  of=${id}
  what="alert"
  load=${(signal) => alerts.show(id, signal)}
  every=${(alert) => (alert.capture && !alert.evidence ? EVERY : 0)}
>
  ${(alert) => html`<${Open} alert=${alert} user=${user} />`}
<//>`;

const Open = ({ alert, user }) => html`<article class="stack">
  <${Head} title=${alert.title}>
    ${
      alert.group &&
      html`<a class="button" href=${href(['alerts', 'groups', alert.group])}>
        Its group
      </a>`
    }${' '}
    ${
      alert.evidence &&
      html`<a class="button primary" href=${href(['evidence', alert.evidence])}>
        Open the evidence
      </a>`
    }
  <//>
  <p class="lede">
    <${AlertLevel} alert=${alert} /> at <${Time} at=${alert.time} /> in${' '}
    <b>${alert.service ?? 'no known service'}</b>
    ${
      requestOf(alert) &&
      html`
        , on the thread of <code>${requestOf(alert)}</code>
      `
    }
  </p>
  ${alert.group && html`<${GroupStanding} id=${alert.group} user=${user} />`}
  <${NextSteps} of=${alert} rule=${alert.rule} user=${user} />
  ${
    subjectOf(alert) &&
    html`<p>
      <code class="wrap">${String(subjectOf(alert))}</code>
    </p>`
  }
  ${alert.description && html`<p class="prose">${alert.description}</p>`}
  ${alert.notCaptured && html`<${NotCaptured} alert=${alert} />`}
  ${
    alert.enrolled === false &&
    html`<p class="note note-warn">
      The agent never proved that it holds a key: anybody with an agent’s token can have raised
      this alert.
    </p>`
  }
  ${
    alert.partOf &&
    html`<p class="note note-quiet">
      It belongs to the same attack as${' '}
      <a href=${href(['alerts', alert.partOf])}>an earlier alert</a>.
    </p>`
  }
  ${alert.count > 1 && html`<${SameDeed} alert=${alert} />`}
  <div class="columns">
    <${AboutAlert} alert=${alert} />
    <${EventFields} alert=${alert} />
  </div>
  ${
    alert.stack?.length > 0 &&
    html`<section class="panel">
      <h2>Stack</h2>
      <${Probing} user=${user} service=${alert.service} agent=${alert.agent}>
        ${(probeOf) => html`<${Stack} frames=${alert.stack} probeOf=${probeOf} />`}
      <//>
    </section>`
  }
  <${Journal} alert=${alert} />
</article>`;

/** The address of the rows of a rule's alerts in the timeline of evidence. */
export const rowsOfRule = (evidence, rule) =>
  href(['evidence', evidence, 'timeline'], {
    type: 'whorl.Alert,alert.*',
    where: `rule.id:eq:${escaped(rule)}`,
  });

/** Whose rules are known here. */
const OWN = new Set(['whorl', 'collector']);

const NotCaptured = ({ alert }) => html`<p class="note note-quiet">
  It started no capture: ${pageWords(alert.notCaptured)}.${' '}
  <a
    href=${href(['evidence'], alert.agent ? { agent: alert.agent } : { service: alert.service })}
  >
    Evidence of ${alert.agent ? 'the same JVM' : (alert.service ?? 'all services')}
  </a>
</p>`;

const Journal = ({ alert }) => html`<section>
  <h2>
    What led to it${' '}
    <span class="muted">${plural(alert.journal?.length ?? 0, 'event')} of the journal</span>
  </h2>
  ${
    alert.journal?.length
      ? html`<${Pages} rows=${[...alert.journal].reverse()}>
        ${(some) => html`<${EventTable} label="Events before the alert" events=${some} />`}
      <//>`
      : html`<${Empty}>The alert came without a journal.<//>`
  }
</section>`;

const EventFields = ({ alert }) => html`<section class="panel">
  <h2>Fields of the event</h2>
  <${Fields}
    label="Fields"
    of=${Object.entries(alert.fields ?? {}).map(([name, value]) => [
      html`<code>${name}</code>`,
      html`<${Value} value=${value} />`,
    ])}
  />
</section>`;

const AboutAlert = ({ alert }) => html`<section class="panel">
  <h2>Alert</h2>
  <${Fields}
    label="Alert"
    of=${[
      ['Source', alert.source],
      [
        'Rule',
        alert.rule &&
          (OWN.has(alert.source)
            ? html`<a href=${href(['rules', alert.rule], { evidence: alert.evidence })}>
              <code>${alert.rule}</code>
            </a>`
            : html`<code>${alert.rule}</code>`),
      ],
      [
        'Same rule',
        alert.rule &&
          html`<a href=${href(['alerts'], { rule: alert.rule })}>all its alerts</a>`,
      ],
      ['Tags', alert.tags?.join(', ')],
      ['Thread', alert.thread],
      [
        'Agent',
        alert.agent &&
          html`<a href=${href(['fleet', alert.agent, 'journal'])}>
            <code>${alert.agent}</code>
          </a>`,
      ],
      ['Pod', alert.pod],
      ['Received', html`<${Time} at=${alert.receivedAt} />`],
      [
        'Capture',
        alert.capture &&
          html`<a href=${href(['captures', alert.capture])}>
            <code>${alert.capture}</code>
          </a>`,
      ],
      [
        'Evidence',
        alert.evidence &&
          html`<${EvidenceLink} id=${alert.evidence}>
            <code>${alert.evidence}</code>
          <//>`,
      ],
      [
        'In its timeline',
        alert.evidence &&
          alert.rule &&
          html`<a href=${rowsOfRule(alert.evidence, alert.rule)}>rows of this rule</a>`,
      ],
    ]}
  />
</section>`;

/** The other alerts of the same deed. */
const SameDeed = ({ alert }) => html`<section class="panel">
  <h2>
    Alerts of the same attack${' '}
    <span class="muted">
      ${plural(alert.count, 'alert')}, the last one at <${Time} at=${alert.lastSeen} />
    </span>
  </h2>
  ${
    alert.also.length > 0 &&
    html`<ul>
      ${alert.also.map(
        (match) => html`<li key=${match.alert}>
          <${AlertLevel} alert=${match} />${' '}
          <a href=${href(['alerts', match.alert])}>${match.title}</a>
          ${match.count > 1 && ` × ${match.count}`}
        </li>`,
      )}
    </ul>`
  }
</section>`;

const PLATFORM = /^(?:whorl\.agent|java|jdk|sun|javax|jakarta)[./]|^[\w.]+\/(?:java|jdk|sun)\./;
const LIBRARY = /^(?:org\.(?:apache|springframework|eclipse)|io\.netty)[./]/;

/**
 * Innermost first; frames of the application stand out. `probeOf`, where given, is the address at
 * which a frame's method can be probed.
 */
export const Stack = ({ frames, probeOf }) => html`<ol
  class="stack-frames"
  aria-label="Stack, innermost frame first"
  tabIndex="0"
>
  ${frames.map(
    (frame, i) => html`<li
      key=${i}
      class=${PLATFORM.test(frame) || LIBRARY.test(frame) ? 'library' : 'own'}
    >
      ${frame}
      ${
        probeOf?.(frame) &&
        html`
          ${' '}
          <a class="sans" href=${probeOf(frame)} title="Record calls of this method">probe</a>
        `
      }
    </li>`,
  )}
</ol>`;
