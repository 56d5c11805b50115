// What a heap snapshot holds: classes, the objects that retain most and the paths to them, class
// loaders that may be leaks, equal strings; and which classes grew since earlier evidence.

import { Component } from '../../lib.js';
import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Choice, Dotted, Empty, Fields, Head, Search } from '../../parts.js';
import { href, refine } from '../../router.js';
import { Table } from '../../table.js';
import { Time } from '../../time.js';
import { bytes, count, plural } from '../../words.js';
import { artifactOf } from './lines.js';

const SHOWN = 100;
const POLL_MILLIS = 2000;
const OTHERS_MAX = 100;

export const Heap = ({ id, one, query }) => html`<section class="stack" id="heap">
  <${Head} level=${2} title="Heap" />
  ${
    artifactOf(one, 'heap.hprof.gz')
      ? html`<${Snapshot} id=${id} query=${query} />`
      : html`<${Empty}>
        There is no heap snapshot in this evidence. A capture takes one when its artifacts name
        heap.
      <//>`
  }
  <${Growth} id=${id} one=${one} query=${query} />
</section>`;

class Snapshot extends Component {
  render({ id, query }, { wanted }) {
    return html`<${Loaded}
      of=${id + (wanted ? ' wanted' : '')}
      what="heap"
      load=${(signal) => evidence.heap(id, Boolean(wanted), signal)}
      every=${(view) => (view.state === 'waiting' || view.state === 'running' ? POLL_MILLIS : 0)}
    >
      ${(view) =>
        view.analysis
          ? html`<${Analysis} of=${view.analysis} query=${query} />`
          : view.state === 'none'
            ? html`<p>
              <button type="button" onClick=${() => this.setState({ wanted: true })}>
                Examine the heap
              </button>${' '}
              <span class="muted">
                The collector reads the snapshot once, and keeps the result.
              </span>
            </p>`
            : html`<p role="status" class="loading">
              ${
                view.step
                  ? `Examining the heap: ${view.step}, ${view.percent} %`
                  : 'The heap waits to be examined.'
              }
            </p>`}
    <//>`;
  }
}

const Analysis = ({ of, query }) => html`<div class="stack">
  ${of.problems.map((problem) => html`<p key=${problem} class="warn">▲ ${problem}</p>`)}
  ${
    of.summary &&
    html`
      <${Overview} of=${of} />
      <${Biggest} rows=${of.biggest} />
      <${Loaders} rows=${of.loaders} />
      <${Classes} rows=${of.classes} summary=${of.summary} query=${query} />
      <${Strings} of=${of.duplicates} />
      <${Threads} rows=${of.threads} />
    `
  }
</div>`;

const CONTENTS = {
  full: 'everything, values included',
  redacted: 'redacted: without the values of arrays and strings',
  structure: 'structure: without any value',
  unknown: 'not known, so no text is shown',
};

const Overview = ({ of: { summary, content } }) => html`<${Fields}
  label="Heap as a whole"
  of=${[
    ['Objects', `${count(summary.objects)}, ${bytes(summary.bytes)}`],
    ['Reachable', `${count(summary.reachableObjects)}, ${bytes(summary.reachableBytes)}`],
    ['Classes', count(summary.classes)],
    ['Class loaders', count(summary.loaders)],
    ['Content', CONTENTS[content] ?? content],
    ['Dumped', summary.dumpedAt && html`<${Time} at=${summary.dumpedAt} /> UTC`],
  ]}
/>`;

