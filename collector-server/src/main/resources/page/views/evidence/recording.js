// What the JVM's recording measures, over time, with the alert in it; where time and memory went;
// and what Mission Control's rules say about it. The chosen span is in the address, as that of
// a timeline is.

import { Component } from '../../lib.js';
import { html } from '../../html.js';
import { download, evidence } from '../../api.js';
import { Chart, clock, timesOf } from '../../charts.js';
import { Loaded } from '../../loaded.js';
import { Empty, Fields, Head } from '../../parts.js';
import { href } from '../../router.js';
import { Table } from '../../table.js';
import { instant, utc, utcAfter } from '../../time.js';
import { count, measured, plural } from '../../words.js';
import { Probing } from '../probing.js';
import { artifactOf } from './lines.js';
import { Performance } from './performance.js';
import { Samples } from './samples.js';
import { ofApplication } from './threads.js';
import { zoom } from './timeline.js';

const THREADS_MAX_BYTES = 24 << 20;

/** The charts, each with the series that it shows: name, label, and which of their values. */
const CHARTS = [
  [
    'CPU',
    [
      ['cpu.jvm.user', 'JVM, user'],
      ['cpu.jvm.system', 'JVM, system'],
      ['cpu.machine', 'machine'],
    ],
  ],
  [
    'Heap',
    [
      ['heap.used.before', 'used before a collection'],
      ['heap.used.after', 'used after it'],
      ['heap.committed', 'committed'],
      ['memory.resident', 'whole process'],
    ],
  ],
  ['Pauses of collections', [['gc.pause.longest', 'longest', 'high']]],
  [
    'Share of time',
    [
      ['gc.pause.share', 'paused for collections'],
      ['locks.waited', 'threads that wait for locks'],
    ],
  ],
  [
    'Allocation',
    [
      ['allocation.sampled', 'from samples'],
      ['allocation.tlab', 'buffers of threads'],
    ],
  ],
  [
    'Threads',
    [
      ['threads.active', 'alive'],
      ['threads.daemon', 'of these daemons'],
    ],
  ],
  [
    'Requests',
    [
      ['requests.handled', 'handled'],
      ['requests.failed', 'answered with 5xx'],
    ],
  ],
  [
    'Duration of requests',
    [
      ['requests.duration', 'mean'],
      ['requests.duration', 'longest', 'high'],
    ],
  ],
  [
    'Exceptions',
    [
      ['exceptions.thrown', 'thrown'],
      ['errors.thrown', 'errors'],
    ],
  ],
  [
    'Files and sockets',
    [
      ['files.opened', 'files opened'],
      ['sockets.connected', 'connections made'],
      ['sockets.accepted', 'connections accepted'],
    ],
  ],
  [
    'Slow reads and writes',
    [
      ['files.read.slow', 'read from files'],
      ['files.written.slow', 'written to files'],
      ['sockets.read.slow', 'read from sockets'],
      ['sockets.written.slow', 'written to sockets'],
    ],
  ],
  [
    'Network of the machine',
    [
      ['network.received', 'received'],
      ['network.sent', 'sent'],
    ],
  ],
  [
    'Bodies of requests and answers',
    [
      ['requests.received', 'received'],
      ['requests.sent', 'sent'],
    ],
  ],
  [
    'Classes and threads',
    [
      ['classes.loaded', 'classes loaded'],
      ['classes.unloaded', 'classes unloaded'],
      ['threads.started', 'threads started'],
    ],
  ],
];

export const Recording = ({ id, one, query, user }) => html`<section class="stack">
  <${Head} level=${2} title="Recording">
    ${
      artifactOf(one, 'recording.jfr')?.name === 'recording.jfr' &&
      html`<a href=${download.artifact(id, 'recording.jfr')} download>
        recording.jfr for Mission Control
      </a>`
    }
  <//>
  <${Loaded} of=${id} what="recording" load=${(signal) => evidence.series(id, signal)}>
    ${(answer) => html`<${Measures} id=${id} one=${one} answer=${answer} query=${query} />`}
  <//>
  <${States} id=${id} one=${one} />
  <${Probing} user=${user} service=${one.service} agent=${one.agent}>
    ${(probeOf) => html`<${Samples} id=${id} query=${query} probeOf=${probeOf} />`}
  <//>
  <${Performance} id=${id} />
</section>`;

class Measures extends Component {
  state = { at: null };

  /** Made once for an answer: a chart draws itself anew for other lines. */
  prepared() {
    const { answer } = this.props;
    if (this.of !== answer) {
      this.of = answer;
      this.times = timesOf(answer);
      this.charts = CHARTS.map(([title, lines]) => [title, linesOf(answer, lines)]).filter(
        ([, lines]) => lines.length,
      );
    }
    return this;
  }

