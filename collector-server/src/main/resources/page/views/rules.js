// The rules there are, with their alerts, and the sets of them that are pushed to agents.

import { html } from '../html.js';
import { rules } from '../api.js';
import { Loaded } from '../loaded.js';
import { Paged, Pages } from '../paged.js';
import { Choice, Empty, Head, Level, Search, Technique } from '../parts.js';
import { go, href, refine } from '../router.js';
import { Table } from '../table.js';
import { ago, Time } from '../time.js';
import { count, plural } from '../words.js';

const LEVELS = ['critical', 'high', 'medium', 'low', 'informational'];
const SOURCES = [
  ['', 'all sources'],
  ['built-in', 'built in'],
  ['pushed', 'pushed'],
  ['agents', 'unknown, with alerts'],
  ['collector', "the collector's own"],
];
const TACTICS = [
  'reconnaissance',
  'initial-access',
  'execution',
  'persistence',
  'privilege-escalation',
  'defense-evasion',
  'credential-access',
  'discovery',
  'lateral-movement',
  'collection',
  'command-and-control',
  'exfiltration',
  'impact',
];

export const Rules = ({ query, user }) => {
  const { cursor, ...filter } = query;
  return html`<section class="stack">
    <${Head} title="Rules">
      ${
        user.role !== 'viewer' &&
        html`<a class="button" href=${href(['rules', 'new'])}>Write a rule</a>`
      }
    <//>
    <${Filters} query=${query} />
    <${Paged}
      of="rules"
      load=${rules.list}
      items="rules"
      query=${filter}
      cursor=${cursor}
      limit=${100}
      what="rules"
      empty="No rule matches. Remove a filter."
      below=${(answer) => html`<p class="muted small">${plural(answer.count, 'rule')}</p>`}
    >
      ${(rows) => html`<${Table}
        label="Rules"
        className="table-compact"
        columns=${COLUMNS}
        rows=${rows}
        rowKey=${(rule) => `${rule.set ?? ''}/${rule.id}`}
        onOpen=${(rule) => go(['rules', rule.id], { set: rule.set })}
      />`}
    <//>
    <${Sets} />
  </section>`;
};

const set = (name) => (value) => refine({ [name]: value, cursor: undefined });

const Filters = ({ query }) => html`<div class="filters">
  <${Search}
    main
    label="Words"
    name="q"
    value=${query.q}
    placeholder="title, id, description, text"
    onSearch=${set('q')}
  />
  <${Choice}
    label="Level"
    name="level"
    value=${query.level}
    onChange=${set('level')}
    options=${[['', 'all levels'], ...LEVELS.map((level) => [level, level])]}
  />
  <${Search}
    label="Technique or tactic"
    name="tag"
    value=${query.tag}
    placeholder="T1059 or discovery"
    suggestions=${TACTICS}
    onSearch=${set('tag')}
  />
  <${Choice}
    label="Source"
    name="source"
    value=${query.source}
    onChange=${set('source')}
    options=${SOURCES}
  />
</div>`;

const SOURCE_WORDS = {
  'built-in': 'built in',
  agents: 'unknown: only its alerts are here',
  collector: "the collector's own",
};

/** Where a rule is from. */
export const SourceOf = ({ rule }) =>
  rule.source === 'pushed'
    ? html`pushed: <a href=${href(['rules', 'sets', rule.set])}>${rule.set}</a> ${rule.version}`
    : (SOURCE_WORDS[rule.source] ?? rule.source);

/** At how many agents it runs. */
export const AtAgents = ({ agents }) => {
  if (!agents) return html`<span class="muted absent">–</span>`;
  const others = [
    [agents.refused, 'refused or not loaded'],
    [agents.waiting, 'no answer yet'],
    [agents.differ, 'other version'],
    [agents.unsupported, 'too old to say'],
  ].filter(([number]) => number > 0);
  return html`
    ${count(agents.active)}
    ${others.map(
      ([number, what]) => html`<span key=${what} class="muted small block">
        ${what}: ${count(number)}
      </span>`,
    )}
  `;
};

