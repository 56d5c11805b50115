// How the evidence was taken, and what is missing from it.

import { html } from '../../html.js';
import { Pages } from '../../paged.js';
import { Empty, Head } from '../../parts.js';
import { Table } from '../../table.js';
import { count, plural } from '../../words.js';
import { Indexed } from './indexed.js';
import { Lines } from './lines.js';

const MISSING = [
  {
    name: 'artifact',
    label: 'Artifact',
    className: 'mono',
    cell: (gap) => gap.artifact,
  },
  { name: 'reason', label: 'Reason', className: 'grow', cell: (gap) => gap.reason },
];

const INDEXED = [
  {
    name: 'name',
    label: 'Artifact',
    className: 'mono',
    cell: (artifact) => artifact.name,
  },
  {
    name: 'rows',
    label: 'Rows',
    className: 'number fit',
    cell: (artifact) => count(artifact.rows),
  },
  {
    name: 'problem',
    label: 'Problem',
    className: 'grow',
    cell: (artifact) =>
      artifact.problem
        ? html`<span class="warn">▲ ${artifact.problem}</span>`
        : html`<span class="muted">none</span>`,
  },
];

export const Acquisition = ({ id, one, query }) => html`<section class="stack">
  <${Head} level=${2} title="What is missing" />
  ${
    one.missing?.length
      ? html`<${Pages} of="gaps" rows=${one.missing}>
        ${(some) => html`<${Table}
          label="Missing"
          rows=${some}
          rowKey=${(gap) => gap.artifact + gap.reason}
          columns=${MISSING}
        />`}
      <//>`
      : html`<p>Nothing is missing.</p>`
  }
  ${
    one.artifacts.some((artifact) => artifact.incomplete) &&
    html`<p class="warn">
      ▲ Incomplete, because the agent ended before all was sent:${' '}
      ${one.artifacts
        .filter((artifact) => artifact.incomplete)
        .map((artifact) => artifact.name)
        .join(', ')}
    </p>`
  }
  <${Head} level=${2} title="Index" />
  <${Indexed} id=${id}>
    ${(index) => html`<${Index} index=${index} />`}
  <//>
  <${Head} level=${2} title="Acquisition log" />
  <${Lines} one=${one} artifact="acquisition.log" query=${query}>
    ${(lines) => html`<pre class="text" tabIndex="0" aria-label="Acquisition log">
      ${lines.join('\n')}
    </pre>`}
  <//>
</section>`;

const Index = ({ index }) => html`<div class="stack">
  <p>
    ${
      index.state === 'ready'
        ? `${plural(index.rows, 'row')}.`
        : `${index.state}, ${Math.round((index.progress ?? 0) * 100)} %.`
    }${' '}
    ${
      typeof index.clockOffsetMillis === 'number' &&
      ` The agent's clock was corrected by ${index.clockOffsetMillis} ms.`
    }
  </p>
  ${
    index.artifacts?.length
      ? html`<${Pages} of="artifacts" rows=${index.artifacts}>
        ${(some) => html`<${Table}
          label="Indexed artifacts"
          rows=${some}
          rowKey=${(artifact) => artifact.name}
          columns=${INDEXED}
        />`}
      <//>`
      : html`<${Empty}>No artifact is indexed.<//>`
  }
</div>`;
