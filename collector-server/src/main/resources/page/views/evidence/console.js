// What the app printed.

import { html } from '../../html.js';
import { Head } from '../../parts.js';
import { Table } from '../../table.js';
import { TimeBelow } from '../../time.js';
import { Lines } from './lines.js';

const parse = (line, i) => {
  const [time, stream, thread, ...text] = line.split('\t');
  return text.length ? { i, time, stream, thread, text: text.join('\t') } : { i, text: line };
};

export const Console = ({ one, query }) => html`<section>
  <${Head} level=${2} title="Console" />
  <${Lines} one=${one} artifact="console.log" query=${query} parse=${parse}>
    ${(rows) => html`<${Table}
      label="Console"
      className="table-compact"
      rows=${rows}
      rowKey=${(row) => row.i}
      rowClass=${(row) => row.stream === 'err' && 'row-warn'}
      columns=${[
        {
          name: 'time',
          label: 'Time (UTC)',
          className: 'fit first',
          cell: (row, above) =>
            row.time && html`<${TimeBelow} at=${row.time} above=${above?.time} digits=${3} />`,
        },
        {
          name: 'stream',
          label: 'Stream',
          className: 'fit first',
          cell: (row) => row.stream ?? '',
        },
        {
          name: 'thread',
          label: 'Thread',
          className: 'mono thread',
          cell: (row) => html`<span class="clip" title=${row.thread}>
            ${row.thread ?? ''}
          </span>`,
        },
        {
          name: 'text',
          label: 'Line',
          className: 'mono grow what',
          cell: (row) => html`<span class="wrap pre">${row.text}</span>`,
        },
      ]}
    />`}
  <//>
</section>`;
