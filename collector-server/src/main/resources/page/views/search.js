// One value, looked for in all evidence, agents and journals.

import { html } from '../html.js';
import { search } from '../api.js';
import { Loaded } from '../loaded.js';
import { Empty, EvidenceLink, Head, Search as Box } from '../parts.js';
import { href, refine } from '../router.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { plural, short } from '../words.js';
import { fieldsInWords } from './events.js';
import { SavedViews } from './saved.js';
import { RowSearch } from './search-rows.js';

const TEXT_MIN = 3;

export const Search = ({ query, user }) => {
  const text = (query.q ?? '').trim();
  return html`<section class="stack">
    <${Head} title="Search">
      <${SavedViews} kind="search" query=${query} user=${user} />
    <//>
    <div class="filters">
      <${Box}
        main
        label="Address, host, digest, path, class, command, user agent, service or pod"
        name="q"
        value=${query.q}
        placeholder="at least three characters"
        onSearch=${(q) => refine({ q })}
      />
    </div>
    ${
      text.length >= TEXT_MIN
        ? html`
          <${Loaded} of=${query.q} what="results" load=${(signal) => search(query.q, signal)}>
            ${(result) => html`<${Results} result=${result} />`}
          <//>
          <${RowSearch} words=${text} />
        `
        : text && html`<${Empty}>A search needs at least three characters.<//>`
    }
  </section>`;
};

const Results = ({ result: { q, values, agents, events, cut, journalEvents } }) => html`<div
  class="stack"
>
  ${cut && html`<p class="warn">There are more results: search for a longer text.</p>`}
  ${values.map(
    (value) => html`<section class="panel" key=${value.kind + value.value}>
      <h2 class="wrap">
        <span class="muted">${value.kind}</span> <code class="wrap">${value.value}</code>
      </h2>
      <p>
        Seen in ${plural(value.jvms, 'JVM')}, ${plural(value.count, 'time')}, first at${' '}
        <${Time} at=${value.first} digits=${0} />, last at${' '}
        <${Time} at=${value.last} digits=${0} /> UTC.
        ${value.jvms > value.places.length && ` The last ${value.places.length} are listed.`}
      </p>
      <${Table}
        label=${`${value.kind} ${value.value}`}
        rows=${value.places}
        rowKey=${(place) => `${place.agent} ${place.evidence} ${place.alert}`}
        columns=${PLACES}
      />
    </section>`,
  )}
  ${
    agents.length > 0 &&
    html`<section class="panel">
      <h2>Agents</h2>
      <${Table} label="Agents" rows=${agents} rowKey=${(agent) => agent.id} columns=${AGENTS} />
    </section>`
  }
  ${
    events.length > 0 &&
    html`<section class="panel">
      <h2>Journals</h2>
      <${Table}
        label="Events"
        rows=${events}
        rowKey=${(event) => `${event.agent} ${event.sequence}`}
        columns=${EVENTS}
      />
    </section>`
  }
  ${
    !values.length &&
    !agents.length &&
    !events.length &&
    html`<${Empty}>
      “${q}” was not found in the values of evidence and alerts, in agents, or in the newest
      ${plural(journalEvents, 'event')} of the journals. Search the rows of timelines below.
    <//>`
  }
</div>`;

const PLACES = [
  { name: 'service', label: 'Service', cell: (place) => place.service ?? '–' },
  { name: 'pod', label: 'Pod', cell: (place) => place.pod ?? '–' },
  {
    name: 'agent',
    label: 'Agent',
    className: 'mono',
    cell: (place) =>
      place.agent
        ? html`<a href=${href(['fleet', place.agent, 'journal'])} title=${place.agent}>
          ${short(place.agent)}
        </a>`
        : '–',
  },
  { name: 'first', label: 'First (UTC)', cell: (place) => html`<${Time} at=${place.first} />` },
  { name: 'last', label: 'Last (UTC)', cell: (place) => html`<${Time} at=${place.last} />` },
  {
    name: 'evidence',
    label: 'In',
    cell: (place) =>
      place.evidence
        ? html`<${EvidenceLink} id=${place.evidence}>evidence<//>`
        : html`<a href=${href(['alerts', place.alert])}>alert</a>`,
  },
];

const EVENTS = [
  { name: 'time', label: 'Time (UTC)', cell: (event) => html`<${Time} at=${event.time} />` },
  { name: 'type', label: 'Type', className: 'fit mono', cell: (event) => event.type },
  {
    name: 'fields',
    label: 'What',
    className: 'mono grow',
    cell: (event) => html`<span class="wrap">${fieldsInWords(event.fields)}</span>`,
  },
  {
    name: 'agent',
    label: 'Agent',
    className: 'mono',
    cell: (event) => html`<a href=${href(['fleet', event.agent, 'journal'])} title=${event.agent}>
      ${short(event.agent)}
    </a>`,
  },
];

const AGENTS = [
  { name: 'service', label: 'Service', cell: (agent) => agent.service ?? '–' },
  { name: 'namespace', label: 'Namespace', cell: (agent) => agent.namespace ?? '–' },
  { name: 'pod', label: 'Pod', cell: (agent) => agent.pod ?? '–' },
  { name: 'host', label: 'Host', cell: (agent) => agent.host ?? '–' },
  {
    name: 'id',
    label: 'Agent',
    className: 'mono',
    cell: (agent) => html`<a href=${href(['fleet', agent.id, 'journal'])} title=${agent.id}>
      ${short(agent.id)}
    </a>`,
  },
  {
    name: 'seen',
    label: 'Last seen (UTC)',
    cell: (agent) => html`<${Time} at=${agent.lastSeen} />`,
  },
];
