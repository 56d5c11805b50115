// Connections and open descriptors at the moment of the capture.

import { html } from '../../html.js';
import { Absent, Head } from '../../parts.js';
import { Table } from '../../table.js';
import { Lines, json } from './lines.js';

const end = (address, port) => `${address.includes(':') ? `[${address}]` : address}:${port}`;
const Address = ({ address, port }) =>
  address ? html`<span class="wrap">${end(address, port)}</span>` : html`<${Absent} />`;
const ours = (row) => row.fds?.length > 0;

const CONNECTION_COLUMNS = [
  {
    name: 'own',
    label: 'Whose',
    className: 'fit first',
    cell: (row) =>
      ours(row) ? html`<b>this process</b>` : html`<span class="muted">another</span>`,
  },
  {
    name: 'protocol',
    label: 'Protocol',
    className: 'fit first',
    cell: (row) => row.protocol ?? row.unreadable,
  },
  { name: 'state', label: 'State', className: 'fit first', cell: (row) => row.state },
  {
    name: 'local',
    label: 'Local',
    className: 'mono named',
    cell: (row) => html`<${Address} address=${row.localAddress} port=${row.localPort} />`,
  },
  {
    name: 'remote',
    label: 'Remote',
    className: 'mono named',
    cell: (row) => html`<${Address} address=${row.remoteAddress} port=${row.remotePort} />`,
  },
  {
    name: 'fds',
    label: 'Descriptors',
    className: 'fit named',
    cell: (row) => row.fds?.join(', ') || html`<${Absent} />`,
  },
];

const DESCRIPTOR_COLUMNS = [
  {
    name: 'fd',
    label: 'No.',
    className: 'fit number first',
    cell: (row) => row.fd ?? row.unreadable,
  },
  { name: 'type', label: 'Type', className: 'fit first', cell: (row) => row.type },
  {
    name: 'target',
    label: 'Target',
    className: 'mono grow what',
    cell: (row) => html`
      <span class="wrap">${row.target}</span>
      ${
        row.deleted &&
        html`
          ${' '}
          <span class="warn">▲ deleted</span>
        `
      }
    `,
  },
  { name: 'access', label: 'Access', className: 'fit', cell: (row) => row.access },
  {
    name: 'position',
    label: 'Position',
    className: 'fit number named',
    cell: (row) => row.position,
  },
];

export const Network = ({ one, query }) => html`<section class="stack">
  <${Head} level=${2} title="Connections" />
  <p class="prose muted">
    All connections of the network namespace; those of this process are marked.
  </p>
  <${Lines} one=${one} artifact="network.ndjson" query=${query} parse=${json}>
    ${(rows) => html`<${Table}
      label="Connections"
      className="table-compact"
      rows=${[...rows].sort((a, b) => ours(b) - ours(a))}
      rowKey=${(row) => row.line}
      rowClass=${(row) => ours(row) && 'row-own'}
      columns=${CONNECTION_COLUMNS}
    />`}
  <//>
  <${Head} level=${2} title="Descriptors" />
  <${Lines} one=${one} artifact="fds.ndjson" query=${query} prefix="fd-" parse=${json}>
    ${(rows) => html`<${Table}
      label="Descriptors"
      className="table-compact"
      rows=${rows}
      rowKey=${(row) => row.line}
      rowClass=${(row) => row.deleted && 'row-warn'}
      columns=${DESCRIPTOR_COLUMNS}
    />`}
  <//>
</section>`;
