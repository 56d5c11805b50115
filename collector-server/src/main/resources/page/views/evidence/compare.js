// What differs from another piece of evidence: before and after, or one replica and another.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Pages } from '../../paged.js';
import { Dotted, Head } from '../../parts.js';
import { href, refine } from '../../router.js';
import { Table } from '../../table.js';
import { Time } from '../../time.js';
import { count, plural } from '../../words.js';

const OTHERS_MAX = 100;

export const Compare = ({ id, one, query }) => html`<section class="stack">
  <${Head} level=${2} title="Compare" />
  <p class="prose muted">
    Classes, registrations, libraries, sockets, files, threads and the process of two pieces of
    evidence. Differences that any two runs have, such as addresses of hidden classes, are left
    out.
  </p>
  <${Loaded}
    of=${one.service}
    what="other evidence"
    load=${(signal) => evidence.list({ service: one.service, limit: OTHERS_MAX }, signal)}
  >
    ${({ evidence: all }) => html`<${Choice}
      one=${one}
      others=${all.filter((other) => other.id !== id)}
      chosen=${query.with}
    />`}
  <//>
  ${
    query.with &&
    html`<${Loaded}
      of=${id + query.with}
      what="comparison"
      load=${(signal) => evidence.compare(id, query.with, signal)}
    >
      ${(view) => html`<${Differences} view=${view} kind=${query.kind} />`}
    <//>`
  }
</section>`;

const Choice = ({ one, others, chosen }) =>
  others.length
    ? html`<label class="field">
        <span>Compare with</span>
        <select
          name="with"
          value=${chosen ?? ''}
          onChange=${(event) => refine({ with: event.currentTarget.value, kind: '' })}
        >
          <option value="">other evidence of ${one.service}…</option>
          <option value="previous">the previous evidence of this JVM</option>
          ${others.map(
            (other) => html`<option key=${other.id} value=${other.id}>
              ${other.sealedAt.slice(0, 19).replace('T', ' ')} UTC, ${
                other.agent === one.agent ? 'this JVM' : 'another JVM'
              }: ${other.alert?.title ?? other.reason}
            </option>`,
          )}
        </select>
      </label>`
    : html`<p class="muted">There is no other evidence of ${one.service}.</p>`;

const Differences = ({ view, kind }) => {
  const rows = view.differences.filter((each) => !kind || each.kind === kind);
  return html`<div class="stack">
    <p>
      Before: <${Side} of=${view.before} />. After: <${Side} of=${view.after} />.${' '}
      ${view.sameAgent ? 'Both are from one JVM.' : 'They are from two JVMs.'}
    </p>
    <${Kinds} kinds=${view.kinds} />
    ${
      view.notCompared.length > 0 &&
      html`<ul class="plain-list warn">
        ${view.notCompared.map(
          (each) => html`<li key=${each.kind}>▲ Not compared: ${each.kind}, ${each.why}</li>`,
        )}
      </ul>`
    }
    ${
      rows.length
        ? html`<${Pages} key=${kind} rows=${rows}>
            ${(some) => html`<${Table}
              label="Differences"
              rows=${some}
              rowKey=${(row) => row.kind + row.change + row.name}
              rowClass=${(row) => row.change === 'added' && 'row-warn'}
              columns=${COLUMNS}
            />`}
          <//>`
        : html`<p>No difference in what was compared.</p>`
    }
  </div>`;
};

const Side = ({ of }) => html`<a href=${href(['evidence', of.evidence])}>
  ${of.service ?? of.evidence} at <${Time} at=${of.sealedAt} digits=${0} /> UTC
</a>`;

const Kinds = ({ kinds }) => html`<${Table}
  label="Kinds"
  rows=${kinds}
  rowKey=${(row) => row.kind}
  columns=${[
    {
      name: 'kind',
      label: 'Kind',
      cell: (row) => html`<button
        type="button"
        class="link"
        onClick=${() => refine({ kind: row.kind })}
      >
        ${row.kind}
      </button>`,
    },
    ...['added', 'removed', 'changed', 'same'].map((name) => ({
      name,
      label: name[0].toUpperCase() + name.slice(1),
      className: 'fit number',
      cell: (row) => count(row[name]),
    })),
    {
      name: 'cut',
      label: 'Note',
      cell: (row) =>
        [
          row.cut && 'more differences than are listed',
          row.unreadable > 0 && `could not be read: ${plural(row.unreadable, 'line')}`,
        ]
          .filter(Boolean)
          .join('; '),
    },
  ]}
/>`;

const COLUMNS = [
  { name: 'kind', label: 'Kind', className: 'fit', cell: (row) => row.kind },
  { name: 'change', label: 'Change', className: 'fit', cell: (row) => row.change },
  {
    name: 'name',
    label: 'Name',
    className: 'mono grow',
    cell: (row) => html`<span class="wrap"><${Dotted} text=${row.name} /></span>`,
  },
  {
    name: 'before',
    label: 'Before',
    className: 'mono small',
    cell: (row) => html`<span class="wrap">${row.before}</span>`,
  },
  {
    name: 'after',
    label: 'After',
    className: 'mono small',
    cell: (row) => html`<span class="wrap">${row.after}</span>`,
  },
];
