// One method probe: its calls as they come, and what became of it in each JVM.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { probes } from '../api.js';
import { Pages } from '../paged.js';
import { Dotted, Empty, Fields, Head, HuntState } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { href } from '../router.js';
import { whenSeen } from '../seen.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { count, plural, short } from '../words.js';

const EVERY = 1000;
const LIMIT = 200;

/** More than a reader looks at; the command line and the API have all. */
const SHOWN = 1000;

const NANOS_PER_MILLI = 1e6;

export class Probe extends Component {
  state = { probe: null, calls: [], problem: null };

  componentDidMount() {
    this.poll();
  }

  componentWillUnmount() {
    this.wait?.();
    this.gone = true;
  }

  poll = async () => {
    this.wait?.();
    const { id } = this.props;
    try {
      const probe = await probes.show(id);
      const answer = await probes.calls(id, { cursor: this.cursor, limit: LIMIT });
      if (this.gone) return;
      this.cursor = answer.next;
      this.setState({
        probe,
        calls: [...this.state.calls, ...answer.calls].slice(0, SHOWN),
        problem: null,
      });
      if (answer.more && this.state.calls.length < SHOWN) this.wait = whenSeen(this.poll, 0);
      else if (probe.state !== 'ended') this.wait = whenSeen(this.poll, EVERY);
    } catch (problem) {
      if (this.gone) return;
      this.setState({ problem });
      if (problem.status === 0) this.wait = whenSeen(this.poll, 5000);
    }
  };

  end = async () => {
    try {
      await probes.end(this.props.id);
      this.poll();
    } catch (problem) {
      this.setState({ problem });
    }
  };

  render({ user }, { probe, calls, problem }) {
    if (!probe) {
      return problem
        ? html`<${ProblemNote} problem=${problem} retry=${this.poll} />`
        : html`<p class="loading" role="status">
          Loading probe…
        </p>`;
    }
    return html`<section class="stack">
      <${Head} title=${html`<${Dotted} text=${probe.title} />`}>
        <a href=${href(['probes'])}>all probes</a>
        ${
          user.role === 'admin' &&
          probe.state === 'running' &&
          html`<button type="button" onClick=${this.end}>
            End the probe
          </button>`
        }
      <//>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      <${Progress} probe=${probe} />
      <${Table}
        label="JVMs"
        className="table-compact"
        columns=${AGENTS}
        rows=${probe.agents}
        rowKey=${(each) => each.agent}
      />
      <h2>Calls</h2>
      ${
        calls.length
          ? html`<${Pages} rows=${calls}>
            ${(some) => html`<${Table}
              label="Calls"
              className="table-compact"
              columns=${CALLS}
              rows=${some}
              rowKey=${(call) => call.number}
            />`}
          <//>`
          : html`<${Empty}>
            ${probe.state === 'ended' ? 'No call was recorded.' : 'No call yet.'}
          <//>`
      }
      ${
        probe.calls > calls.length &&
        html`<p class="muted small">
          ${count(calls.length)} of ${count(probe.calls)} calls are shown. The command whorl probes
          shows all.
        </p>`
      }
    </section>`;
  }
}

const Progress = ({ probe }) => html`<div class="panel" role="status">
  <p>
    <${HuntState} state=${probe.state} />${' '}
    ${plural(probe.calls, 'call')} recorded${probe.why && `; ${probe.why}`}.
    ${probe.droppedCalls > 0 && ` ${count(probe.droppedCalls)} are above the limit: not kept.`}
  </p>
  <${Fields}
    label="Probe"
    of=${[
      ['By', probe.by],
      ['Reason', probe.reason],
      ['Asked', html`<${Time} at=${probe.requestedAt} digits=${0} />`],
      ['Ended', probe.endedAt && html`<${Time} at=${probe.endedAt} digits=${0} />`],
      ['Target', probe.target],
      ['For', plural(probe.seconds, 'second')],
      ['Arguments', probe.arguments ? 'values, redacted' : 'types and sizes'],
    ]}
  />
</div>`;

const Jvm = ({ of }) => html`
  ${of.service}
  <span class="muted small block">${of.pod ?? of.host ?? short(of.agent)}</span>
`;

const restored = (agent) =>
  agent.restored === undefined
    ? null
    : agent.restored
      ? 'its classes are restored'
      : 'its classes are NOT restored: restart this JVM';

const AGENTS = [
  { name: 'jvm', label: 'JVM', className: 'first', cell: (each) => html`<${Jvm} of=${each} />` },
  { name: 'state', label: 'State', className: 'fit first', cell: (each) => each.state },
  {
    name: 'why',
    label: 'Reason, and probed methods',
    className: 'grow what',
    cell: (each) => html`
      <span class="wrap">${each.reason}</span>
      ${each.methods?.map(
        (method) => html`<code key=${method} class="block clip2">${method}</code>`,
      )}
      ${each.notes?.map((note) => html`<span key=${note} class="muted small block">${note}</span>`)}
      ${restored(each) && html`<span class="small block">${restored(each)}</span>`}
    `,
  },
  {
    name: 'calls',
    label: 'Calls',
    className: 'named',
    cell: (each) => html`
      ${count(each.recorded ?? 0)}
      ${
        each.skipped > 0 &&
        html`<span class="muted small block">and ${count(each.skipped)} only counted</span>`
      }
      ${each.lost > 0 && html`<span class="muted small block">${count(each.lost)} lost</span>`}
    `,
  },
];

const CALLS = [
  {
    name: 'time',
    label: 'Begun (UTC)',
    className: 'fit first',
    cell: (call) => html`<${Time} at=${call.at} />`,
  },
  { name: 'jvm', label: 'JVM', className: 'first', cell: (call) => html`<${Jvm} of=${call} />` },
  {
    name: 'call',
    label: 'Call',
    className: 'grow what',
    cell: (call) => html`
      <code class="wrap">${call.method}</code>
      ${call.arguments.map(
        (argument, i) => html`<span key=${i} class="wrap small block">${argument}</span>`,
      )}
      ${
        call.stack.length > 0 &&
        html`<details>
          <summary class="small">Stack</summary>
          <pre class="value">${call.stack.join('\n')}</pre>
        </details>`
      }
    `,
  },
  {
    name: 'outcome',
    label: 'Outcome',
    className: 'named',
    cell: (call) => html`
      ${call.thrown ? html`threw <${Dotted} text=${call.thrown} />` : 'returned'}
      <span class="muted small block">${(call.nanos / NANOS_PER_MILLI).toFixed(3)} ms</span>
    `,
  },
  {
    name: 'thread',
    label: 'Thread, request',
    className: 'mono named',
    cell: (call) => html`
      <span class="clip" title=${call.thread}>${call.thread}</span>
      ${call.request && html`<span class="muted small block clip">${call.request}</span>`}
    `,
  },
];