  render({ id, one, answer, query }, { at }) {
    const problems = (answer.problems ?? []).map(
      (problem) => html`<p class="warn" key=${problem}>▲ ${problem}</p>`,
    );
    if (!answer.buckets) return problems.length ? problems : html`<${Empty}>No series.<//>`;
    const { times, charts } = this.prepared();
    const alert = one.alert ? Date.parse(one.alert.time) + (answer.clockOffsetMillis ?? 0) : null;
    const span = chosen(query, times);
    return html`<div class="stack">
      ${problems}
      <p class="small">
        <${Span} id=${id} query=${query} span=${span} whole=${times} at=${at} />
      </p>
      <div class="charts">
        ${charts.map(
          ([title, lines]) => html`<${Chart}
            key=${title}
            title=${title}
            lines=${lines}
            times=${times}
            span=${span}
            alert=${alert}
            at=${at}
            onPoint=${this.point}
            onZoom=${zoom}
          />`,
        )}
      </div>
      <details>
        <summary>All measures as a table</summary>
        <${Table}
          label="Measures"
          columns=${COLUMNS}
          rows=${answer.series}
          rowKey=${(row) => row.name}
        />
      </details>
    </div>`;
  }

  point = (at) => at !== this.state.at && this.setState({ at });
}

/** What the charts show, and what can be done with it. */
const Span = ({ id, query, span, whole, at }) => {
  const part = span[0] !== whole.start || span[1] !== whole.end;
  const [from, to] = span.map((time) => instant(Math.round(time)));
  return html`
    <b>
      ${at === null ? `${utc(from)} to ${utcAfter(to, from)} UTC` : `${clock(whole, at)} UTC`}
    </b>${' '}
    ${
      part
        ? html`
          <button type="button" class="small" onClick=${() => zoom()}>
            Show all of the recording
          </button>
          ${' '}
        `
        : html`
          <span class="muted">
            Drag over a chart to choose a span, or press Enter at its two ends. The red line is
            the alert.
          </span>
          ${' '}
        `
    }
    <a href=${href(['evidence', id, 'timeline'], { from: query.from, to: query.to })}>
      ${part ? 'rows of this span' : 'rows of the timeline'}
    </a>
  `;
};

/** The span of the address as far as the recording has it; otherwise all of the recording. */
function chosen({ from, to }, { start, end }) {
  const first = Math.max(start, from ? Date.parse(from) : start);
  const last = Math.min(end, to ? Date.parse(to) : end);
  return last > first ? [first, last] : [start, end];
}

const linesOf = (answer, lines) =>
  lines.flatMap(([name, label, which]) => {
    const series = answer.series.find((one) => one.name === name);
    if (!series) return [];
    const values = which && series[which]?.length ? series[which] : series.values;
    const { unit, mean, max } = series;
    const whole = which ? `at most ${measured(max, unit)}` : `mean ${measured(mean, unit)}`;
    return [{ label, unit, values, whole }];
  });

const COLUMNS = [
  { name: 'name', label: 'Measure', className: 'mono small', cell: (row) => row.name },
  { name: 'min', label: 'Least', cell: (row) => measured(row.min, row.unit) },
  { name: 'mean', label: 'Mean', cell: (row) => measured(row.mean, row.unit) },
  { name: 'max', label: 'Greatest', cell: (row) => measured(row.max, row.unit) },
  { name: 'total', label: 'All together', cell: (row) => total(row) },
];

function total({ total: all, unit }) {
  if (all === undefined || all === null) return '–';
  if (unit === 'bytes/s') return measured(all, 'bytes');
  return unit === 'ratio' ? measured(all, 's') : count(Math.round(all));
}

/** Threads by state as they stood when the evidence was captured. */
const States = ({ id, one }) => {
  const kept = artifactOf(one, 'threads.json');
  if (kept?.name !== 'threads.json' || kept.size > THREADS_MAX_BYTES) return null;
  return html`<${Loaded}
    of=${id}
    what="threads"
    load=${(signal) => evidence.json(id, kept.name, signal)}
  >
    ${(dump) => {
      const { threads } = ofApplication(dump);
      const states = {};
      for (const { state = 'unknown' } of threads) states[state] = (states[state] ?? 0) + 1;
      return html`<div>
        <h3>Threads when captured</h3>
        <${Fields}
          label="Threads by state"
          of=${Object.entries(states)
            .sort(([, a], [, b]) => b - a)
            .map(([state, number]) => [state, count(number)])}
        />
        <p class="small">
          <a href=${href(['evidence', id, 'threads'])}>${plural(threads.length, 'thread')}</a>
        </p>
      </div>`;
    }}
  <//>`;
};
