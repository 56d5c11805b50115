// Words in the rows of all timelines: a search in the background, whose rows come one by one.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { rowSearch } from '../api.js';
import { Pages } from '../paged.js';
import { Choice, Empty, EvidenceLink } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { href } from '../router.js';
import { whenSeen } from '../seen.js';
import { Table } from '../table.js';
import { instant, Time } from '../time.js';
import { count, plural, short } from '../words.js';

const EVERY = 1000;
const LIMIT = 200;
const DAY = 86_400_000;

const DAYS = [
  ['1', 'the last day'],
  ['7', 'the last 7 days'],
  ['30', 'the last 30 days'],
  ['3650', 'all evidence'],
];

const MATCHES = [
  ['words', 'each word, anywhere'],
  ['text', 'the text as it is'],
  ['exact', 'the text, case matters'],
];

export class RowSearch extends Component {
  state = { rows: [], search: null, problem: null, days: '7', match: 'words', service: '' };

  componentDidUpdate(before) {
    if (before.words !== this.props.words) this.leave();
  }

  componentWillUnmount() {
    this.gone = true;
    this.wait?.();
    this.stop();
  }

  /** Leaves the search of other words. */
  leave() {
    this.wait?.();
    this.stop();
    this.run = {};
    this.setState({ rows: [], search: null, problem: null });
  }

  /** Ends the search; if that fails, it ends by itself within a minute. */
  stop() {
    const { search } = this.state;
    return search?.state === 'running'
      ? rowSearch.cancel(search.id).catch(() => {})
      : Promise.resolve();
  }

  cancel = async () => {
    const { run } = this;
    await this.stop();
    if (!this.gone && this.run === run) this.poll(run);
  };

  /** Begins a search, or goes on with what is older. */
  start = async (older) => {
    const run = (this.run = { cursor: undefined });
    const { days, match, service, search: before } = this.state;
    const wanted = older
      ? { match: before.match, since: before.since, service: before.service, cursor: older }
      : {
          match,
          since: instant(Date.now() - Number(days) * DAY),
          service: service.trim() || undefined,
        };
    this.setState({ rows: older ? this.state.rows : [], problem: null, busy: true });
    try {
      const search = await rowSearch.start({ words: this.props.words, ...wanted });
      if (this.gone || this.run !== run) return rowSearch.cancel(search.id).catch(() => {});
      this.setState({ search, busy: false });
      this.poll(run);
    } catch (problem) {
      if (!this.gone && this.run === run) this.setState({ problem, busy: false });
    }
  };

  poll = async (run) => {
    this.wait?.();
    try {
      const { id } = this.state.search;
      const search = await rowSearch.show(id, { cursor: run.cursor, limit: LIMIT });
      if (this.gone || this.run !== run) return;
      run.cursor = search.next;
      this.setState({ search, rows: [...this.state.rows, ...search.rows], problem: null });
      if (search.more) this.wait = whenSeen(() => this.poll(run), 0);
      else if (search.state === 'running') this.wait = whenSeen(() => this.poll(run), EVERY);
    } catch (problem) {
      if (this.gone || this.run !== run) return;
      this.setState({ problem });
      if (problem.status === 0) this.wait = whenSeen(() => this.poll(run), 5000);
    }
  };

