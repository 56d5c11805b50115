// Classes whose bytes were kept, those with findings first, and what is in them.

import { html } from '../../html.js';
import { download, evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Paged } from '../../paged.js';
import { Choice, Fields, Head, Level, Search } from '../../parts.js';
import { ProblemNote } from '../../problem.js';
import { href, refine } from '../../router.js';
import { Table } from '../../table.js';
import { Time, TimeBelow } from '../../time.js';
import { Stack } from '../alert.js';
import { Probing } from '../probing.js';
import { bySeverity } from './findings.js';
import { Lines, json } from './lines.js';

export const Classes = ({ id, one, query, user }) => {
  const all = query.show === 'all';
  return html`<section class="stack">
    <${Head} level=${2} title="Classes">
      <${Choice}
        label="Show"
        name="show"
        value=${query.show}
        onChange=${(show) => refine({ show, cursor: undefined, class: undefined })}
        options=${[
          ['', 'made at run time'],
          ['all', 'all that were loaded'],
        ]}
      />
      <a href=${download.classes(id)} download>
        download the kept ones
      </a>
    <//>
    ${
      !all &&
      query.class &&
      html`<${Code}
        id=${id}
        sha256=${query.class}
        user=${user}
        view=${query.view === 'bytecode' ? 'bytecode' : 'source'}
      />`
    }${' '}
    ${
      all
        ? html`<${AllClasses} one=${one} query=${query} />`
        : html`<${Probing} user=${user} service=${one.service} agent=${one.agent}>
          ${(probeOf) => html`<${KeptClasses} query=${query} id=${id} probeOf=${probeOf} />`}
        <//>`
    }
  </section>`;
};

const KeptClasses = ({ query, id, probeOf }) => html`
  <div class="filters">
    <${Search}
      main
      label="Name contains"
      name="q"
      value=${query.q}
      onSearch=${(q) => refine({ q, cursor: undefined })}
    />
  </div>
  <${Paged}
    of=${id + 'classes'}
    load=${(asked, signal) => withFindings(id, asked, signal)}
    items="classes"
    query=${{ q: query.q }}
    cursor=${query.cursor}
    limit=${100}
    what="classes"
    empty=${
      query.q
        ? 'No class with this name was made at run time. “Next”, if it is shown, goes on.'
        : 'No class was made at run time.'
    }
  >
    ${(rows) => html`<div class="stack">
      <${Chosen}
        id=${id}
        kept=${rows.find((row) => fileOf(row) === query.class)}
        probeOf=${probeOf}
      />
      <${Table}
        label="Classes"
        columns=${KEPT}
        rows=${rows}
        rowKey=${(row) => fileOf(row) ?? row.name}
        selected=${query.class}
        onOpen=${(row) => fileOf(row) && refine({ class: fileOf(row) })}
        rowClass=${(row) => worst(row) && 'row-warn'}
      />
    </div>`}
  <//>
`;

/** Classes, each with the gravest finding of the attack that names it. */
async function withFindings(id, asked, signal) {
  const [answer, found] = await Promise.all([
    evidence.classes(id, asked, signal),
    evidence.findings(id, signal).catch(() => ({})), // the classes are worth showing without
  ]);
  const gravest = new Map();
  for (const finding of [...(found.findings ?? [])].sort(bySeverity))
    for (const { kind, value } of finding.subjects ?? [])
      if (kind === 'class' && !gravest.has(value)) gravest.set(value, finding);
  return {
    ...answer,
    classes: answer.classes.map((row) => graver(row, gravest.get(row.name))),
  };
}

function graver(row, finding) {
  const own = row.findings?.[0];
  if (!finding || (own && bySeverity(own, finding) < 0)) return row;
  return { ...row, gravest: { severity: finding.severity, reason: finding.title } };
}

const AllClasses = ({ one, query }) => html`<${Lines}
  one=${one}
  artifact="classes.ndjson"
  query=${query}
  parse=${json}
  label="Lines of classes.ndjson that contain"
>
  ${(rows) => html`<${Table}
    label="All classes"
    columns=${ALL}
    rows=${rows}
    rowKey=${(row) => row.line}
  />`}
<//>`;

const Code = ({ id, sha256, view, user }) => html`<section class="panel" aria-label="Class">
  <div class="head">
    <h3>${view === 'source' ? 'Decompiled' : 'Bytecode'}</h3>
    <div class="head-actions">
      <button
        type="button"
        aria-pressed=${String(view === 'source')}
        onClick=${() => refine({ view: undefined }, true)}
      >
        Decompiled
      </button>
      <button
        type="button"
        aria-pressed=${String(view === 'bytecode')}
        onClick=${() => refine({ view: 'bytecode' }, true)}
      >
        Bytecode
      </button>
      <a href=${download.artifact(id, `classes/${sha256}.class`)} download>
        download
      </a>
      ${!user.opened && html`<a href=${href(['hunts'], { sha256 })}>hunt for it</a>`}
      <button type="button" onClick=${() => refine({ class: undefined, view: undefined })}>
        Close
      </button>
    </div>
  </div>
  <${Loaded}
    of=${sha256 + view}
    what="the class"
    load=${(signal) => evidence.classText(id, sha256, view, signal)}
    instead=${(problem, retry) => html`<${ProblemNote} problem=${problem} retry=${retry} />`}
  >
    ${(text) => html`<${Text} text=${text} />`}
  <//>
</section>`;

