// One group of alerts: its alerts, what was decided about it and by whom, and deciding.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { alerts } from '../api.js';
import { Loaded } from '../loaded.js';
import { Pages } from '../paged.js';
import { AlertLevel, Empty, Fields, GroupLevel, Head, Level } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { go, href } from '../router.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { count, plural } from '../words.js';
import { rowsOfRule } from './alert.js';
import { NextSteps, standingOf } from './next-steps.js';
import {
  ACKNOWLEDGE,
  FALSE_POSITIVE,
  HeldBy,
  REOPEN,
  RESOLVE,
  requestOf,
  subjectOf,
} from './alerts.js';

const PAGE = 50;

export const AlertGroup = ({ id, user }) => html`<${Loaded}
  of=${id}
  what="alerts"
  load=${(signal) => alerts.group(id, signal)}
  every=${10000}
>
  ${(group, reload) => html`<${Open} group=${group} user=${user} reload=${reload} />`}
<//>`;

class Open extends Component {
  /** Does it, and shows what the group is then, or why it could not be done. */
  act = async (action) => {
    let done = true;
    try {
      await action();
      this.setState({ problem: null });
    } catch (problem) {
      this.setState({ problem });
      done = false;
    }
    this.props.reload();
    return done;
  };

  decide = (change) =>
    this.act(() =>
      alerts.decideGroup(this.props.group.id, { ...change, version: this.props.group.version }),
    );

  /** Decides about one of the alerts. */
  decideOne = (alert, change) =>
    this.act(() => alerts.decide(alert.id, { ...change, version: alert.version }));

  entered = (change) => async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (await this.decide(change(form.elements))) form.reset();
  };

  render({ group, user }, { problem }) {
    const may = user.role !== 'viewer';
    return html`<article class="stack">
      <${Head} title=${group.title}>
        ${may && html`<${Buttons} group=${group} decide=${this.decide} />`}${' '}
        ${
          group.evidence &&
          html`<a class="button primary" href=${href(['evidence', group.evidence])}>
            Open the evidence
          </a>`
        }
      <//>
      <p class="lede">
        <${GroupLevel} group=${group} /> in <b>${group.service ?? 'no known service'}</b>, ${' '}
        ${plural(group.count, 'alert')}, the last one at <${Time} at=${group.lastSeen} />
        ${
          group.request &&
          html`
            , ${group.count > 1 && 'the first one '}on the thread of <code>${group.request}</code>
          `
        }
      </p>
      <p id="standing"><b class="wrap">${standingOf(group)}</b></p>
      <${NextSteps} of=${group} rule=${gravestRule(group)} user=${user} />
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      ${group.mutes.map((mute) => html`<${MutedNote} key=${mute.id} mute=${mute} />`)}
      <${Members} group=${group} may=${may} decideOne=${this.decideOne} />
      <div class="columns">
        <${About} group=${group} may=${may} decide=${this.decide} entered=${this.entered} />
        <${History} group=${group} may=${may} entered=${this.entered} />
      </div>
      ${
        may &&
        group.service &&
        html`<${MuteForm} group=${group} act=${this.act} />`
      }
    </article>`;
  }
}

const Buttons = ({ group, decide }) =>
  group.state === 'resolved' || group.state === 'false-positive'
    ? html`<button type="button" onClick=${() => decide(REOPEN)}>
      Reopen
    </button>`
    : html`<span class="buttons">
      ${
        group.state === 'open' &&
        html`<button type="button" onClick=${() => decide(ACKNOWLEDGE)}>
          Acknowledge
        </button>`
      }${' '}
      <button type="button" onClick=${() => decide(RESOLVE)}>
        Resolve
      </button>${' '}
      <button type="button" onClick=${() => decide(FALSE_POSITIVE)}>
        False positive
      </button>
    </span>`;