const Biggest = ({ rows }) => html`<div class="stack">
  <${Head} level=${3} title="Objects that retain most" />
  <p class="muted small">
    What would be free without the object. One that only passes on what a single object below it
    retains is left out: it is on the path.
  </p>
  ${
    rows.length
      ? html`<${Table}
        label="Objects that retain most"
        rows=${rows}
        rowKey=${(row) => row.id}
        columns=${[
          {
            name: 'retained',
            label: 'Retained',
            className: 'fit number',
            cell: (row) => bytes(row.retained),
          },
          {
            name: 'shallow',
            label: 'Itself',
            className: 'fit number',
            cell: (row) => bytes(row.shallow),
          },
          {
            name: 'type',
            label: 'Object',
            className: 'grow',
            cell: (row) => html`<${Path} of=${row.path}>
              <span class="mono"><${Dotted} text=${row.type} /></span>
            <//>`,
          },
          {
            name: 'id',
            label: 'Id',
            className: 'fit mono small',
            cell: (row) => row.id,
          },
        ]}
      />`
      : html`<${Empty}>Nothing retains anything.<//>`
  }
</div>`;

/** A path that opens below what it leads to; made when it is opened. */
class Path extends Component {
  render({ of, children }, { open }) {
    return html`<details onToggle=${(event) => this.setState({ open: event.currentTarget.open })}>
      <summary>${children}</summary>
      ${open && html`<${Steps} of=${of} />`}
    </details>`;
  }
}

const Steps = ({ of }) => html`
  <p class="small">From: ${of.root}</p>
  <ol class="small">
    ${of.steps.map(
      (step, at) => html`<li key=${at}>
        ${step.reference && html`<b class="mono wrap">${step.reference}</b>`}${' '}
        <span class="mono"><${Dotted} text=${step.type} /></span>
        <span class="muted mono">${' '}${step.id}</span>
      </li>`,
    )}
  </ol>
  ${of.cut > 0 && html`<p class="small muted">${plural(of.cut, 'step')} are left out.</p>`}
`;

const Loaders = ({ rows }) => {
  const suspects = rows.filter((row) => row.suspicion);
  return html`<div class="stack">
    <${Head} level=${3} title="Class loaders that may be leaks" />
    ${
      suspects.length
        ? html`<${LoaderTable} label="Class loaders that may be leaks" rows=${suspects} />`
        : html`<p>No class loader looks like a leak.</p>`
    }
    ${
      rows.length > suspects.length &&
      html`<details>
        <summary>${plural(rows.length - suspects.length, 'other class loader')}</summary>
        <${LoaderTable}
          label="Other class loaders"
          rows=${rows.filter((row) => !row.suspicion)}
        />
      </details>`
    }
  </div>`;
};

const LoaderTable = ({ label, rows }) => html`<${Table}
  label=${label}
  rows=${rows}
  rowKey=${(row) => row.id}
  rowClass=${(row) => row.suspicion && 'row-warn'}
  columns=${[
    {
      name: 'retained',
      label: 'Retained',
      className: 'fit number',
      cell: (row) => bytes(row.retained),
    },
    {
      name: 'classes',
      label: 'Classes',
      className: 'fit number',
      cell: (row) => count(row.classes),
    },
    {
      name: 'type',
      label: 'Class loader',
      className: 'grow',
      cell: (row) => html`<${Path} of=${row.path}>
        <span class="mono"><${Dotted} text=${row.type} /></span>${' '}
        <span class="muted">${row.name ?? row.id}</span>
      <//>`,
    },
    {
      name: 'why',
      label: 'Why, and held by',
      cell: (row) => html`
        ${row.suspicion && html`<span class="block wrap">${row.suspicion}</span>`}
        <span class="block wrap muted">${row.heldBy}</span>
      `,
    },
  ]}