const COLUMNS = [
  {
    name: 'level',
    label: 'Level',
    className: 'fit first',
    cell: (rule) => html`<${Level} level=${rule.level} />`,
  },
  {
    name: 'title',
    label: 'Rule',
    className: 'what',
    cell: (rule) => html`
      <a href=${href(['rules', rule.id], { set: rule.set })}>${rule.title}</a>
      ${rule.problems.length > 0 && html`<span class="small block">agents refuse it</span>`}
      ${
        !rule.alerts &&
        !rule.problems.length &&
        html`<span class="muted small block">only correlations use it</span>`
      }
      ${rule.muted > 0 && html`<span class="muted small block">muted: ${rule.muted}</span>`}
      <span class="small block">
        ${rule.techniques.map(
          (each) => html`<${Technique} key=${each.id} id=${each.id} name=${each.name} />${' '}`,
        )}
      </span>
    `,
  },
  {
    name: 'day',
    label: 'Last day',
    className: 'fit number named',
    cell: (rule) => count(rule.hits.day),
  },
  {
    name: 'week',
    label: 'Last week',
    className: 'fit number named',
    cell: (rule) => count(rule.hits.week),
  },
  {
    name: 'all',
    label: 'All alerts',
    className: 'fit number named',
    cell: (rule) => html`
      ${count(rule.hits.all)}
      ${
        rule.hits.last &&
        html`<span class="muted small block">${ago(rule.hits.last)} ago</span>`
      }
    `,
  },
  {
    name: 'source',
    label: 'Source',
    cell: (rule) => html`<${SourceOf} rule=${rule} />`,
  },
  {
    name: 'agents',
    label: 'Agents',
    className: 'named',
    cell: (rule) => html`<${AtAgents} agents=${rule.agents} />`,
  },
];

/** The sets that people have pushed. */
const Sets = () => html`<section>
  <h2>Pushed sets</h2>
  <${Loaded} of="sets" what="sets" load=${(signal) => rules.sets(signal)}>
    ${({ rules: sets }) =>
      sets.length
        ? html`<${Pages} of="sets" rows=${sets}>
          ${(some) => html`<${Table}
            label="Pushed sets"
            className="table-compact"
            columns=${SET_COLUMNS}
            rows=${some}
            rowKey=${(one) => one.name}
            onOpen=${(one) => go(['rules', 'sets', one.name])}
          />`}
        <//>`
        : html`<${Empty}>No rules were pushed.<//>`}
  <//>
</section>`;

/** The agents that get a set, in words. */
export const TargetOf = ({ target }) =>
  html`<span class="wrap">
    ${[
      target.service && `service ${target.service}`,
      target.namespace && `namespace ${target.namespace}`,
      ...Object.entries(target.labels ?? {}).map(([name, value]) => `${name}=${value}`),
    ]
      .filter(Boolean)
      .join(', ')}
  </span>`;

const SET_COLUMNS = [
  {
    name: 'name',
    label: 'Set',
    className: 'what',
    cell: (one) => html`<a href=${href(['rules', 'sets', one.name])}>${one.name}</a>`,
  },
  { name: 'version', label: 'Version', className: 'fit number named', cell: (one) => one.version },
  {
    name: 'target',
    label: 'For',
    className: 'named',
    cell: (one) => html`<${TargetOf} target=${one.target} />`,
  },
  {
    name: 'pushed',
    label: 'Pushed (UTC)',
    className: 'fit',
    cell: (one) => html`
      <${Time} at=${one.pushedAt} digits=${0} />
      <span class="muted small block wrap">by ${one.pushedBy}</span>
    `,
  },
  {
    name: 'agents',
    label: 'Agents',
    className: 'named',
    cell: (one) => html`<${AtAgents}
      agents=${{
        active: one.loaded,
        refused: one.refused,
        waiting: one.waiting,
        unsupported: one.unsupported,
      }}
    />`,
  },
];