  render({ words }, { search, rows, problem, days, match, service, busy }) {
    const running = search?.state === 'running';
    return html`<section class="panel" id="in-timelines">
      <h2>In timelines</h2>
      <form
        class="filters"
        onSubmit=${(event) => {
          event.preventDefault();
          this.start();
        }}
      >
        <${Choice}
          label="Evidence of"
          name="days"
          value=${days}
          options=${DAYS}
          onChange=${(chosen) => this.setState({ days: chosen || '7' })}
        />
        <${Choice}
          label="Match"
          name="match"
          value=${match}
          options=${MATCHES}
          onChange=${(chosen) => this.setState({ match: chosen || 'words' })}
        />
        <label class="field">
          <span>Service</span>
          <input
            name="service"
            value=${service}
            placeholder="any"
            autocomplete="off"
            onInput=${(event) => this.setState({ service: event.currentTarget.value })}
          />
        </label>
        <button type="submit" class="primary" disabled=${busy || running}>
          Search all rows
        </button>
        ${
          running &&
          html`<button type="button" onClick=${this.cancel}>
            Stop
          </button>`
        }
      </form>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      ${search && html`<${Progress} search=${search} rows=${rows.length} />`}
      ${
        rows.length > 0 &&
        html`<${Pages} of="rows" rows=${rows}>
          ${(some) => html`<${Table}
            label=${`Rows with ${words}`}
            columns=${ROWS}
            rows=${some}
            rowKey=${(row) => row.id}
          />`}
        <//>`
      }
      ${
        search &&
        !running &&
        !rows.length &&
        html`<${Empty}>No row of the evidence that was searched has “${words}”.<//>`
      }
      ${search && !running && html`<${Rest} search=${search} onOlder=${this.start} />`}
    </section>`;
  }
}

const Progress = ({ search, rows }) => html`<p role="status">
  ${search.state === 'running' && 'Searching… '}
  ${plural(search.looked, 'piece')} of evidence, ${plural(rows, 'row')}
  ${search.oldest && html`, back to <${Time} at=${search.oldest} digits=${0} /> UTC`}
  ${search.state === 'cancelled' && '; stopped'}.
</p>`;

/** What was not searched, and how to go on. */
const Rest = ({ search, onOlder }) => html`<div class="stack">
  ${search.problem && html`<p class="warn">${search.problem}</p>`}
  ${
    search.withMore.length > 0 &&
    html`<p>
      More rows than are listed match in ${plural(search.withMore.length, 'piece')} of evidence:
      ${search.withMore
        .slice(0, 20)
        .map((id) => html` <${EvidenceLink}
            key=${id}
            id=${id}
            view="timeline"
            query=${search.match === 'words' ? { q: search.words } : undefined}
          >
            ${short(id)}
          <//>`)}
    </p>`
  }
  <${Unread} title="Not searched" pieces=${search.unread} />
  <${Unread} title="Searched in part" pieces=${search.partly} />
  ${
    search.older &&
    html`<p>
      ${search.stopped && `It stopped because ${search.stopped}. `}
      <button type="button" onClick=${() => onOlder(search.older)}>
        Search older evidence
      </button>
    </p>`
  }
</div>`;

const Unread = ({ title, pieces }) =>
  pieces?.length > 0 &&
  html`<details>
    <summary>${title}: ${plural(pieces.length, 'piece')} of evidence</summary>
    <${Table}
      label=${title}
      columns=${UNREAD}
      rows=${pieces.slice(0, 100)}
      rowKey=${(each) => each.id}
    />
    ${pieces.length > 100 && html`<p class="muted">${count(pieces.length - 100)} more.</p>`}
  </details>`;

const UNREAD = [
  {
    name: 'sealed',
    label: 'Sealed (UTC)',
    className: 'fit',
    cell: (each) => html`<${Time} at=${each.sealedAt} digits=${0} />`,
  },
  { name: 'service', label: 'Service', cell: (each) => each.service },
  {
    name: 'evidence',
    label: 'Evidence',
    className: 'mono',
    cell: (each) => html`<${EvidenceLink} id=${each.id}>${short(each.id)}<//>`,
  },
  {
    name: 'why',
    label: 'Why',
    className: 'grow',
    cell: (each) => html`<span class="wrap">${each.why}</span>`,
  },
];

const ROWS = [
  {
    name: 'time',
    label: 'Time (UTC)',
    className: 'fit',
    cell: (row) => html`<a
      href=${href(['evidence', row.evidence, 'timeline'], {
        row: row.id,
        around: row.id,
        span: '2s',
      })}
    >
      <${Time} at=${row.time} />
    </a>`,
  },
  {
    name: 'jvm',
    label: 'JVM',
    cell: (row) => html`${row.service}
      <span class="muted small block">${row.pod ?? short(row.agent)}</span>`,
  },
  { name: 'type', label: 'Type', className: 'mono', cell: (row) => row.type },
  {
    name: 'message',
    label: 'Message',
    className: 'grow',
    cell: (row) => html`<span class="clip2" title=${row.message}>${row.message}</span>
      ${row.excerpt && html`<code class="block clip2" title=${row.excerpt}>${row.excerpt}</code>`}
      ${row.in === 'stack' && html`<span class="muted small block">in its stack</span>`}`,
  },
];
