// What a heap snapshot holds: classes, the objects that retain most and the paths to them, class
// loaders that may be leaks, equal strings.

import { Component } from '../../lib.js';
import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Pages } from '../../paged.js';
import { Choice, Dotted, Empty, Fields, Head, Search } from '../../parts.js';
import { ProblemNote } from '../../problem.js';
import { refine } from '../../router.js';
import { Table } from '../../table.js';
import { Time } from '../../time.js';
import { bytes, count, plural } from '../../words.js';
import { Growth } from './heap-growth.js';
import { artifactOf } from './lines.js';

const SHOWN = 100;
const POLL_MILLIS = 2000;

export const Heap = ({ id, one, query, user }) => html`<section class="stack" id="heap">
  <${Head} level=${2} title="Heap" />
  ${
    artifactOf(one, 'heap.hprof.gz')
      ? html`<${Snapshot} id=${id} query=${query} user=${user} />`
      : html`<${Empty}>
        There is no heap snapshot in this evidence. Choose the artifact heap when you start a
        capture.
      <//>`
  }
  <${Growth} id=${id} one=${one} query=${query} />
</section>`;

class Snapshot extends Component {
  /** Has it examined; again, if somebody has stopped that. */
  examine = () => this.ask(true);

  /** Stops it for all who wait for it. */
  stop = async () => {
    try {
      await evidence.stopHeap(this.props.id);
      this.ask(false);
    } catch (problem) {
      this.setState({ problem });
    }
  };

  ask(wanted) {
    this.setState(({ asked = 0 }) => ({ wanted, asked: asked + 1, problem: null }));
  }

  render({ id, query, user }, { wanted, asked = 0, problem }) {
    return html`<${Loaded}
      of=${`${id} ${asked}`}
      what="heap"
      load=${(signal) => evidence.heap(id, Boolean(wanted), signal)}
      every=${(view) => (view.state === 'waiting' || view.state === 'running' ? POLL_MILLIS : 0)}
    >
      ${(view) => html`<div class="stack">
        ${problem && html`<${ProblemNote} problem=${problem} />`}
        ${view.analysis && html`<${Analysis} of=${view.analysis} query=${query} />`}
        ${
          (view.state === 'none' || isStopped(view)) &&
          html`<${Examine} onExamine=${this.examine} />`
        }
        ${
          !view.analysis &&
          view.state !== 'none' &&
          html`<${Examining} view=${view} onStop=${mayStop(user) && this.stop} />`
        }
      </div>`}
    <//>`;
  }
}

const mayStop = (user) => user.role !== 'viewer' && !user.opened;

/** Whether there are only problems, such as that somebody has stopped it. */
const isStopped = ({ analysis }) => analysis && !analysis.summary;

const Examine = ({ onExamine }) => html`<p>
  <button type="button" onClick=${onExamine}>
    Examine the heap
  </button>${' '}
  <span class="muted">
    The collector reads the snapshot once and keeps the result.
  </span>
</p>`;

const Examining = ({ view, onStop }) => html`<div class="loading">
  <p role="status">
    <progress aria-label="Progress" max="100" value=${view.percent ?? undefined}></progress>${' '}
    ${
      view.step
        ? `Examining the heap: ${view.step}, ${view.percent} %`
        : 'The heap waits to be examined.'
    }
  </p>
  ${
    onStop &&
    html`<p>
      <button type="button" onClick=${onStop}>
        Stop
      </button>
    </p>`
  }
</div>`;

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
    Retained size: the memory that would be freed with the object. An object that only holds one
    larger object is left out here; it is on the path.
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
            label: 'Shallow',
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
      : html`<${Empty}>No object retains others.<//>`
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
  ${of.cut > 0 && html`<p class="small muted">Left out: ${plural(of.cut, 'step')}.</p>`}
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

const LoaderTable = ({ label, rows }) => html`<${Pages} of=${label} rows=${rows} size=${SHOWN}>
  ${(some) => html`<${Table}
    label=${label}
    rows=${some}
    rowKey=${(row) => row.id}
    rowClass=${(row) => row.suspicion && 'row-warn'}
    columns=${LOADER_COLUMNS}
  />`}
<//>`;

const LOADER_COLUMNS = [
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
];

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
    ${of.problem && html`<p class="muted">Of ${plural(of.strings, 'string')}, ${of.problem}.</p>`}
    ${
      of.distinct >= 0 &&
      html`<p>
        ${plural(of.strings, 'string')} of ${plural(of.distinct, 'text')}: ${bytes(of.wastedBytes)}
        would be freed if each text existed once.
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
    <${Pages} of="threads" rows=${rows} size=${SHOWN}>
      ${(some) => html`<${Table}
        label="Threads"
        rows=${some}
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
            label: 'Top frame',
            className: 'mono small grow',
            cell: (row) => html`<${Dotted} text=${row.topFrame ?? '–'} />`,
          },
        ]}
      />`}
    <//>
  </details>`;
