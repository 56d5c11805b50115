// What answers requests and runs by itself: filters, servlets, valves, handlers, threads, timers.

import { html } from '../../html.js';
import { Dotted, Head } from '../../parts.js';
import { Table } from '../../table.js';
import { Lines, json } from './lines.js';

export const Registrations = ({ one, query }) => html`<section>
  <${Head} level=${2} title="Registrations" />
  <p class="prose muted">
    Web shells in memory register themselves like this. A class without an origin is in no jar.
  </p>
  <${Lines} one=${one} artifact="registrations.ndjson" query=${query} parse=${json} limit=${100}>
    ${(rows) => html`<${Table}
      label="Registrations"
      rows=${rows}
      rowKey=${(row) => row.line}
      rowClass=${(row) => !row.codeSource && row.loader && row.loader !== 'boot' && 'row-warn'}
      columns=${[
        {
          name: 'kind',
          label: 'Kind',
          className: 'fit',
          cell: (row) => row.kind ?? row.unreadable,
        },
        {
          name: 'class',
          label: 'Class',
          className: 'mono',
          cell: (row) => html`<${Dotted} text=${row.className} />`,
        },
        {
          name: 'target',
          label: 'Target',
          className: 'mono',
          cell: (row) => html`<${Dotted} text=${row.target} />`,
        },
        {
          name: 'container',
          label: 'In',
          className: 'mono small',
          cell: (row) => html`<${Dotted} text=${row.container} />`,
        },
        {
          name: 'origin',
          label: 'Origin',
          className: 'mono small',
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
