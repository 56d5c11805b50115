// What happened in all evidence of a case, in one order of time.

import { html } from '../html.js';
import { cases, download } from '../api.js';
import { focused } from '../focus.js';
import { Histogram } from '../histogram.js';
import { Loaded } from '../loaded.js';
import { Paged } from '../paged.js';
import { Head } from '../parts.js';
import { go, href } from '../router.js';
import { Table } from '../table.js';
import { Chips, Presets, Words, filterOf } from './evidence/filter.js';
import { BUCKETS, COLUMNS, Order, zoom } from './evidence/timeline.js';

const SERVICE = {
  name: 'service',
  label: 'Service',
  className: 'fit',
  cell: (row) => row['service.name'] ?? '',
};

export const CaseTimeline = ({ id, query }) => {
  const filter = filterOf(query);
  const order = query.order === 'desc' ? 'desc' : 'asc';
  return html`<section class="timeline">
    <${Head} title="Timeline of the case">
      <${Order} order=${order} />
      <a href=${download.caseTimeline(id, { ...filter, order, format: 'csv' })} download>
        these rows as CSV
      </a>
      <a href=${href(['cases', id])}>back to the case</a>
    <//>
    <div class="filter-bar">
      <div class="filters">
        <${Words} query=${query} />
      </div>
      <${Presets} query=${query} />
      <${Chips} query=${query} />
    </div>
    <${Loaded}
      of=${JSON.stringify(['histogram', id, filter])}
      what="histogram"
      instead=${() => null}
      load=${(signal) => focused(filter, BUCKETS, (asked) => cases.histogram(id, asked, signal))}
    >
      ${(histogram) => html`<${Histogram} of=${histogram} onZoom=${zoom} />`}
    <//>
    <${Paged}
      of=${'case' + id}
      load=${(asked, signal) => cases.timeline(id, asked, signal)}
      items="rows"
      query=${{ ...filter, order }}
      cursor=${query.cursor}
      limit=${100}
      what="rows"
      empty="No row matches. Take a filter away."
    >
      ${(rows) => html`<${Table}
        label="Timeline"
        columns=${[COLUMNS[0], SERVICE, ...COLUMNS.slice(1)]}
        rows=${rows}
        rowKey=${(row) => row['event.id']}
        onOpen=${(row) => open(row)}
        rowClass=${(row) => row['event.kind'] === 'alert' && 'row-alert'}
      />`}
    <//>
  </section>`;
};

/** A row is read where its evidence is. */
function open(row) {
  const [evidence] = row['event.id'].split(':');
  go(['evidence', evidence, 'timeline'], {
    row: row['event.id'],
    around: row['event.id'],
    span: '2s',
  });
}
