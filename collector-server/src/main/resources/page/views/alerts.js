// Alerts in groups, the one with the newest alert first, loaded again while the first page is
// shown.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { alerts } from '../api.js';
import { Paged } from '../paged.js';
import { Choice, EvidenceLink, GroupLevel, Head, Level, Search } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { go, href, refine } from '../router.js';
import { RuleSearch, ServiceSearch } from '../suggest.js';
import { Table } from '../table.js';
import { ago, Time } from '../time.js';
import { count, plural } from '../words.js';
import { SavedViews } from './saved.js';

const LEVELS = [
  ['', 'all levels'],
  ['critical', 'critical'],
  ['high', 'high and above'],
  ['medium', 'medium and above'],
  ['low', 'low and above'],
];
const STATES = [
  ['', 'all states'],
  ['unfinished', 'open or acknowledged'],
  ['open', 'open'],
  ['acknowledged', 'acknowledged'],
  ['resolved', 'resolved'],
  ['false-positive', 'false positive'],
];
const TIMES = [
  ['', 'any time'],
  ['10m', 'last 10 minutes'],
  ['1h', 'last hour'],
  ['24h', 'last day'],
  ['7d', 'last week'],
];
const SOURCES = ['whorl', 'collector', 'falco', 'alertmanager', 'cloudevents', 'generic'];
const EVERY = 5000;
const NONE =
  'No alert matches. Agents raise alerts when a rule matches; ' +
  'Falco, Alertmanager and other systems can send alerts too.';

export class Alerts extends Component {
  /** Decides about a group; what somebody else has decided meanwhile is shown. */
  decide = async (group, change, reload) => {
    try {
      await alerts.decideGroup(group.id, { ...change, version: group.version });
      this.setState({ problem: null });
    } catch (problem) {
      this.setState({ problem });
    }
    reload();
  };

  render({ query, user }, { problem }) {
    const { cursor, ...filter } = query;
    const may = user.role !== 'viewer';
    return html`<section aria-labelledby="alerts-title">
      <${Head} title=${html`<span id="alerts-title">Alerts</span>`}>
        <span class="muted small">newest first, refreshed every ${EVERY / 1000} s</span>
        <a class="small" href=${href(['alerts'], { atLeast: 'high', state: 'unfinished' })}>
          unfinished, high and above
        </a>
        <a class="small" href=${href(['alerts', 'mutes'])}>mutes</a>
        <${SavedViews} kind="alerts" query=${query} user=${user} />
      <//>
      <${Filters} query=${query} />
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      <${Paged}
        of="alerts"
        load=${alerts.groups}
        items="groups"
        query=${filter}
        cursor=${cursor}
        limit=${50}
        every=${EVERY}
        what="alerts"
        empty=${NONE}
        below=${(answer) => html`<${Muted} count=${answer.muted} query=${query} />`}
      >
        ${(rows, _, reload) => {
          const act = (change) => (group) => this.decide(group, change, reload);
          return html`<${Table}
            label="Alerts"
            className="table-compact"
            columns=${may ? [...COLUMNS, actions(act)] : COLUMNS}
            rows=${rows}
            rowKey=${(group) => group.id}
            rowClass=${(group) => (FINISHED.has(group.state) ? 'silent' : '')}
            onOpen=${(group) => go(['alerts', 'groups', group.id])}
            keys=${may ? keys(act) : undefined}
          />`;
        }}
      <//>
    </section>`;
  }
}

const set = (name) => (value) => refine({ [name]: value, cursor: undefined });

const Filters = ({ query }) => html`<div class="filters">
  <${Search}
    main
    label="Words"
    name="q"
    value=${query.q}
    placeholder="title, rule, field, message"
    onSearch=${set('q')}
  />
  <${Choice}
    label="Level"
    name="atLeast"
    value=${query.atLeast}
    onChange=${set('atLeast')}
    options=${LEVELS}
  />
  <${Choice}
    label="State"
    name="state"
    value=${query.state}
    onChange=${set('state')}
    options=${STATES}
  />
  <${Choice}
    label="Time"
    name="since"
    value=${query.since}
    onChange=${set('since')}
    options=${TIMES}
  />
  <${ServiceSearch} value=${query.service} onSearch=${set('service')} />
  <details class="menu">
    <summary>More filters</summary>
    <div class="menu-body">
      <${MoreFilters} query=${query} />
    </div>
  </details>
</div>`;

const MoreFilters = ({ query }) => html`<div class="stack">
  <${RuleSearch} value=${query.rule} onSearch=${set('rule')} />
  <${Search}
    label="Assignee"
    name="assignee"
    value=${query.assignee}
    placeholder="a name"
    suggestions=${['me', 'nobody']}
    onSearch=${set('assignee')}
  />
  <${Choice}
    label="From"
    name="source"
    value=${query.source}
    onChange=${set('source')}
    options=${[['', 'all sources'], ...SOURCES.map((source) => [source, source])]}
  />
  <${Search}
    label="Not before (UTC)"
    name="from"
    value=${query.from}
    placeholder="2026-11-29T08:00:00Z or 2h"
    onSearch=${set('from')}
  />
  <${Search}
    label="Not after (UTC)"
    name="to"
    value=${query.to}
    placeholder="2026-11-29T09:00:00Z or 10m"
    onSearch=${set('to')}
  />
</div>`;

