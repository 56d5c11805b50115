// What is kept and for how long, what goes next, and what keeps evidence from being purged.

import { html } from '../html.js';
import { holds, retention } from '../api.js';
import { pageWords } from '../api-words.js';
import { Loaded } from '../loaded.js';
import { Paged } from '../paged.js';
import { EvidenceLink, Fields, Head } from '../parts.js';
import { href } from '../router.js';
import { Table } from '../table.js';
import { ago, Time } from '../time.js';
import { bytes, count, plural } from '../words.js';

export const Retention = ({ query }) => html`<section class="stack">
  <${Head} title="Retention">
    <a class="small" href=${href(['audit'], { what: 'purged', all: 'true' })}>purged evidence</a>
  <//>
  <${Loaded} of="retention" what="retention" load=${retention}>
    ${(view) => html`<${Kept} view=${view} />`}
  <//>
  <${Held} query=${query} />
</section>`;

const Kept = ({ view }) => html`<div class="stack">
  <${Fields}
    label="Passes"
    of=${[
      ['Next pass', html`<${Time} at=${view.nextPass} digits=${0} />`],
      [
        'Last pass',
        view.lastPass &&
          html`
            <${Time} at=${view.lastPass.at} digits=${0} />, purged${' '}
            ${plural(view.lastPass.purged, 'piece')}, ${bytes(view.lastPass.bytes)}
          `,
      ],
      [
        'Object lock',
        view.locks
          ? 'evidence is locked in the object store until its age limit; ' +
            'nobody can delete it earlier'
          : 'none: a person who can write to the store can delete evidence',
      ],
    ]}
  />
  ${
    view.waits &&
    html`<p class="note">
      Limits purge nothing now: ${pageWords(view.waits.why)}
      ${view.waits.until && html` (until <${Time} at=${view.waits.until} digits=${0} />)`}
    </p>`
  }
  <${Table}
    label="Kept"
    className="table-compact"
    columns=${KEPT}
    rows=${[...view.classes, view.all]}
    rowKey=${(one) => one.class}
  />
  <h2>
    Purged next${' '}
    <span class="muted">
      ${plural(view.all.due, 'piece')}, ${bytes(view.all.dueBytes)}
      ${view.next.length < view.all.due && `; the first ${count(view.next.length)}`}
    </span>
  </h2>
  ${
    view.next.length
      ? html`<${Table}
        label="Purged next"
        className="table-compact"
        columns=${NEXT}
        rows=${view.next}
        rowKey=${(one) => one.evidence}
      />`
      : html`<p class="empty">The next pass purges nothing.</p>`
  }
</div>`;

const age = (seconds) => {
  if (seconds === undefined || seconds === null) return 'no limit';
  return seconds >= 86400
    ? plural(Math.floor(seconds / 86400), 'day')
    : plural(Math.floor(seconds / 3600), 'hour');
};

const KEPT = [
  { name: 'class', label: 'Class', className: 'first', cell: (one) => one.class },
  {
    name: 'evidence',
    label: 'Evidence',
    className: 'fit number named',
    cell: (one) => count(one.evidence),
  },
  { name: 'bytes', label: 'Size', className: 'fit number named', cell: (one) => bytes(one.bytes) },
  {
    name: 'oldest',
    label: 'Oldest (UTC)',
    className: 'fit named',
    cell: (one) => html`
      <${Time} at=${one.oldest} digits=${0} />
      ${one.oldest && html`<span class="muted small block">${ago(one.oldest)} ago</span>`}
    `,
  },
  { name: 'age', label: 'Kept for', className: 'fit named', cell: (one) => age(one.maxAgeSeconds) },
  {
    name: 'max',
    label: 'At most',
    className: 'fit number named',
    cell: (one) => (one.maxBytes ? bytes(one.maxBytes) : 'no limit'),
  },
  {
    name: 'held',
    label: 'Held or locked',
    className: 'fit number named',
    cell: (one) => html`
      ${count(one.held)}
      ${one.held > 0 && html`<span class="muted small block">${bytes(one.heldBytes)}</span>`}
    `,
  },
  { name: 'due', label: 'Due', className: 'fit number named', cell: (one) => count(one.due) },
];

const NEXT = [
  {
    name: 'evidence',
    label: 'Evidence',
    className: 'fit first',
    cell: (one) => html`<${EvidenceLink} id=${one.evidence} />`,
  },
  { name: 'class', label: 'Class', className: 'fit', cell: (one) => one.class },
  {
    name: 'sealed',
    label: 'Sealed (UTC)',
    className: 'fit first',
    cell: (one) => html`<${Time} at=${one.sealedAt} digits=${0} />`,
  },
  { name: 'bytes', label: 'Size', className: 'fit number', cell: (one) => bytes(one.bytes) },
  { name: 'why', label: 'Why', className: 'what', cell: (one) => one.why },
];

const Held = ({ query }) => html`<section>
  <h2>Holds</h2>
  <${Paged}
    of="holds"
    load=${holds}
    items="held"
    cursor=${query.held}
    parameter="held"
    limit=${100}
    what="holds"
    empty="Nothing is held."
  >
    ${(rows) => html`<${Table}
      label="Holds"
      className="table-compact"
      columns=${HOLDS}
      rows=${rows.flatMap((one) => one.holds.map((hold) => ({ ...hold, of: one.evidence })))}
      rowKey=${(hold) => `${hold.of} ${hold.case ?? ''}`}
    />`}
  <//>
</section>`;

const HOLDS = [
  {
    name: 'evidence',
    label: 'Evidence',
    className: 'fit first',
    cell: (hold) => html`<${EvidenceLink} id=${hold.of} />`,
  },
  {
    name: 'case',
    label: 'By the case',
    className: 'fit named',
    cell: (hold) =>
      hold.case
        ? html`<a href=${href(['cases', hold.case])}>case</a>`
        : html`<span class="muted">its own</span>`,
  },
  { name: 'by', label: 'Who', cell: (hold) => html`<span class="wrap">${hold.by}</span>` },
  {
    name: 'at',
    label: 'Since (UTC)',
    className: 'fit',
    cell: (hold) => html`<${Time} at=${hold.at} digits=${0} />`,
  },
  { name: 'reason', label: 'Why', className: 'what', cell: (hold) => hold.reason },
];
