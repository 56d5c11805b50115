// How far it went: the attack's traces in other JVMs of this collector.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Pages } from '../../paged.js';
import { Empty, EvidenceLink, Head } from '../../parts.js';
import { href } from '../../router.js';
import { Table } from '../../table.js';
import { Time } from '../../time.js';
import { short } from '../../words.js';

export const Scope = ({ id }) => html`<${Loaded}
  of=${id}
  what="scope"
  load=${(signal) => evidence.findings(id, signal)}
>
  ${({ scope = [], notExamined = [] }) => {
    const [seen, alone] = [
      scope.filter((one) => one.elsewhere?.length),
      scope.filter((one) => !one.elsewhere?.length),
    ];
    return html`<section class="stack">
      <${Head} level=${2} title="Scope" />
      ${
        notExamined.length > 0 &&
        html`<p class="prose warn">
          Not examined, so traces in it are not searched: ${notExamined.join('; ')}.
        </p>`
      }
      <p class="prose muted">
        The collector searched for each trace of this attack in all its data from other JVMs.
        Each JVM is listed once. This JVM is not listed, not even from before a restart of its
        container.
      </p>
      ${seen.map(
        (one) => html`<section class="panel" key=${one.kind + one.value}>
          <h3>
            <span class="warn">▲</span> ${one.kind} <code class="wrap">${one.value}</code>
          </h3>
          <${Pages} of=${`${one.kind} ${one.value}`} rows=${one.elsewhere} size=${50}>
            ${(some) => html`<${Table}
              label=${`${one.kind} ${one.value} elsewhere`}
              columns=${COLUMNS}
              rows=${some}
              rowKey=${(where) => `${where.agent} ${where.evidence} ${where.alert}`}
            />`}
          <//>
        </section>`,
      )}${' '}
      ${alone.length > 0 && html`<${SeenHereAlone} alone=${alone} />`}
      ${
        !scope.length &&
        html`<${Empty}>
          No trace was seen in another JVM. The collector searches again each time you open this
          view.
        <//>`
      }
    </section>`;
  }}
<//>`;

const SeenHereAlone = ({ alone }) => html`<section class="panel">
  <h3>Only in this JVM</h3>
  <ul class="plain-list">
    ${alone.map(
      (one) => html`<li key=${one.kind + one.value}>
        <span class="muted">${one.kind}</span> <code class="wrap">${one.value}</code>
      </li>`,
    )}
  </ul>
</section>`;

const COLUMNS = [
  { name: 'service', label: 'Service', cell: (where) => where.service ?? '–' },
  { name: 'pod', label: 'Pod', cell: (where) => where.pod ?? '–' },
  {
    name: 'agent',
    label: 'Agent',
    className: 'mono',
    cell: (where) =>
      where.agent
        ? html`<a href=${href(['fleet', where.agent, 'journal'])} title=${where.agent}>
          ${short(where.agent)}
        </a>`
        : '–',
  },
  {
    name: 'first',
    label: 'First seen (UTC)',
    cell: (where) => html`<${Time} at=${where.firstSeen} />`,
  },
  {
    name: 'last',
    label: 'Last seen (UTC)',
    cell: (where) => html`<${Time} at=${where.lastSeen} />`,
  },
  {
    name: 'evidence',
    label: 'Evidence',
    cell: (where) => html`<${EvidenceLink} id=${where.evidence} />`,
  },
  {
    name: 'alert',
    label: 'Alert',
    cell: (where) =>
      where.alert
        ? html`<a href=${href(['alerts', where.alert])}>${short(where.alert)}</a>`
        : html`<span class="muted">–</span>`,
  },
];
