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
import { SavedViews } from '../saved.js';
import { Filter, filterOf } from './filter.js';
import { hasEvents } from './lines.js';
import { GoneMarks, MarkChips, Remarked, Star, mayMark, toggleStar } from './marks.js';
import { Row } from './row.js';

const BUCKETS = 160;
const LIMIT = 100;

/** Narrows a timeline to the times between; to all of them without any. */
export const zoom = (from, to) =>
  refine({ from, to, around: undefined, span: undefined, cursor: undefined });

/** Turns the order of a timeline around. */
const Order = ({ order }) => html`<button
  type="button"
  onClick=${() => refine({ order: order === 'asc' ? 'desc' : undefined, cursor: undefined })}
>
  ${order === 'asc' ? '↓ oldest first' : '↑ newest first'}
</button>`;

const NONE = 'No row matches. Remove a filter.';
const WITHOUT_EVENTS =
  'No row matches. The events of the JVM are encrypted, or not in this evidence: what it did ' +
  'is not known here.';

export const Timeline = ({ id, one, query, user }) => html`<${TimelineOf}
  source=${{
    of: id,
    rows: (asked, signal) => evidence.timeline(id, asked, signal),
    histogram: (asked, signal) => evidence.histogram(id, asked, signal),
    types: (asked, signal) => evidence.types(id, asked, signal),
    csv: (asked) => download.timeline(id, asked),
  }}
  columns=${COLUMNS}
  query=${query}
  user=${user}
  empty=${hasEvents(one) ? NONE : WITHOUT_EVENTS}
  below=${query.marked && html`<${GoneMarks} id=${id} />`}
/>`;

/**
 * A timeline with its filter, its histogram and the open row. `source` has an id `of` it, the
 * functions that ask for rows, histogram and types, and the address of the rows as CSV.
 */
export const TimelineOf = ({
  source,
  columns,
  query,
  user,
  title,
  level = 2,
  links,
  empty = NONE,
  below,
}) => {
  const filter = filterOf(query);
  const order = query.order === 'desc' ? 'desc' : 'asc';
  const may = mayMark(user);
  return html`<section class="timeline">
    <${Head} level=${level} title=${title ?? 'Timeline'}>
      <${SavedViews} kind="timeline" query=${query} user=${user} />
      <${Order} order=${order} />
      <a href=${source.csv({ ...filter, order, format: 'csv' })} download>these rows as CSV</a>
      ${links}
    <//>
    <${Filter} of=${source.of} load=${source.types} query=${query} />
    <${Loaded}
      of=${JSON.stringify(['histogram', source.of, filter])}
      what="histogram"
      instead=${() => null}
      load=${(signal) => focused(filter, BUCKETS, (asked) => source.histogram(asked, signal))}
    >
      ${(histogram) => html`<${Histogram} of=${histogram} onZoom=${zoom} />`}
    <//>
    <div class=${'timeline-body' + (query.row ? ' with-row' : '')}>
      <${Remarked}>
        ${(times) => html`<${Paged}
          of=${['rows', source.of, times].join(' ')}
          load=${source.rows}
          items="rows"
          query=${{ ...filter, order }}
          cursor=${query.cursor}
          limit=${LIMIT}
          what="rows"
          empty=${empty}
        >
          ${(rows) => html`<${Table}
            label="Timeline"
            className="table-compact"
            columns=${[starOf(user), ...columns]}
            rows=${rows}
            rowKey=${(row) => row['event.id']}
            selected=${query.row}
            keys=${may && { s: (row) => toggleStar(row['event.id']) }}
            onOpen=${(row) =>
              refine({ row: row['event.id'] === query.row ? undefined : row['event.id'] }, true)}
            rowClass=${(row) => row['event.kind'] === 'alert' && 'row-alert'}
          />`}
        <//>`}
      <//>
      ${
        query.row &&
        html`<${Row}
          key=${query.row}
          id=${query.row.split(':')[0]}
          row=${query.row}
          user=${user}
        />`
      }
    </div>
    ${below}
  </section>`;
};

const starOf = (user) => ({
  name: 'star',
  label: 'Star',
  className: 'fit star-cell first',
  cell: (row) => html`<${Star} row=${row} user=${user} />`,
});

/** The columns of rows, wherever they are listed. */
export const COLUMNS = [
  {
    name: 'time',
    label: 'Time (UTC)',
    className: 'fit first',
    cell: (row, above) => html`<${TimeBelow}
      at=${row['@timestamp']}
      above=${above?.['@timestamp']}
    />`,
  },
  {
    name: 'category',
    label: 'Category',
    className: 'fit first',
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
    className: 'grow what',
    cell: (row) => html`
      <span class="clip2">${row.message}</span>
      ${
        row.pieces > 1 &&
        html`<span class="muted small block">
          in ${row.pieces} pieces of evidence
        </span>`
      }
      <${MarkChips} row=${row} />
    `,
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