const MAX_LINES = 3000;

const Text = ({ text }) => {
  const lines = text.split('\n');
  return html`
    <pre class="text code" tabIndex="0" aria-label="Text of the class">
      ${lines.slice(0, MAX_LINES).join('\n')}
    </pre>
    ${
      lines.length > MAX_LINES &&
      html`<p class="muted">
        ${lines.length - MAX_LINES} more lines; download the class to read them.
      </p>`
    }
  `;
};

const Chosen = ({ id, kept, probeOf }) =>
  kept &&
  html`<section class="panel">
    <h3 class="wrap">${kept.name ?? fileOf(kept)}</h3>
    <${Fields}
      label="Class"
      of=${[
        [
          'Findings',
          kept.findings?.length > 0 &&
            html`<ul class="plain-list">
              ${kept.findings.map(
                (finding, i) => html`<li key=${i}>
                  <${Level} level=${finding.severity} /> ${finding.reason}
                </li>`,
              )}
            </ul>`,
        ],
        ['Made by', [kept.origin, kept.generator].filter(Boolean).join(', ')],
        ['Defined', kept.definedAt && html`<${Time} at=${kept.definedAt} />`],
        [
          'Request',
          kept.request &&
            html`<a href=${href(['evidence', id, 'timeline'], { request: kept.request })}>
              <code>${kept.request}</code>
            </a>`,
        ],
        ['Loader', kept.loader && html`<code class="wrap">${kept.loader}</code>`],
        ['Code source', kept.codeSource && html`<code class="wrap">${kept.codeSource}</code>`],
        ['Superclass', kept.superclass],
        ['Interfaces', kept.interfaces?.join(', ')],
        ['SHA-256', html`<code class="wrap">${fileOf(kept)}</code>`],
        [
          'In the timeline',
          html`<a href=${href(['evidence', id, 'timeline'], { q: kept.name })}>
            rows that name it
          </a>`,
        ],
      ]}
    />
    ${
      kept.stack?.length > 0 &&
      html`<details>
        <summary>Who defined it</summary>
        <${Stack}
          frames=${Array.isArray(kept.stack) ? kept.stack : String(kept.stack).split('\n')}
          probeOf=${probeOf}
        />
      </details>`
    }
  </section>`;

/** The gravest of what is odd in the class itself, and of the findings about the attack. */
const worst = (row) => row.gravest ?? row.findings?.[0];

/** The digest of its class file; if it has several, the first is shown. */
const fileOf = (row) => row.files?.[0] ?? row.sha256;

const KEPT = [
  {
    name: 'finding',
    label: 'Finding',
    className: 'fit',
    cell: (row) =>
      worst(row)
        ? html`<${Level} level=${worst(row).severity} />`
        : html`<span class="muted">none</span>`,
  },
  {
    name: 'name',
    label: 'Name',
    className: 'mono grow',
    cell: (row) => html`
      <span class="wrap">${row.name ?? fileOf(row)}</span>
      ${
        row.gone &&
        html`
          ${' '}
          <span class="muted small sans">no longer loaded</span>
        `
      }
      ${worst(row) && html`<span class="block small sans">${worst(row).reason}</span>`}
    `,
  },
  {
    name: 'origin',
    label: 'Made by',
    className: 'fit',
    cell: (row) => [row.generator ?? row.origin].filter(Boolean).join(', ') || '–',
  },
  {
    name: 'defined',
    label: 'Defined (UTC)',
    className: 'fit',
    cell: (row, above) =>
      row.definedAt
        ? html`<${TimeBelow} at=${row.definedAt} above=${above?.definedAt} digits=${3} />`
        : html`<${Time} at=${null} />`,
  },
  {
    name: 'request',
    label: 'Request',
    className: 'mono fit',
    cell: (row) => row.request ?? '',
  },
];

const ALL = [
  {
    name: 'name',
    label: 'Name',
    className: 'mono grow',
    cell: (row) => html`<span class="wrap">${row.name ?? row.unreadable}</span>`,
  },
  {
    name: 'loader',
    label: 'Loader',
    className: 'mono small',
    cell: (row) => html`<span class="wrap">${row.loader ?? ''}</span>`,
  },
  {
    name: 'origin',
    label: 'Origin',
    className: 'small',
    cell: (row) => row.origin ?? (row.hidden ? 'hidden' : ''),
  },
  {
    name: 'source',
    label: 'From',
    className: 'mono small',
    cell: (row) => html`<span class="clip" title=${row.codeSource}>
      ${
        row.codeSource
          ?.split('/')
          .filter((part) => part && part !== '!')
          .pop() ??
        row.module ??
        ''
      }
    </span>`,
  },
];
