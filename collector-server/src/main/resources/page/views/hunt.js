// One hunt: rows as they come, which JVMs did not answer and why, and captures with one step.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { cases, hunts } from '../api.js';
import { Pages } from '../paged.js';
import { Empty, Fields, Head, HuntState } from '../parts.js';
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

const UNANSWERED = ['unable', 'refused', 'failed', 'silent'];
const LISTED_OF_STATE = 100;
const ANSWERS_AT_ONCE = 1000;

const unanswered = (hunt) =>
  UNANSWERED.reduce((all, state) => all + (hunt.agents[state] ?? 0), 0);

/** What it means that a hunt has no row: only an answer says that there is nothing. */
function nothing(hunt) {
  if (hunt.state === 'running') return 'Nothing yet.';
  const missing = unanswered(hunt);
  const answered = plural(hunt.agents.answered, 'JVM');
  return missing > 0
    ? `Nothing matched in the ${answered} that answered. ${plural(missing, 'JVM')} gave no answer.`
    : `Nothing matched in the ${answered} that answered.`;
}

/** How many of these JVMs gave no answer. */
const silent = (agents) => agents.filter((each) => each.state !== 'answered').length;

export class Hunt extends Component {
  state = { hunt: null, rows: [], agents: [], problem: null };

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
      const hunt = await hunts.show(id);
      const answer = await hunts.rows(id, { cursor: this.cursor, limit: LIMIT });
      const agents = await this.incomplete(hunt);
      if (this.gone) return;
      this.cursor = answer.next;
      this.setState({
        hunt,
        agents,
        rows: [...this.state.rows, ...answer.rows].slice(0, SHOWN),
        problem: null,
      });
      if (answer.more && this.state.rows.length < SHOWN) this.wait = whenSeen(this.poll, 0);
      else if (hunt.state === 'running') this.wait = whenSeen(this.poll, EVERY);
    } catch (problem) {
      if (this.gone) return;
      this.setState({ problem });
      if (problem.status === 0) this.wait = whenSeen(this.poll, 5000);
    }
  };

  /** The JVMs that did not answer, or not completely. */
  async incomplete(hunt) {
    const found = [];
    for (const state of UNANSWERED) {
      if (hunt.agents[state]) {
        const { agents } = await hunts.agents(hunt.id, { state, limit: LISTED_OF_STATE });
        found.push(...agents);
      }
    }
    if (hunt.state !== 'running' && hunt.agents.answered) {
      found.push(...(await this.cutAnswers(hunt.id)));
    }
    return found;
  }

  /** Of all JVMs that answered, those with more than they could say. */
  async cutAnswers(id) {
    const found = [];
    let cursor;
    do {
      const query = { state: 'answered', limit: ANSWERS_AT_ONCE, cursor };
      const { agents, next } = await hunts.agents(id, query);
      found.push(...agents.filter((each) => each.cut));
      cursor = next;
    } while (cursor && !this.gone);
    return found;
  }

  cancel = async () => {
    try {
      await hunts.cancel(this.props.id);
      this.poll();
    } catch (problem) {
      this.setState({ problem });
    }
  };

  render({ user }, { hunt, rows, agents, problem }) {
    if (!hunt) {
      return problem
        ? html`<${ProblemNote} problem=${problem} retry=${this.poll} />`
        : html`<p class="loading" role="status">
          Loading hunt…
        </p>`;
    }
    const may = user.role !== 'viewer';
    return html`<section class="stack">
      <${Head} title=${hunt.title}>
        <a href=${href(['hunts'])}>all hunts</a>
        ${
          may &&
          hunt.state === 'running' &&
          html`<button type="button" onClick=${this.cancel}>
            End the hunt
          </button>`
        }
      <//>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      <${Progress} hunt=${hunt} />
      ${may && rows.length > 0 && html`<${CaptureThese} hunt=${hunt} />`}
      ${
        rows.length
          ? html`<${Pages} of="rows" rows=${rows}>
            ${(some) => html`<${Table}
              label="What was found"
              className="table-compact"
              columns=${ROWS}
              rows=${some}
              rowKey=${(row) => row.number}
            />`}
          <//>`
          : html`<${Empty}>${nothing(hunt)}<//>`
      }
      ${
        hunt.rows > rows.length &&
        html`<p class="muted small">
          ${count(rows.length)} of ${count(hunt.rows)} rows are shown. The command whorl hunts
          shows all.
        </p>`
      }
      ${
        agents.length > 0 &&
        html`
          <h2>No answer, or an incomplete one</h2>
          <${Pages} of="JVMs" rows=${agents}>
            ${(some) => html`<${Table}
              label="No answer, or an incomplete one"
              className="table-compact"
              columns=${AGENTS}
              rows=${some}
              rowKey=${(each) => each.agent}
            />`}
          <//>
          ${
            unanswered(hunt) > silent(agents) &&
            html`<p class="muted small">
              ${count(silent(agents))} of the ${count(unanswered(hunt))} JVMs without an answer are
              listed. The command whorl hunts shows all.
            </p>`
          }
        `
      }
    </section>`;
  }
}

const Progress = ({ hunt }) => {
  const { all, waiting, asked, withRows, answered } = hunt.agents;
  const open = waiting + asked;
  return html`<div class="panel" role="status">
    <p>
      <${HuntState} state=${hunt.state} />${' '}
      ${
        open > 0 &&
        html`<progress aria-label="JVMs that are done" max=${all} value=${all - open}></progress>`
      }${' '}
      ${plural(answered, 'JVM')} of ${count(all)} answered, ${count(withRows)} found something.
      ${open > 0 && ` ${count(open)} did not answer yet.`}
      ${hunt.droppedRows > 0 && ` Not kept: ${plural(hunt.droppedRows, 'row')} above the limit.`}
    </p>
    <${Fields}
      label="Hunt"
      of=${[
        ['By', hunt.by],
        ['Reason', hunt.reason],
        ['Asked', html`<${Time} at=${hunt.requestedAt} digits=${0} />`],
        ['Ended', hunt.endedAt && html`<${Time} at=${hunt.endedAt} digits=${0} />`],
        ['Target', words(hunt.target) || 'all JVMs'],
        ['Window', hunt.windowSeconds > 0 && `the last ${plural(hunt.windowSeconds, 'second')}`],
      ]}
    />
  </div>`;
};

class CaptureThese extends Component {
  state = { open: [] };

  componentDidMount() {
    cases.list({ state: 'open', limit: 50 }).then(
      (answer) => this.setState({ open: answer.cases }),
      () => {}, // the captures work without a case
    );
  }

  submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget.elements;
    this.setState({ busy: true, problem: null });
    try {
      const answer = await hunts.capture(this.props.hunt.id, {
        reason: form.reason.value.trim() || undefined,
        case: form.case.value || undefined,
      });
      this.setState({ answer, busy: false });
    } catch (problem) {
      this.setState({ problem, busy: false });
    }
  };

  render({ hunt }, { open, answer, busy, problem }) {
    if (answer) {
      return html`<p class="panel" role="status">
        <a href=${href(['captures'])}>${plural(answer.captures.length, 'capture')}</a> started.
        ${answer.skipped?.map(
          (each) => html`<span key=${each.agent} class="muted small block">
            ${short(each.agent)}: ${each.why}
          </span>`,
        )}
      </p>`;
    }
    return html`<form class="panel" id="capture-these" onSubmit=${this.submit}>
      <div class="filters">
        <label class="field wide">
          <span>Reason</span>
          <input name="reason" autocomplete="off" placeholder=${`found by a hunt: ${hunt.title}`} />
        </label>
        <label class="field">
          <span>Into case</span>
          <select name="case">
            <option value="">none</option>
            ${open.map(
              (each) => html`<option key=${each.id} value=${each.id}>
                ${each.title}
              </option>`,
            )}
          </select>
        </label>
        <button type="submit" class="primary" disabled=${busy}>
          Capture ${hunt.agents.withRows === 1 ? 'this JVM' : `these ${hunt.agents.withRows} JVMs`}
        </button>
      </div>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </form>`;
  }
}

const words = (fields = {}) =>
  Object.entries(fields)
    .filter(([name]) => name !== 'stack')
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('  ');

const Jvm = ({ of }) => html`
  ${of.service}
  <span class="muted small block">${of.pod ?? of.host ?? short(of.agent)}</span>
