// Evidence, newest first, or the worst first.

import { html } from '../html.js';
import { evidence } from '../api.js';
import { Paged } from '../paged.js';
import { Choice, GravestLevel, Head, Search, State, titleOf } from '../parts.js';
import { go, href, refine } from '../router.js';
import { AgentSearch, ServiceSearch } from '../suggest.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { bytes, plural } from '../words.js';
import { requestOf } from './alerts.js';
import { SavedViews } from './saved.js';

const NONE =
  'No evidence matches. Alerts of agents start captures, and you can start one: see Captures.';

export const EvidenceList = ({ query, user }) => {
  const { cursor, ...filter } = query;
  const set = (name) => (value) => refine({ [name]: value, cursor: undefined });
  return html`<section>
    <${Head} title="Evidence">
      <${SavedViews} kind="evidence" query=${query} user=${user} />
    <//>
    <div class="filters">
      <${Search}
        main
        label="Words"
        name="q"
        value=${query.q}
        placeholder="in titles, rule, reason"
        onSearch=${set('q')}
      />
      <${Choice}
        label="Level"
        name="atLeast"
        value=${query.atLeast}
        onChange=${set('atLeast')}
        options=${[
          ['', 'all levels'],
          ['critical', 'critical'],
          ['high', 'high and above'],
          ['medium', 'medium and above'],
          ['low', 'low and above'],
        ]}
      />
      <${Choice}
        label="Order"
        name="order"
        value=${query.order}
        onChange=${set('order')}
        options=${[
          ['', 'newest first'],
          ['worst', 'worst first'],
        ]}
      />
      <${ServiceSearch} value=${query.service} onSearch=${set('service')} />
      <${Choice}
        label="State"
        name="state"
        value=${query.state}
        onChange=${set('state')}
        options=${[
          ['', 'all'],
          ['sealed', 'sealed'],
          ['partial', 'partial'],
          ['failed', 'failed'],
        ]}
      />
      <${AgentSearch}
        value=${query.agent}
        query=${{ service: query.service }}
        onSearch=${set('agent')}
      />
    </div>
    <${Paged}
      of="evidence"
      load=${evidence.list}
      items="evidence"
      query=${filter}
      cursor=${cursor}
      limit=${50}
      every=${10000}
      what="evidence"
      empty=${NONE}
    >
      ${(rows) => html`<${Table}
        label="Evidence"
        className="table-compact"
        columns=${COLUMNS}
        rows=${rows}
        rowKey=${(one) => one.id}
        onOpen=${(one) => go(['evidence', one.id])}
      />`}
    <//>
  </section>`;
};

const COLUMNS = [
  {
    name: 'level',
    label: 'Level',
    className: 'fit first',
    cell: (one) => html`<${GravestLevel} one=${one} />`,
  },
  {
    name: 'sealed',
    label: 'Sealed (UTC)',
    className: 'fit first',
    cell: (one) => html`<${Time} at=${one.sealedAt} digits=${0} />`,
  },
  {
    name: 'reason',
    label: 'What',
    className: 'grow what',
    cell: (one) => html`
      <a href=${href(['evidence', one.id])}>${titleOf(one)}</a>
      ${
        one.gravest?.title &&
        html`<span class="muted small block">
          reason of the capture: ${one.alert?.title ?? one.reason}
        </span>`
      }
      ${
        one.alert &&
        requestOf(one.alert) &&
        html`<code class="block small">${requestOf(one.alert)}</code>`
      }
    `,
  },
  { name: 'service', label: 'Service', cell: (one) => one.service },
  {
    name: 'state',
    label: 'State',
    className: 'fit',
    cell: (one) => html`
      <${State} state=${one.state} />
      ${one.held && html`<span class="warn small block">■ held</span>`}
      ${
        one.missing?.length > 0 &&
        html`<span class="muted small block">${plural(one.missing.length, 'gap')}</span>`
      }
    `,
  },
  {
    name: 'signature',
    label: 'Signature',
    className: 'fit',
    cell: (one) =>
      one.signature.verified
        ? html`<span class="state state-sealed">✓ verified</span>`
        : html`<span class="state state-failed">✕ not verified</span>`,
  },
  {
    name: 'size',
    label: 'Size',
    className: 'fit number',
    cell: (one) => html`
      ${bytes(one.artifactBytes)}
      <span class="muted small block">${plural(one.artifactCount, 'artifact')}</span>
    `,
  },
];