/** How many groups are muted, and the way to them and back. */
const Muted = ({ count: muted, query }) => {
  if (query.muted)
    return html`<p class="muted">
      Muted alerts are shown too.${' '}
      <button type="button" class="small" onClick=${() => set('muted')(undefined)}>
        Hide them
      </button>
    </p>`;
  return muted > 0
    ? html`<p class="muted" id="muted">
      <button type="button" class="small" onClick=${() => set('muted')('show')}>
        ${count(muted)}${muted >= 1000 ? ' or more' : ''} muted: show
      </button>
    </p>`
    : null;
};

/** `GET /invoices/view from 127.0.0.1`, as far as the alert's event was on a request's thread. */
export const requestOf = (alert) => {
  const fields = alert.fields ?? {};
  const path = fields['request.path'];
  const client = fields['request.remoteAddress'];
  return path && `${fields['request.method'] ?? ''} ${path}${client ? ` from ${client}` : ''}`;
};

/** The one field that says what it was about. */
export const subjectOf = ({ fields = {} }) =>
  fields.command ??
  fields.path ??
  fields.host ??
  fields.className ??
  fields.name ??
  fields.type ??
  fields.what ??
  fields.source;

const FINISHED = new Set(['resolved', 'false-positive']);

/** The changes that buttons and keys make. */
export const ACKNOWLEDGE = { state: 'acknowledged', assignee: 'me' };
export const RESOLVE = { state: 'resolved' };
export const FALSE_POSITIVE = { state: 'false-positive' };
export const REOPEN = { state: 'open' };

const keys = (act) => ({
  A: act(ACKNOWLEDGE),
  R: act(RESOLVE),
  F: act(FALSE_POSITIVE),
});

const actions = (act) => ({
  name: 'actions',
  label: 'Decide',
  className: 'fit',
  cell: (group) =>
    FINISHED.has(group.state)
      ? html`<button type="button" class="small plain" onClick=${() => act(REOPEN)(group)}>
        Reopen
      </button>`
      : html`
        ${
          group.state === 'open' &&
          html`<button type="button" class="small" onClick=${() => act(ACKNOWLEDGE)(group)}>
            Acknowledge
          </button>`
        }${' '}
        <button type="button" class="small plain" onClick=${() => act(RESOLVE)(group)}>
          Resolve
        </button>
      `,
});

/** The other rules that matched, by level. */
const Others = ({ group }) => {
  const others = group.titles.filter((match) => match.title !== group.title);
  return others.length
    ? html`<span class="small block others">
      ${others.slice(0, 3).map(
        (match) => html`<span class="other" key=${match.alert + match.level}>
          <${Level} level=${match.level} /> ${match.title}
        </span>`,
      )}
      ${others.length > 3 && html`<span class="muted">and ${others.length - 3} more</span>`}
    </span>`
    : null;
};

const COLUMNS = [
  {
    name: 'level',
    label: 'Level',
    className: 'fit first',
    cell: (group) => html`
      <${GroupLevel} group=${group} />
      ${
        group.state === 'acknowledged' && html`<span class="small block state">acknowledged</span>`
      }${' '}
      ${group.muted && html`<span class="muted small block">muted</span>`}
    `,
  },
  {
    name: 'title',
    label: 'What',
    className: 'what',
    cell: (group) => html`
      <a href=${href(['alerts', 'groups', group.id])}>${group.title}</a>
      ${
        group.count > 1 &&
        html`
          ${' '}
          <span class="muted small" title=${`${plural(group.count, 'alert')} in the group`}>
            × ${count(group.count)}
          </span>
        `
      }
      ${
        group.request &&
        html`<code class="block clip" title=${group.request}>
          ${group.titles.length > 1 && 'first: '}${group.request}
        </code>`
      }
      <${Others} group=${group} />
    `,
  },
  {
    name: 'time',
    label: 'Last (UTC)',
    className: 'fit first',
    cell: (group) => html`
      <${Time} at=${group.lastSeen} digits=${0} />
      <span class="muted small block">${ago(group.lastSeen)} ago</span>
    `,
  },
  {
    name: 'service',
    label: 'Service',
    cell: (group) => html`
      ${group.service ?? '–'}
      ${group.pod && html`<span class="muted small block">${group.pod}</span>`}
      ${group.source !== 'whorl' && html`<span class="muted small block">by ${group.source}</span>`}
    `,
  },
  {
    name: 'assignee',
    label: 'Assignee',
    cell: (group) =>
      group.assignee
        ? html`<span class="wrap small">${group.assignee}</span>`
        : html`<span class="muted absent">–</span>`,
  },
  {
    name: 'evidence',
    label: 'Evidence',
    className: 'fit',
    cell: (group) => html`<${HeldBy} group=${group} />`,
  },
];

/** The evidence that holds the alerts of a group, or what there is in its place. */
export const HeldBy = ({ group }) =>
  group.evidence
    ? html`<${EvidenceLink} id=${group.evidence}>Evidence<//>`
    : group.capture
      ? html`<a href=${href(['captures', group.capture])}>its capture</a>`
      : html`<span class="muted absent">none</span>`;
