// What answers requests and runs by itself: filters, servlets, valves, handlers, threads, timers.

import { html } from '../../html.js';
import { Absent, Dotted, Head } from '../../parts.js';
import { Table } from '../../table.js';
import { Lines, json } from './lines.js';

const dotted = (text) => (text ? html`<${Dotted} text=${text} />` : html`<${Absent} />`);

export const Registrations = ({ one, query }) => html`<section>
  <${Head} level=${2} title="Registrations" />
  <p class="prose muted">
    Web shells in memory register themselves like this. A class without an origin is in no jar.
  </p>
  <${Lines} one=${one} artifact="registrations.ndjson" query=${query} parse=${json} limit=${100}>
    ${(rows) => html`<${Table}
      label="Registrations"
      className="table-compact"
      rows=${rows}
      rowKey=${(row) => row.line}
      rowClass=${(row) => !row.codeSource && row.loader && row.loader !== 'boot' && 'row-warn'}
      columns=${[
        {
          name: 'kind',
          label: 'Kind',
          className: 'fit first',
          cell: (row) => row.kind ?? row.unreadable,
        },
        {
          name: 'class',
          label: 'Class',
          className: 'mono what',
          cell: (row) => html`<${Dotted} text=${row.className} />`,
        },
        {
          name: 'target',
          label: 'Target',
          className: 'mono named',
          cell: (row) => dotted(row.target),
        },
        {
          name: 'container',
          label: 'In',
          className: 'mono small named',
          cell: (row) => dotted(row.container),
        },
        {
          name: 'origin',
          label: 'Origin',
          className: 'mono small named',
          cell: (row) => html`<span class="clip" title=${row.codeSource}>
            ${
              row.codeSource
                ? row.codeSource
                    .split('/')
                    .filter((part) => part && part !== '!')
                    .pop()
                : (row.loader ?? '')
            }
          </span>`,
        },
      ]}
    />`}
  <//>
</section>`;