const MutedNote = ({ mute }) => html`<p class="note note-quiet">
  The rule <code>${mute.rule}</code> is muted until <${Time} at=${mute.until} digits=${0} />
  ${' '}by ${mute.by}: ${mute.reason}. <a href=${href(['alerts', 'mutes'])}>All mutes</a>
</p>`;

const Members = ({ group, may, decideOne }) => html`<section>
  <h2>
    Alerts${' '}
    ${
      group.count > group.alerts.length &&
      html`<span class="muted">the newest ${count(group.alerts.length)} are listed</span>`
    }
  </h2>
  <${Pages} of="alerts" rows=${group.alerts} size=${PAGE}>
    ${(some) => html`<${Table}
      label="Alerts of the group"
      className="table-compact"
      columns=${may ? [...COLUMNS, decision(decideOne)] : COLUMNS}
      rows=${some}
      rowKey=${(alert) => alert.id}
      onOpen=${(alert) => go(['alerts', alert.id])}
    />`}
  <//>
</section>`;

const COLUMNS = [
  {
    name: 'level',
    label: 'Level',
    className: 'fit first',
    cell: (alert) => html`<${AlertLevel} alert=${alert} />`,
  },
  {
    name: 'title',
    label: 'What',
    className: 'what',
    cell: (alert) => html`
      <a href=${href(['alerts', alert.id])}>${alert.title}</a>
      ${
        subjectOf(alert) &&
        html`<code class="block clip" title=${String(subjectOf(alert))}>
          ${String(subjectOf(alert))}
        </code>`
      }
    `,
  },
  {
    name: 'time',
    label: 'Time (UTC)',
    className: 'fit first',
    cell: (alert) => html`<${Time} at=${alert.time} />`,
  },
  {
    name: 'request',
    label: 'Request',
    className: 'mono',
    cell: (alert) => requestOf(alert) ?? html`<span class="muted absent">–</span>`,
  },
  {
    name: 'state',
    label: 'State',
    className: 'fit',
    cell: (alert) => html`
      ${alert.state}
      ${alert.muted && html`<span class="muted small block">muted</span>`}
    `,
  },
];

const decision = (decideOne) => ({
  name: 'actions',
  label: 'Decide',
  className: 'fit',
  cell: (alert) =>
    alert.state === 'false-positive'
      ? html`<button
        type="button"
        class="small plain"
        aria-label=${`Open again: ${alert.title}`}
        onClick=${() => decideOne(alert, REOPEN)}
      >
        Reopen
      </button>`
      : html`<button
        type="button"
        class="small plain"
        aria-label=${`False positive: ${alert.title}`}
        onClick=${() => decideOne(alert, FALSE_POSITIVE)}
      >
        False positive
      </button>`,
});

const About = ({ group, may, decide, entered }) => html`<section class="panel">
  <h2>About</h2>
  <${Fields}
    label="Group"
    of=${[
      ['State', group.state],
      ['Assignee', group.assignee ?? 'nobody'],
      ['First', html`<${Time} at=${group.firstSeen} />`],
      ['Source', group.source],
      [
        'Agent',
        group.agent &&
          html`<a href=${href(['fleet', group.agent, 'journal'])}>
            <code>${group.agent}</code>
          </a>`,
      ],
      ['Pod', group.pod],
      ['Evidence', html`<${HeldBy} group=${group} />`],
    ]}
  />
  <h3>Rules</h3>
  <ul class="plain-list">
    ${group.titles.map(
      (match) => html`<li key=${match.alert + match.level}>
        <${Level} level=${match.level} /> ${match.title}${match.count > 1 && ` × ${match.count}`}
        ${' '}
        <a class="small" href=${ruleOf(group, match.rule)}>
          <code class="wrap">${match.rule}</code>
        </a>
        ${
          group.evidence &&
          html`
            ${' '}
            <a class="small" href=${rowsOfRule(group.evidence, match.rule)}>rows</a>
          `
        }
      </li>`,
    )}
  </ul>
  ${
    may &&
    html`<form
      class="inline"
      id="assign"
      onSubmit=${entered(({ assignee }) => ({ assignee: assignee.value.trim() }))}
    >
      <label class="field">
        <span>Assign to</span>
        <input name="assignee" required maxlength="500" list="assignees" />
      </label>
      <datalist id="assignees">
        <option value="me"></option>
      </datalist>
      <button type="submit">Assign</button>
      ${
        group.assignee &&
        html`<button type="button" class="plain" onClick=${() => decide({ assignee: '' })}>
          Unassign
        </button>`
      }
    </form>`
  }
</section>`;

