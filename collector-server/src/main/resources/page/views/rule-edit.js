// Writing rules: checked with line and column, tested, and pushed to agents as a set.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { rules } from '../api.js';
import { Loaded } from '../loaded.js';
import { Pages } from '../paged.js';
import { Fields, Head, Level } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { go, href } from '../router.js';
import { ServiceList } from '../suggest.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { AtAgents, TargetOf } from './rules.js';
import { RuleTest } from './rule-test.js';

const EXAMPLE = `title: Price List Read Outside the Nightly Job
id: ${crypto.randomUUID?.() ?? ''}
level: high
logsource:
  product: jvm
  category: file_event
detection:
  selection:
    event: FileOpen
    path|startswith: '/data/prices/'
  condition: selection
falsepositives:
  - The nightly job
tags:
  - attack.collection
  - attack.t1005
`;

/** A new rule, or one like another. */
export const NewRule = ({ query, user }) =>
  query.from
    ? html`<${Loaded}
      of=${query.from}
      what="rule"
      load=${(signal) => rules.show(query.from, { set: query.set }, signal)}
    >
      ${(rule) => html`<${Editor} text=${copyOf(rule.text ?? '')} query=${{}} user=${user} />`}
    <//>`
    : html`<${Editor} text=${EXAMPLE} query=${query} user=${user} />`;

/** With an id of its own: two rules of one id are refused. */
const copyOf = (text) => text.replace(/^id:.*$/m, `id: ${crypto.randomUUID?.() ?? ''}`);

/** A pushed set: its text, its versions, and what became of it at each agent. */
export const RuleSetView = ({ name, query, user }) => html`<${Loaded}
  of=${JSON.stringify([name, query.version])}
  what="set"
  load=${(signal) => rules.set(name, { version: query.version }, signal)}
>
  ${(set, reload) => html`<article class="stack">
    <${Head} title=${`Set ${set.name}`}>
      <a class="small" href=${href(['rules'], { set: set.name, source: 'pushed' })}>its rules</a>
    <//>
    <${Fields}
      label="Set"
      of=${[
        ['Version', versionOf(set)],
        ['For', html`<${TargetOf} target=${set.target} />`],
        ['Pushed', html`<${Time} at=${set.pushedAt} digits=${0} /> by ${set.pushedBy}`],
        [
          'At agents',
          html`<${AtAgents}
            agents=${{
              active: set.loaded,
              refused: set.refused,
              waiting: set.waiting,
              unsupported: set.unsupported,
            }}
          />`,
        ],
      ]}
    />
    ${
      set.agents.length > 0 &&
      html`<${Pages} of="agents" rows=${set.agents}>
        ${(some) => html`<${Table}
          label="Agents"
          className="table-compact"
          columns=${AGENTS}
          rows=${some}
          rowKey=${(one) => one.agent}
        />`}
      <//>`
    }
    <${Versions} name=${set.name} versions=${set.versions} />
    ${
      user.role === 'viewer'
        ? html`<pre class="value" role="region" tabIndex="0" aria-label="Text of the set">
          ${set.rules}
        </pre>`
        : html`<${Editor}
          key=${set.version}
          text=${set.rules}
          set=${set}
          query=${query}
          user=${user}
          onPushed=${() => (query.version ? go(['rules', 'sets', set.name]) : reload())}
        />`
    }
  </article>`}
<//>`;

const AGENTS = [
  {
    name: 'agent',
    label: 'Agent',
    className: 'first',
    cell: (one) => html`<a href=${href(['fleet', one.agent, 'journal'])}>
      ${one.pod ?? one.host ?? one.agent}
    </a>`,
  },
  { name: 'service', label: 'Service', className: 'first', cell: (one) => one.service },
  {
    name: 'state',
    label: 'State',
    className: 'fit first',
    cell: (one) => one.state,
  },
  {
    name: 'version',
    label: 'Version',
    className: 'fit number named',
    cell: (one) => one.version || '–',
  },
  { name: 'rules', label: 'Rules', className: 'fit number named', cell: (one) => one.rules },
  {
    name: 'problems',
    label: 'Problems',
    className: 'what',
    cell: (one) => html`<span class="wrap small">${one.problems.join('; ')}</span>`,
  },
];

/** Of an earlier version, what to do to go back to it. */
const versionOf = ({ version, versions }) => {
  const newest = versions[0].version;
  return version === newest
    ? version
    : `${version}, not in use: pushing its text makes it version ${newest + 1}`;
};

const Versions = ({ name, versions }) => html`<details>
  <summary>Versions that are kept</summary>
  <${Pages} of="versions" rows=${versions} size=${50}>
    ${(some) => html`<ul>
      ${some.map(
        (one) => html`<li key=${one.version}>
          <a href=${href(['rules', 'sets', name], { version: one.version })}>${one.version}</a>,
          pushed <${Time} at=${one.pushedAt} digits=${0} /> by ${one.pushedBy},
          ${' '}<code class="wrap small">${one.sha256}</code>
        </li>`,
      )}
    </ul>`}
  <//>
</details>`;

