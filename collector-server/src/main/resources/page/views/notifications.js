// Notifications: whether their messages arrive, test messages, and those that were given up.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { notifications } from '../api.js';
import { Loaded } from '../loaded.js';
import { Paged } from '../paged.js';
import { Empty, Head, Level } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { Sure } from '../sure.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { count, plural } from '../words.js';

const EVERY = 10_000;
const NONE =
  'No notifications. Start the collector with --notify FILE; the file names the targets.';
const SIGNS = { ok: '✓', failing: '✕', idle: '○' };
const STYLES = { ok: 'sealed', failing: 'failed', idle: 'requested' };

const mayAct = (user) => user.role === 'responder' || user.role === 'admin';

export class Notifications extends Component {
  state = { changes: 0 };

  changed = () => this.setState({ changes: this.state.changes + 1 });

  render({ query, user }, { changes }) {
    return html`<section class="stack">
      <${Head} title="Notifications">
        <span class="muted small">refreshed every ${EVERY / 1000} s</span>
      <//>
      <${Loaded}
        of=${'notifications ' + changes}
        load=${notifications.list}
        every=${EVERY}
        what="notifications"
      >
        ${(answer) => html`<div>
          ${
            answer.problem &&
            html`<div class="note note-problem" role="alert">
              <p>
                <strong>The newest version of the file is not used</strong>
              </p>
              <p>${answer.problem}</p>
            </div>`
          }
          ${
            answer.notifications.length
              ? html`<${Table}
                label="Notifications"
                className="table-compact"
                columns=${columns(user)}
                rows=${answer.notifications}
                rowKey=${(one) => one.name}
              />`
              : html`<${Empty}>${NONE}<//>`
          }
        </div>`}
      <//>
      ${
        mayAct(user) &&
        html`<${Dead} query=${query} changes=${changes} onChange=${this.changed} />`
      }
    </section>`;
  }
}

const Dead = ({ query, changes, onChange }) => html`<section aria-labelledby="dead-title">
  <h2 id="dead-title">Given up</h2>
  <p class="muted">
    Messages that a target refused, or that could not be delivered for too long. They are kept for
    30 days.
  </p>
  <${Paged}
    of=${'dead ' + changes}
    load=${notifications.dead}
    items="messages"
    cursor=${query.cursor}
    limit=${50}
    what="messages that were given up"
    empty="No message was given up."
  >
    ${(rows) => html`<${Table}
      label="Messages that were given up"
      className="table-compact"
      columns=${deadColumns(onChange)}
      rows=${rows}
      rowKey=${(one) => one.id}
    />`}
  <//>
</section>`;

/** Sends a test message and shows the answer. */
class Test extends Component {
  press = async () => {
    this.setState({ sending: true, outcome: null, problem: null });
    try {
      this.setState({ outcome: await notifications.test(this.props.name) });
    } catch (problem) {
      this.setState({ problem });
    }
    this.setState({ sending: false });
  };

  render({ name }, { sending, outcome, problem }) {
    return html`<span>
      <button
        type="button"
        disabled=${sending}
        onClick=${this.press}
        aria-label=${`Send a test message to ${name}`}
      >
        ${sending ? 'Sending…' : 'Test'}
      </button>
      <span role="status">
        ${
          outcome &&
          html`<span
            class=${'small block wrap state-' + (outcome.delivered ? 'sealed' : 'failed')}
          >
            ${outcome.delivered ? '✓ delivered: ' : '✕ not delivered: '}${outcome.answer}
          </span>`
        }
      </span>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </span>`;
  }
}

/** Tries a message again, or discards it. */
class Decide extends Component {
  act = async (action) => {
    await action(this.props.message.id);
    this.props.onChange();
  };

  retry = () =>
    this.act(notifications.retry).catch((problem) => this.setState({ problem }));

  render({ message }, { problem }) {
    return html`<span>
      <button type="button" onClick=${this.retry} aria-label=${`Try again: ${message.title}`}>
        Try again
      </button>
      ${' '}
      <${Sure}
        name="Discard"
        of=${message.title}
        act=${() => this.act(notifications.discard)}
      />
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </span>`;
  }
}

const columns = (user) =>
  [
    {
      name: 'name',
      label: 'Name',
      className: 'grow what',
      cell: (one) => html`
        ${one.name}
        <span class="muted small block wrap">${one.type} · ${one.target}</span>
      `,
    },
    {
      name: 'filter',
      label: 'About',
      className: 'named',
      cell: (one) => html`<span class="wrap">${about(one)}</span>`,
    },
    {
      name: 'status',
      label: 'Status',
      className: 'first',
      cell: (one) => html`
        <span class=${'state state-' + STYLES[one.status]}>
          <span aria-hidden="true">${SIGNS[one.status]}</span> ${one.status}
        </span>
        ${
          one.status === 'failing' &&
          html`<span class="small block wrap">
            ${one.problem} (<${Time} at=${one.failure} digits=${0} />)
          </span>`
        }
      `,
    },
    {
      name: 'success',
      label: 'Last delivered (UTC)',
      className: 'fit named',
      cell: (one) =>
        one.success
          ? html`<${Time} at=${one.success} digits=${0} />`
          : html`<span class="muted">never</span>`,
    },
    {
      name: 'numbers',
      label: 'Messages',
      cell: (one) => html`
        ${plural(one.delivered, 'message')} delivered
        <span class="muted small block">
          ${count(one.waiting)} waiting, ${count(one.dead)} given up, ${count(one.dropped)} dropped
        </span>
      `,
    },
    mayAct(user) && {
      name: 'test',
      label: 'Test',
      className: 'fit',
      cell: (one) => html`<${Test} key=${one.name} name=${one.name} />`,
    },
  ].filter(Boolean);

const deadColumns = (onChange) => [
  {
    name: 'level',
    label: 'Level',
    className: 'fit first',
    cell: (one) => html`<${Level} level=${one.level} />`,
  },
  {
    name: 'added',
    label: 'Time (UTC)',
    className: 'fit first',
    cell: (one) => html`<${Time} at=${one.added} digits=${0} />`,
  },
  {
    name: 'title',
    label: 'Message',
    className: 'grow what',
    cell: (one) => html`
      <span class="wrap">${one.title}</span>
      ${one.count > 1 && html`<span class="muted small"> × ${one.count}</span>`}
      <span class="muted small block wrap">
        ${one.service && `${one.service}, `}to ${one.notification}
      </span>
    `,
  },
  {
    name: 'problem',
    label: 'Why',
    className: 'named',
    cell: (one) => html`
      <span class="wrap">${one.problem ?? '–'}</span>
      <span class="muted small block">${plural(one.attempts, 'attempt')}</span>
    `,
  },
  {
    name: 'decide',
    label: 'Decide',
    className: 'fit',
    cell: (one) => html`<${Decide} key=${one.id} message=${one} onChange=${onChange} />`,
  },
];

/** What a notification is about, in words. */
function about({ filter, every }) {
  const { kinds, level, services, namespaces, labels, rules } = filter;
  const words = [
    kinds.join(', '),
    level !== 'informational' && `from ${level}`,
    services.length && 'services ' + services.join(', '),
    namespaces.length && 'namespaces ' + namespaces.join(', '),
    ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    rules.length && plural(rules.length, 'rule'),
    every > 0 && `one message of a group in ${every < 120 ? `${every} s` : `${every / 60} min`}`,
  ];
  return words.filter(Boolean).join('; ');
}
