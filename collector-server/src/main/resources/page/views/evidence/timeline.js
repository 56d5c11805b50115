// Everything that happened, in order. The filter is the address; the server filters, counts and
// pages.

import { html } from '../../html.js';
import { download, evidence } from '../../api.js';
import { focused } from '../../focus.js';
import { Histogram, categoryColour, name } from '../../histogram.js';
import { Loaded } from '../../loaded.js';
import { Paged } from '../../paged.js';
import { Head } from '../../parts.js';
import { refine } from '../../router.js';
import { Table } from '../../table.js';
import { TimeBelow } from '../../time.js';
import { Filter, filterOf } from './filter.js';
import { Row } from './row.js';

export const BUCKETS = 160;
const LIMIT = 100;

/** Narrows a timeline to the times between; to all of them without any. */
export const zoom = (from, to) =>
  refine({ from, to, around: undefined, span: undefined, cursor: undefined });

/** Turns the order of a timeline around. */
export const Order = ({ order }) => html`<button
  type="button"
  onClick=${() => refine({ order: order === 'asc' ? 'desc' : undefined, cursor: undefined })}
>
  ${order === 'asc' ? '↓ oldest first' : '↑ newest first'}
</button>`;

export const Timeline = ({ id, query, user }) => {
  const filter = filterOf(query);
  const order = query.order === 'desc' ? 'desc' : 'asc';
  return html`<section class="timeline">
    <${Head} level=${2} title="Timeline">
      <${Order} order=${order} />
      <a href=${download.timeline(id, { ...filter, order, format: 'csv' })} download>
        these rows as CSV
      </a>
    <//>
    <${Filter} id=${id} query=${query} />
    <${Loaded}
      of=${JSON.stringify(['histogram', filter])}
      what="histogram"
      instead=${() => null}
      load=${(signal) => focused(filter, BUCKETS, (asked) => evidence.histogram(id, asked, signal))}
    >
      ${(histogram) => html`<${Histogram} of=${histogram} onZoom=${zoom} />`}
    <//>
    <div class=${'timeline-body' + (query.row ? ' with-row' : '')}>
      <${Paged}
        of=${'rows' + id}
        load=${(asked, signal) => evidence.timeline(id, asked, signal)}
        items="rows"
        query=${{ ...filter, order }}
        cursor=${query.cursor}
        limit=${LIMIT}
        what="rows"
        empty="No row matches. Take a filter away."
      >
        ${(rows) => html`<${Table}
          label="Timeline"
          columns=${COLUMNS}
          rows=${rows}
          rowKey=${(row) => row['event.id']}
          selected=${query.row}
          onOpen=${(row) =>
            refine({ row: row['event.id'] === query.row ? undefined : row['event.id'] }, true)}
          rowClass=${(row) => row['event.kind'] === 'alert' && 'row-alert'}
        />`}
      <//>
      ${query.row && html`<${Row} key=${query.row} id=${id} row=${query.row} user=${user} />`}
    </div>
  </section>`;
};

/** The columns of rows, wherever they are listed. */
export const COLUMNS = [
  {
    name: 'time',
    label: 'Time (UTC)',
    className: 'fit',
    cell: (row, above) => html`<${TimeBelow}
      at=${row['@timestamp']}
      above=${above?.['@timestamp']}
    />`,
  },
  {
    name: 'category',
    label: 'Category',
    className: 'fit',
    cell: (row) => html`<span
      class="category"
      style=${{ borderColor: `var(${categoryColour(row['event.category'])})` }}
    >
      ${name(row['event.category'])}
    </span>`,
  },
  {
    name: 'type',
    label: 'Type',
    className: 'fit mono small type',
    cell: (row) => row['event.action'],
  },
  {
    name: 'message',
    label: 'What',
    className: 'grow',
    cell: (row) => html`<span class="clip2">${row.message}</span>`,
  },
  {
    name: 'request',
    label: 'Request',
    className: 'mono small request',
    cell: (row) =>
      row['url.path']
        ? html`<span
          class="clip"
          title=${`${row['http.request.id']} from ${row['source.ip'] ?? '?'}`}
        >
          ${row['http.request.method'] ?? ''} ${row['url.path']}
        </span>`
        : '',
  },
  {
    name: 'thread',
    label: 'Thread',
    className: 'mono small thread',
    cell: (row) => html`<span class="clip" title=${row['process.thread.name']}>
      ${row['process.thread.name'] ?? ''}
    </span>`,
  },
];
