// Starting a capture: of whom, of what, and why.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { cases, fleet } from '../api.js';
import { Empty, Head } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { href } from '../router.js';
import { FleetLists } from '../suggest.js';
import { plural, short } from '../words.js';
import { CaptureProgress, ENDED } from './captures.js';

const TARGETS = [
  ['service', 'Service', 'shop'],
  ['pod', 'Pod', 'shop-5d9f-x2x'],
  ['namespace', 'Namespace', 'default'],
  ['container', 'Container id', '12 digits or more'],
  ['agent', 'Agent id', ''],
  ['labels', 'Labels', 'team=checkout,tier=web'],
];
const LISTED = new Set(['service', 'pod', 'namespace', 'agent']);

const ARTIFACTS = [
  ['recording', 'the last minutes, before and after'],
  ['threads', 'stacks and locks'],
  ['classes', 'loaded classes, bytes of those made at run time'],
  ['process', 'command line, environment (masked), mounts'],
  ['network', 'connections, descriptors'],
  ['files', 'times of files, contents of changed ones'],
  ['console', 'what was printed'],
  ['histogram', 'objects by class'],
  ['heap', 'all objects; the application pauses meanwhile'],
];

const PAUSE_MILLIS = 300;
const PODS_NAMED = 5;

/** So many captures are followed at once; the list of captures has all. */
const FOLLOWED = 10;

export class Capture extends Component {
  constructor({ query }) {
    super();
    this.state = {
      wanted: new Set(ARTIFACTS.map(([name]) => name).filter((name) => name !== 'heap')),
      target: Object.fromEntries(TARGETS.map(([name]) => [name, query[name] ?? ''])),
      open: [],
      matching: null,
      started: null,
    };
  }

  componentDidMount() {
    if (this.props.user.role === 'viewer') return;
    this.look();
    cases.list({ state: 'open', limit: 100 }).then(
      (answer) => this.setState({ open: answer.cases }),
      () => {}, // a capture needs no case
    );
  }

  componentWillUnmount() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  typed = (name) => (event) => {
    const target = { ...this.state.target, [name]: event.currentTarget.value };
    this.setState({ target, matching: null });
    clearTimeout(this.timer);
    this.timer = setTimeout(this.look, PAUSE_MILLIS);
  };

  /** Asks which JVMs match what is filled in. */
  look = async () => {
    this.request?.abort();
    const { signal } = (this.request = new AbortController());
    const target = filled(this.state.target);
    if (!Object.keys(target).length) {
      this.setState({ matching: null });
      return;
    }
    try {
      const matching = await fleet.matching(target, signal);
      if (!signal.aborted) this.setState({ matching });
    } catch (problem) {
      if (!signal.aborted) this.setState({ matching: { problem } });
    }
  };

  submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget.elements;
    const target = filled(this.state.target);
    if (target.labels) target.labels = labels(target.labels);
    if (!Object.keys(target).length) {
      this.setState({
        problem: {
          title: 'No target',
          detail:
            'Fill in at least one field of the target. ' +
            'An agent must match every field that you fill in.',
        },
      });
      form.service.focus();
      return;
    }
    this.setState({ busy: true, problem: null });
    const wanted = {
      target,
      artifacts: [...this.state.wanted],
      reason: form.reason.value.trim(),
      force: form.force.checked || undefined,
      case: form.case.value || undefined,
    };
    const asked = JSON.stringify(wanted);
    if (asked !== this.asked)
      [this.asked, this.key] = [asked, crypto.randomUUID?.() ?? String(Math.random())];
    try {
      const started = await fleet.start(wanted, this.key);
      this.setState({ started, into: wanted.case, busy: false });
    } catch (problem) {
      this.setState({ problem, busy: false });
    }
  };

  toggle(name) {
    const wanted = new Set(this.state.wanted);
    if (!wanted.delete(name)) wanted.add(name);
    this.setState({ wanted });
  }

  render({ user }, { wanted, target, matching, open, started, into, busy, problem }) {
    if (user.role === 'viewer') {
      return html`<section>
        <${Head} title="Start a capture" />
        <${Empty}>
          A viewer cannot start captures. Log in with the role responder.
        <//>
      </section>`;
    }
    if (started) {
      return html`<${Started}
        key=${this.key}
        ...${started}
        into=${open.find((one) => one.id === into)}
        onAgain=${() => this.setState({ started: null })}
      />`;
    }
    return html`<section>
      <${Head} title="Start a capture" />
      <form class="capture stack" onSubmit=${this.submit}>
        <${Target} target=${target} typed=${this.typed} matching=${matching} />
        <${Artifacts} wanted=${wanted} onToggle=${(name) => this.toggle(name)} />
        <div class="filters">
          <label class="field wide">
            <span>Reason, for custody</span>
            <input
              name="reason"
              required
              maxlength="500"
              placeholder="odd DNS lookups since 09:30"
            />
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
        </div>
        <label class="check">
          <input type="checkbox" name="force" />
          <span>
            <b>Force</b>${' '}
            <span class="muted small">
              take the heap even if the pause is longer than the limit
            </span>
          </span>
        </label>
        ${problem && html`<${ProblemNote} problem=${problem} />`}
        <div class="actions">
          <button type="submit" class="primary" disabled=${busy || !wanted.size}>
            ${
              busy
                ? 'Requesting…'
                : matching?.agents > 1
                  ? `Start the capture of ${matching.agents} JVMs`
                  : 'Start the capture'
            }
          </button>
          <a href=${href(['captures'])}>all captures</a>
        </div>
      </form>
    </section>`;
  }
}