/** The rule whose title the group has. */
const gravestRule = ({ title, titles }) =>
  (titles.find((match) => match.title === title) ?? titles[0])?.rule;

/** The rule itself, or of one from outside all its alerts. */
const ruleOf = (group, rule) =>
  group.source === 'whorl' || group.source === 'collector'
    ? href(['rules', rule], { evidence: group.evidence })
    : href(['alerts'], { rule });

const WORDS = {
  state: (text) => html`now <b>${text}</b>`,
  assignee: (text) => (text ? html`assigned to <b>${text}</b>` : 'assigned to nobody'),
  comment: (text) => html`<span class="pre-wrap">${text}</span>`,
};

const History = ({ group, may, entered }) => html`<section class="panel">
  <h2>History</h2>
  ${
    group.acts.length
      ? html`<${Pages} of="acts" rows=${[...group.acts].reverse()} size=${PAGE}>
        ${(some) => html`<ol class="notes" id="acts">
        ${some.map(
          (act) => html`<li key=${act.id}>
            <p class="prose">
              ${WORDS[act.act]?.(act.text) ?? act.text}
              ${
                act.alert &&
                html`
                  ${' '}
                  <a class="small" href=${href(['alerts', act.alert])}>about one alert</a>
                `
              }
            </p>
            <p class="muted small">${act.by}, <${Time} at=${act.at} digits=${0} /></p>
          </li>`,
        )}
        </ol>`}
      <//>`
      : html`<${Empty}>Nothing yet.<//>`
  }
  ${
    may &&
    html`<form
      class="stack"
      id="new-comment"
      onSubmit=${entered(({ comment }) => ({ comment: comment.value.trim() }))}
    >
      <label class="field wide">
        <span>New comment</span>
        <textarea name="comment" rows="2" required maxlength="4000"></textarea>
      </label>
      <div>
        <button type="submit">Comment</button>
      </div>
    </form>`
  }
</section>`;

const LENGTHS = ['1h', '4h', '1d', '7d', '30d'];

const MuteForm = ({ group, act }) => html`<section class="panel">
  <h2>
    Mute a rule in ${group.service}${group.namespace ? ` (${group.namespace})` : ''}
  </h2>
  <p class="muted">
    Lists hide muted alerts, and nobody is notified of them. They are still kept, and still start
    captures.
  </p>
  <form
    class="inline"
    id="new-mute"
    onSubmit=${async (event) => {
      event.preventDefault();
      const form = event.currentTarget;
      const { rule, duration, reason } = form.elements;
      const wanted = {
        rule: rule.value,
        service: group.service,
        namespace: group.namespace,
        duration: duration.value,
        reason: reason.value.trim(),
      };
      if (await act(() => alerts.mute(wanted))) form.reset();
    }}
  >
    <label class="field">
      <span>Rule</span>
      <select name="rule">
        ${rulesOf(group).map(
          ([rule, title]) => html`<option key=${rule} value=${rule}>
            ${title}
          </option>`,
        )}
      </select>
    </label>
    <label class="field">
      <span>For</span>
      <select name="duration">
        ${LENGTHS.map((each) => html`<option key=${each} value=${each}>
          ${each}
        </option>`)}
      </select>
    </label>
    <label class="field wide">
      <span>Reason</span>
      <input name="reason" required maxlength="500" />
    </label>
    <button type="submit">Mute</button>
  </form>
</section>`;

const rulesOf = (group) => [...new Map(group.titles.map((match) => [match.rule, match.title]))];
