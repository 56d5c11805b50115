// Who did what with evidence and with the collector: the custody log by time, person and act.

import { html } from '../html.js';
import { audit } from '../api.js';
import { Paged } from '../paged.js';
import { Choice, EvidenceLink, Head, Search } from '../parts.js';
import { refine } from '../router.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { plural, spoken } from '../words.js';

const ACTS = [
  ['', 'all acts'],
  ['logged_in', 'logged in'],
  ['captures_requested', 'requested captures'],
  ['read', 'read'],
  ['exported', 'exported'],
  ['verified', 'verified'],
  ['imported', 'imported'],
  ['held', 'held'],
  ['released', 'released'],
  ['purged', 'purged'],
  ['alerts_triaged', 'triaged or muted alerts'],
  ['marked', 'marked rows'],
  ['rules_changed', 'pushed or removed rules'],
  ['hunted', 'hunted'],
  ['probed', 'probed a method'],
  ['case_changed', 'changed a case'],
  ['tokens_changed', 'made or revoked a token'],
  ['enrolled', 'enrolled a key'],
  ['mended,adopted,moved', 'mended or moved the log'],
];
const TIMES = [
  ['', 'any time'],
  ['1h', 'last hour'],
  ['24h', 'last day'],
  ['7d', 'last week'],
  ['30d', 'last 30 days'],
];

export const Audit = ({ query }) => {
  const { cursor, ...filter } = query;
  return html`<section class="stack">
    <${Head} title="Audit">
      <span class="muted small">the custody log, newest first</span>
    <//>
    <${Filters} query=${query} />
    <${Paged}
      of="audit"
      load=${audit}
      items="entries"
      query=${filter}
      cursor=${cursor}
      limit=${100}
      what="acts"
      empty="No act matches."
      below=${(answer) =>
        answer.behind > 0 &&
        html`<p class="note note-quiet">
          Not listed yet: ${plural(answer.behind, 'newer entry', 'newer entries')} of the log.
        </p>`}
    >
      ${(rows) => html`<${Table}
        label="Acts"
        className="table-compact"
        columns=${COLUMNS}
        rows=${rows}
        rowKey=${(entry) => String(entry.sequence)}
      />`}
    <//>
    <p class="muted small prose">
      Several logins of a person from one address within ten minutes are listed once. Failed logins
      are not listed.
    </p>
  </section>`;
};

const set = (name) => (value) => refine({ [name]: value, cursor: undefined });

const Filters = ({ query }) => html`<div class="filters">
  <${Search}
    main
    label="Who"
    name="who"
    value=${query.who}
    placeholder="a name"
    onSearch=${set('who')}
  />
  <${Choice}
    label="Act"
    name="what"
    value=${query.what}
    onChange=${set('what')}
    options=${ACTS}
  />
  <${Choice}
    label="Time"
    name="from"
    value=${query.from}
    onChange=${set('from')}
    options=${TIMES}
  />
  <${Search}
    label="Evidence"
    name="evidence"
    value=${query.evidence}
    placeholder="id"
    onSearch=${set('evidence')}
  />
  <${Choice}
    label="By"
    name="all"
    value=${query.all}
    onChange=${set('all')}
    options=${[
      ['', 'people'],
      ['true', 'people, agents, collector'],
    ]}
  />
</div>`;

const COLUMNS = [
  {
    name: 'time',
    label: 'Time (UTC)',
    className: 'fit first',
    cell: (entry) => html`<${Time} at=${entry.time} digits=${0} />`,
  },
  {
    name: 'who',
    label: 'Who',
    cell: (entry) => html`
      <span class="wrap">${entry.who}</span>
      ${entry.actor === 'agent' && html`<span class="muted small block">an agent</span>`}
    `,
  },
  {
    name: 'action',
    label: 'Act',
    className: 'fit first',
    cell: (entry) => spoken(entry.action),
  },
  {
    name: 'evidence',
    label: 'Evidence',
    className: 'fit',
    cell: (entry) =>
      entry.evidence
        ? html`<${EvidenceLink} id=${entry.evidence} />`
        : html`<span class="muted absent">–</span>`,
  },
  {
    name: 'detail',
    label: 'Details',
    className: 'what',
    cell: (entry) => html`<span class="wrap small">
      ${Object.entries(entry.detail)
        .filter(([name]) => !HIDDEN.has(name))
        .map(([name, value]) => `${name}: ${value}`)
        .join(' · ')}
    </span>`,
  },
];

/** Digests, which only say something beside what they are of. */
const HIDDEN = new Set(['sha256', 'record', 'commentSha256']);