`;

const ROWS = [
  {
    name: 'time',
    label: 'Seen (UTC)',
    className: 'fit first',
    cell: (row) => html`<${Time} at=${row.last ?? row.first} digits=${0} />`,
  },
  { name: 'jvm', label: 'JVM', className: 'first', cell: (row) => html`<${Jvm} of=${row} />` },
  {
    name: 'what',
    label: 'What',
    className: 'grow what',
    cell: (row) => html`
      <span class="wrap">${row.what}</span>
      <code class="block clip2" title=${words(row.fields)}>${words(row.fields)}</code>
      ${
        row.fields?.stack &&
        html`<details>
          <summary class="small">Stack</summary>
          <pre class="value">${row.fields.stack.join('\n')}</pre>
        </details>`
      }
    `,
  },
  {
    name: 'thread',
    label: 'Thread, request',
    className: 'mono named',
    cell: (row) => html`
      <span class="clip" title=${row.thread}>${row.thread ?? '–'}</span>
      ${row.request && html`<span class="muted small block clip">${row.request}</span>`}
    `,
  },
];

const AGENTS = [
  { name: 'jvm', label: 'JVM', className: 'first', cell: (each) => html`<${Jvm} of=${each} />` },
  {
    name: 'state',
    label: 'State',
    className: 'fit first',
    cell: (each) => (each.cut ? 'incomplete' : each.state),
  },
  {
    name: 'why',
    label: 'Why',
    className: 'grow what',
    cell: (each) => html`
      <span class="wrap">${each.reason ?? each.cut}</span>
      ${each.notes?.map((note) => html`<span key=${note} class="muted small block">${note}</span>`)}
    `,
  },
];