/>`;

const SORTS = [
  ['', 'bytes'],
  ['count', 'count'],
  ['name', 'name'],
];

const Classes = ({ rows, summary, query }) => {
  const words = (query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => {
    const text = `${row.name} ${row.loader ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const sorted = [...found].sort(
    query.sort === 'count'
      ? (one, other) => other.count - one.count
      : query.sort === 'name'
        ? (one, other) => (one.name < other.name ? -1 : 1)
        : (one, other) => other.bytes - one.bytes,
  );
  return html`<div class="stack">
    <${Head} level=${3} title="Classes" />
    <div class="filters">
      <${Search}
        main
        label="Class or class loader"
        name="q"
        value=${query.q}
        onSearch=${(q) => refine({ q })}
      />
      <${Choice}
        label="Sorted by"
        name="sort"
        value=${query.sort}
        options=${SORTS}
        onChange=${(sort) => refine({ sort })}
      />
    </div>
    <p class="muted small" role="status">
      ${count(found.length)} of ${count(summary.classes)}
      ${found.length > SHOWN && `; the first ${count(SHOWN)} are shown`}
    </p>
    ${
      sorted.length
        ? html`<${Table}
          label="Classes"
          rows=${sorted.slice(0, SHOWN)}
          rowKey=${(row) => row.name + ' ' + row.loader}
          columns=${[
            {
              name: 'bytes',
              label: 'Size',
              className: 'fit number',
              cell: (row) => bytes(row.bytes),
            },
            {
              name: 'count',
              label: 'Count',
              className: 'fit number',
              cell: (row) => count(row.count),
            },
            {
              name: 'name',
              label: 'Class',
              className: 'mono grow',
              cell: (row) => html`<${Dotted} text=${row.name} />`,
            },
            {
              name: 'loader',
              label: 'Class loader',
              className: 'mono small',
              cell: (row) => html`<${Dotted} text=${row.loader ?? 'boot'} />`,
            },
          ]}
        />`
        : html`<${Empty}>None matches.<//>`
    }
  </div>`;
};

const Strings = ({ of }) =>
  of &&
  html`<div class="stack">
    <${Head} level=${3} title="Duplicate strings" />
    ${of.problem && html`<p class="muted">Of ${count(of.strings)} strings, ${of.problem}.</p>`}
    ${
      of.distinct >= 0 &&
      html`<p>
        ${plural(of.strings, 'string')} of ${plural(of.distinct, 'text')}: ${bytes(of.wastedBytes)}
        would be free if each text were there once.
      </p>`
    }
    ${
      of.biggest.length > 0 &&
      html`<${Table}
        label="Duplicate strings"
        rows=${of.biggest}
        rowKey=${(row) => row.hash}
        columns=${[
          {
            name: 'wasted',
            label: 'Wasted',
            className: 'fit number',
            cell: (row) => bytes(row.wastedBytes),
          },
          {
            name: 'count',
            label: 'Count',
            className: 'fit number',
            cell: (row) => count(row.count),
          },
          {
            name: 'text',
            label: 'Text',
            className: 'mono grow',
            cell: (row) => html`<span class="wrap">${row.text ?? '–'}</span>`,
          },
          {
            name: 'hash',
            label: 'Hash',
            className: 'fit mono small',
            cell: (row) => row.hash,
          },
        ]}
      />`
    }
  </div>`;

const Threads = ({ rows }) =>
  rows.length > 0 &&
  html`<details>
    <summary>What ${plural(rows.length, 'thread')} retain</summary>
    <${Table}
      label="Threads"
      rows=${rows}
      rowKey=${(row) => row.id}
      columns=${[
        {
          name: 'retained',
          label: 'Retained',
          className: 'fit number',
          cell: (row) => bytes(row.retained),
        },
        {
          name: 'thread',
          label: 'Thread',
          className: 'mono',
          cell: (row) => html`<span class="wrap">${row.name ?? `${row.type} ${row.id}`}</span>`,
        },
        {
          name: 'frame',
          label: 'It ran',
          className: 'mono small grow',
          cell: (row) => html`<${Dotted} text=${row.topFrame ?? '–'} />`,
        },
      ]}
    />
  </details>`;

const Growth = ({ id, one, query }) => html`<div class="stack" id="growth">
  <${Head} level=${3} title="Growth" />
  <p class="muted small">
    Instances of classes, garbage included, by the histograms that captures have.
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
        ['', 'the last evidence of this JVM before'],
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
    to ${bytes(view.after.bytes)}. ${!view.sameAgent && 'They are of two JVMs. '}
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
            label: 'More',
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
