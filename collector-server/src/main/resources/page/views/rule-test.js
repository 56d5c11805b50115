// What a rule would have matched: in one piece of evidence, or in all of the last day.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { evidence, rules } from '../api.js';
import { EvidenceLink, Level } from '../parts.js';
import { Pages } from '../paged.js';
import { ProblemNote } from '../problem.js';
import { go, href } from '../router.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { count, plural, short } from '../words.js';

const EVERY = 700;
const SHOWN_EVIDENCE = 20;

/** `of` is a known rule, `{id, set}`, or a function that returns a text, `{rule}`. */
export class RuleTest extends Component {
  state = { newest: [], problem: null, test: null };

  componentDidMount() {
    evidence.list({ limit: SHOWN_EVIDENCE }).then(
      (answer) => this.gone || this.setState({ newest: answer.evidence }),
      () => {}, // the field works without suggestions
    );
  }

  componentWillUnmount() {
    clearTimeout(this.timer);
    this.gone = true;
  }

  start = async (event) => {
    event.preventDefault();
    clearTimeout(this.timer);
    const wanted = event.currentTarget.elements.evidence.value.trim();
    const rule = typeof this.props.of === 'function' ? this.props.of() : this.props.of;
    this.setState({ problem: null, test: null, busy: true });
    try {
      const test = await rules.test({
        ...rule,
        ...(wanted ? { evidence: [wanted] } : { since: '24h' }),
      });
      this.show(test);
    } catch (problem) {
      if (!this.gone) this.setState({ problem, busy: false });
    }
  };

  show(test) {
    if (this.gone) return;
    const busy = test.state === 'running';
    this.setState({ test, busy });
    if (busy) this.timer = setTimeout(this.poll, EVERY);
  }

  poll = async () => {
    try {
      this.show(await rules.tested(this.state.test.id));
    } catch (problem) {
      if (!this.gone) this.setState({ problem, busy: false });
    }
  };

  render({ query }, { newest, problem, test, busy }) {
    return html`<section class="panel" id="rule-test">
      <h2>Test</h2>
      <form class="inline" id="test-rule" onSubmit=${this.start}>
        <label class="field wide">
          <span>Evidence; if empty, the evidence of the last day</span>
          <input
            name="evidence"
            list="test-evidence"
            defaultValue=${query.evidence ?? ''}
            placeholder="the newest 20 pieces of the last day"
            autocomplete="off"
            spellcheck=${false}
          />
        </label>
        <datalist id="test-evidence">
          ${newest.map(
            (one) => html`<option key=${one.id} value=${one.id}>
              ${`${one.service} ${one.sealedAt}`}
            </option>`,
          )}
        </datalist>
        <button type="submit" class="primary" disabled=${busy}>
          Test
        </button>
      </form>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      ${test && html`<${Result} test=${test} />`}
    </section>`;
  }
}

const Result = ({ test }) => html`<div class="stack" id="test-result">
  <p role="status">
    ${
      test.state === 'running'
        ? `Reading: ${test.read} of ${plural(test.evidence, 'piece')} of evidence, `
        : `Read ${plural(test.read, 'piece')} of evidence, `
    }
    ${plural(test.events, 'event')}: <b>${plural(test.matches, 'match', 'matches')}</b>
    ${test.rows.length < test.matches && `, the first ${count(test.rows.length)} are shown`}
  </p>
  ${test.problem && html`<p class="note">${test.problem}</p>`}
  ${
    test.omitted > 0 &&
    html`<p class="note note-quiet">
      ${plural(test.omitted, 'more piece')} of that time ${test.omitted === 1 ? 'is' : 'are'} not
      read: a test reads the newest 20.
    </p>`
  }
  ${
    test.regexGivenUp > 0 &&
    html`<p class="note">
      A regular expression took too long ${plural(test.regexGivenUp, 'time')} and was stopped, which
      counts as no match. Agents do the same.
    </p>`
  }
  ${test.skipped.map(
    (each) => html`<p key=${each.evidence} class="note note-quiet">
      Evidence ${short(each.evidence)} was not read: ${each.why}.
    </p>`,
  )}
  ${
    test.rows.length > 0 &&
    html`<${Pages} of="matches" rows=${test.rows}>
      ${(some) => html`<${Table}
        label="Matches"
        className="table-compact"
        columns=${COLUMNS}
        rows=${some}
        rowKey=${(row) => `${row.row} ${row.rule}`}
        onOpen=${(row) => go(['evidence', row.evidence, 'timeline'], place(row))}
      />`}
    <//>`
  }
</div>`;

/** The row among those around it. */
const place = (row) => ({ around: row.row, span: '2s', row: row.row });

const COLUMNS = [
  {
    name: 'time',
    label: 'Time (UTC)',
    className: 'fit first',
    cell: (row) => html`<a href=${href(['evidence', row.evidence, 'timeline'], place(row))}>
      <${Time} at=${row.time} />
    </a>`,
  },
  {
    name: 'rule',
    label: 'Rule',
    cell: (row) => html`
      <${Level} level=${row.level} /> ${row.title}
      ${row.basedOn && html`<span class="muted small block">${row.basedOn} events</span>`}
    `,
  },
  {
    name: 'what',
    label: 'What',
    className: 'what',
    cell: (row) => html`
      <span class="small">${row.event}</span>
      <code class="block wrap">${row.what}</code>
    `,
  },
  {
    name: 'evidence',
    label: 'Evidence',
    className: 'fit',
    cell: (row) => html`<${EvidenceLink} id=${row.evidence} />`,
  },
];
