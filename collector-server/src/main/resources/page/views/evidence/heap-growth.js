// Which classes of a heap grew since earlier evidence.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Choice, Dotted, Head } from '../../parts.js';
import { href, refine } from '../../router.js';
import { Table } from '../../table.js';
import { Time } from '../../time.js';
import { bytes, count } from '../../words.js';

const SHOWN = 100;
const OTHERS_MAX = 100;

export const Growth = ({ id, one, query }) => html`<div class="stack" id="growth">
  <${Head} level=${3} title="Growth" />
  <p class="muted small">
    From the class histograms of the captures. Garbage is counted too.
  </p>
  <${Loaded}
    of=${one.service}
    what="other evidence"
    load=${(signal) => evidence.list({ service: one.service, limit: OTHERS_MAX }, signal)}
  >
    ${({ evidence: all }) => html`<${Choice}
      label="Since"
      name="since"
      value=${query.since}
      options=${[
        ['', 'the previous evidence of this JVM'],
        ...all.filter((other) => other.id !== id).map((other) => [other.id, sideOf(other, one)]),
      ]}
      onChange=${(since) => refine({ since })}
    />`}
  <//>
  <${Loaded}
    of=${id + (query.since ?? '')}
    what="growth"
    load=${(signal) => evidence.growth(id, query.since, signal)}
  >
    ${(view) =>
      view.problem
        ? html`<p class="muted" role="status">${view.problem}.</p>`
        : html`<${Grown} view=${view} />`}
  <//>
</div>`;

const sideOf = (other, one) =>
  `${other.sealedAt.slice(0, 19).replace('T', ' ')} UTC, ` +
  `${other.agent === one.agent ? 'this JVM' : 'another JVM'}: ` +
  (other.alert?.title ?? other.reason);

const signed = (number, show) =>
  (number > 0 ? '+' : number < 0 ? '−' : '') + show(Math.abs(number));

const Grown = ({ view }) => html`<div class="stack">
  <p>
    From ${bytes(view.before.bytes)} in${' '}
    <a href=${href(['evidence', view.before.evidence, 'heap'])}>
      the evidence of <${Time} at=${view.before.sealedAt} digits=${0} /> UTC
    </a>${' '}
    to ${bytes(view.after.bytes)}. ${!view.sameAgent && 'They are from two JVMs. '}
    <a href=${href(['evidence', view.after.evidence, 'compare'], { with: view.before.evidence })}>
      What else changed
    </a>
  </p>
  ${
    !view.complete &&
    html`<p class="warn">
      ▲ One side lists only its biggest classes; small ones may be missing.
    </p>`
  }
  ${
    view.classes.length
      ? html`<${Table}
        label="Growth"
        rows=${view.classes.slice(0, SHOWN)}
        rowKey=${(row) => row.name}
        columns=${[
          {
            name: 'bytesDifference',
            label: 'Growth',
            className: 'fit number',
            cell: (row) => signed(row.bytesDifference, bytes),
          },
          {
            name: 'bytes',
            label: 'Size now',
            className: 'fit number',
            cell: (row) => bytes(row.bytes),
          },
          {
            name: 'countDifference',
            label: 'Count growth',
            className: 'fit number',
            cell: (row) => signed(row.countDifference, count),
          },
          {
            name: 'count',
            label: 'Count now',
            className: 'fit number',
            cell: (row) => count(row.count),
          },
          {
            name: 'name',
            label: 'Class',
            className: 'mono grow',
            cell: (row) => html`<${Dotted} text=${row.name} />`,
          },
        ]}
      />`
      : html`<p>No class grew or shrank.</p>`
  }
</div>`;
