// What happened in all evidence of a case, in one order of time. The collector counts and draws for
// one piece of evidence at a time, so here are the rows alone.

import { html } from '../html.js';
import { cases } from '../api.js';
import { Paged } from '../paged.js';
import { Head } from '../parts.js';
import { go, href } from '../router.js';
import { Table } from '../table.js';
import { Chips, Presets, Words, filterOf } from './evidence/filter.js';
import { COLUMNS } from './evidence/timeline.js';

const SERVICE = { name: 'service', label: 'Service', className: 'fit', cell: (row) => row['service.name'] ?? '' };

export const CaseTimeline = ({ id, query }) => html`<section><${Head} title="Timeline of the case"><a href=${href(['cases', id])}>back to the case</a><//>
  <div class="filter-bar"><div class="filters"><${Words} query=${query} /></div><${Presets} query=${query} /><${Chips} query=${query} /></div>
  <${Paged} of=${'case' + id} load=${(asked, signal) => cases.timeline(id, asked, signal)} items="rows" query=${filterOf(query)} cursor=${query.cursor} limit=${100} what="rows" empty="No row matches. Take a filter away.">
    ${(rows) => html`<${Table} label="Timeline" columns=${[COLUMNS[0], SERVICE, ...COLUMNS.slice(1)]} rows=${rows} rowKey=${(row) => row['event.id']}
      onOpen=${(row) => open(row)} rowClass=${(row) => row['event.kind'] === 'alert' && 'row-alert'} />`}
  <//></section>`;

/** A row is read where its evidence is. */
function open(row) {
  const [evidence] = row['event.id'].split(':');
  go(['evidence', evidence, 'timeline'], { row: row['event.id'], around: row['event.id'], span: '2s' });
}