const Target = ({ target, typed, matching }) => html`<fieldset class="panel">
  <legend>Target</legend>
  <p class="muted small">All connected agents that match every field that you fill in.</p>
  <div class="filters">
    ${TARGETS.map(
      ([name, label, example]) => html`<label key=${name} class="field">
        <span>${label}</span>
        <input
          name=${name}
          value=${target[name]}
          placeholder=${example}
          list=${LISTED.has(name) ? `capture-${name}` : undefined}
          autocomplete="off"
          spellcheck=${false}
          data-search=${name === 'service' ? 'true' : undefined}
          onInput=${typed(name)}
        />
      </label>`,
    )}
    <${FleetLists} prefix="capture" typed=${target} />
  </div>
  <p class="small" role="status" id="matching">
    ${matching && html`<${Matching} ...${matching} />`}
  </p>
</fieldset>`;

/** How many JVMs a capture would ask, before it does. */
const Matching = ({ agents, some, problem }) => {
  if (problem) return html`<span class="warn">▲ ${problem.detail || problem.title}</span>`;
  if (!agents) return html`<span class="warn">▲ No connected JVM matches.</span>`;
  const named = some.slice(0, PODS_NAMED).map((each) => each.pod ?? short(each.id));
  return html`
    <b>${plural(agents, 'JVM')}</b> ${agents === 1 ? 'matches' : 'match'}:${' '}
    <span class="wrap">${named.join(', ')}</span>
    ${agents > named.length && `, and ${plural(agents - named.length, 'other')}`}
  `;
};

const Artifacts = ({ wanted, onToggle }) => html`<fieldset class="panel">
  <legend>Artifacts</legend>
  <div class="checks">
    ${ARTIFACTS.map(
      ([name, what]) => html`<label key=${name} class="check">
        <input
          type="checkbox"
          name=${'artifact-' + name}
          checked=${wanted.has(name)}
          onChange=${() => onToggle(name)}
        />
        <span>
          <b>${name}</b> <span class="muted small">${what}</span>
        </span>
      </label>`,
    )}
  </div>
</fieldset>`;

/** The captures that were started, until the last of them has ended. */
class Started extends Component {
  state = { states: {} };

  heard = (id) => (state) => {
    if (this.state.states[id] !== state)
      this.setState((before) => ({ states: { ...before.states, [id]: state } }));
  };

  render({ captures, skipped = [], into, onAgain }, { states }) {
    const followed = captures.slice(0, FOLLOWED);
    const ended = followed.filter(({ id }) => ENDED.has(states[id])).length;
    return html`<section>
      <${Head} title=${titleOf(followed.map(({ id }) => states[id]))}>
        ${followed.length > 1 && html`<span class="muted">${ended} of ${followed.length}</span>`}
        ${' '}
        <button type="button" onClick=${onAgain}>
          Start another
        </button>
      <//>
      <div class="stack">
        ${
          into &&
          html`<p>
            The evidence is added to this case when it is sealed:${' '}
            <a href=${href(['cases', into.id])}>${into.title}</a>
          </p>`
        }
        ${
          skipped.length > 0 &&
          html`<p class="warn">
            ▲ ${plural(skipped.length, 'JVM')} not captured: ${skipped[0].why}.
          </p>`
        }
        ${followed.map(
          ({ id }) => html`<${CaptureProgress} key=${id} id=${id} onState=${this.heard(id)} />`,
        )}
        ${
          captures.length > followed.length &&
          html`<p>
            ${plural(captures.length - followed.length, 'more capture')}${' '}
            in the <a href=${href(['captures'])}>list of captures</a>.
          </p>`
        }
      </div>
    </section>`;
  }
}

/** What all captures that are followed have come to. */
function titleOf(states) {
  if (!states.every((state) => ENDED.has(state))) return 'Capture under way';
  if (states.every((state) => state === 'sealed')) return 'Capture sealed';
  return states.some((state) => state !== 'failed') ? 'Capture ended' : 'Capture failed';
}

const filled = (target) =>
  Object.fromEntries(
    Object.entries(target)
      .map(([name, value]) => [name, value.trim()])
      .filter(([, value]) => value),
  );

const labels = (text) =>
  Object.fromEntries(
    text
      .split(/[,\s]+/)
      .filter(Boolean)
      .map((pair) => {
        const equals = pair.indexOf('=');
        return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      }),
  );