/** What is new must not take the place of rules that somebody else has pushed. */
async function refuseTaken(name) {
  const { rules: sets } = await rules.sets();
  if (sets.some((one) => one.name === name))
    throw {
      title: `There is a set ${name}`,
      detail:
        'Choose another name. To change that set, open it under Rules, and push its next version.',
    };
}

class Editor extends Component {
  state = { checked: null, problem: null };

  text = () => this.area.value;

  act = async (action) => {
    this.setState({ problem: null });
    try {
      return await action();
    } catch (problem) {
      this.setState({ problem });
      return null;
    }
  };

  check = () =>
    this.act(async () => {
      const checked = await rules.check(this.text());
      this.setState({ checked });
      return checked;
    });

  /** Puts the cursor where the problem is. */
  show = ({ line, column }) => {
    const lines = this.text().split('\n').slice(0, line - 1);
    const at = lines.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    this.area.focus();
    this.area.setSelectionRange(at, at + 1);
  };

  push = async (event) => {
    event.preventDefault();
    const { name, service, namespace } = event.currentTarget.elements;
    const checked = await this.check();
    if (!checked || checked.problems.length) return;
    const target = this.props.set?.target ?? {
      service: service.value.trim() || undefined,
      namespace: namespace.value.trim() || undefined,
    };
    const wanted = this.props.set?.name ?? name.value.trim();
    await this.act(async () => {
      if (!this.props.set) await refuseTaken(wanted);
      await rules.push(wanted, target, this.text());
      if (this.props.onPushed) this.props.onPushed();
      else go(['rules', 'sets', wanted]);
    });
  };

  remove = () =>
    this.act(async () => {
      await rules.remove(this.props.set.name);
      go(['rules']);
    });

  render({ text, set, query, user }, { checked, problem }) {
    return html`<div class="stack">
      ${!set && html`<${Head} title="Write a rule" />`}
      <section class="panel">
        <label class="field wide">
          <span>Sigma rules, one YAML document for each</span>
          <textarea
            id="rule-editor"
            class="mono"
            rows="18"
            spellcheck=${false}
            defaultValue=${text}
            ref=${(area) => (this.area = area ?? this.area)}
          />
        </label>
        <p>
          <button type="button" id="check-rules" onClick=${this.check}>
            Check
          </button>
        </p>
        ${checked && html`<${Checked} checked=${checked} show=${this.show} />`}
        ${problem && html`<${ProblemNote} problem=${problem} />`}
      </section>
      <${RuleTest} of=${() => ({ rule: this.text() })} query=${query} />
      ${
        user.role === 'admin'
          ? html`<${Push} set=${set} onPush=${this.push} onRemove=${this.remove} />`
          : html`<p class="muted">Only an admin can push rules to agents.</p>`
      }
    </div>`;
  }
}

const Checked = ({ checked, show }) => html`<div id="checked" role="status">
  ${checked.problems.map(
    (each) => html`<p key=${each.message} class="note">
      ${
        each.line &&
        html`<button type="button" class="small" onClick=${() => show(each)}>
          ${`Line ${each.line}, column ${each.column}`}
        </button>`
      }
      ${' '}<span class="wrap">${each.message}</span>
    </p>`,
  )}
  ${checked.warnings.map(
    (line) => html`<p key=${line} class="note note-quiet wrap">${line}</p>`,
  )}
  ${
    checked.rules.length > 0 &&
    html`<p>Agents load:</p>
      <ul class="plain-list">
        ${checked.rules.map(
          (rule) => html`<li key=${rule.id}>
            <${Level} level=${rule.level} /> ${rule.title}${' '}
            <span class="muted small">${rule.events.join(', ')}</span>
          </li>`,
        )}
      </ul>`
  }
</div>`;

const Push = ({ set, onPush, onRemove }) => html`<section class="panel">
  <h2>${set ? 'Push the next version' : 'Push to agents'}</h2>
  <p class="muted">
    Agents use it at once, together with their other rules. Custody records who pushed it.
  </p>
  <form class="inline" id="push-rules" onSubmit=${onPush}>
    ${
      !set &&
      html`
        <label class="field">
          <span>Name of the set</span>
          <input
            name="name"
            required
            pattern="[a-z0-9][a-z0-9._\\-]{0,63}"
            placeholder="prices"
            autocomplete="off"
          />
        </label>
        <label class="field">
          <span>Service</span>
          <input name="service" list="push-services" autocomplete="off" />
        </label>
        <${ServiceList} id="push-services" />
        <label class="field">
          <span>Namespace</span>
          <input name="namespace" autocomplete="off" />
        </label>
      `
    }
    <button type="submit" class="primary">
      Push
    </button>
    ${
      set &&
      html`<details>
        <summary>Remove the set</summary>
        <p class="muted">Copy its text first: the page does not show a set that was removed.</p>
        <button type="button" id="remove-rules" onClick=${onRemove}>
          Remove it from all agents
        </button>
      </details>`
    }
  </form>
</section>`;
