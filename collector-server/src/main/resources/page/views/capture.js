// Starting a capture: of whom, of what, and why.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { fleet } from '../api.js';
import { Empty, Head } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { href } from '../router.js';
import { CaptureProgress } from './captures.js';

const TARGETS = [
  ['service', 'Service', 'shop'],
  ['pod', 'Pod', 'shop-5d9f-x2x'],
  ['namespace', 'Namespace', 'default'],
  ['container', 'Container id', ''],
  ['agent', 'Agent id', ''],
  ['labels', 'Labels', 'team=checkout,tier=web'],
];

const ARTIFACTS = [
  ['recording', 'the last minutes, before and after'],
  ['threads', 'stacks and locks'],
  ['classes', 'loaded classes, bytes of those made at run time'],
  ['process', 'command line, environment (masked), mounts'],
  ['network', 'connections, descriptors'],
  ['files', 'times of files, contents of changed ones'],
  ['console', 'what was printed'],
  ['histogram', 'objects by class'],
  ['heap', 'all objects: the app stands still while it is taken'],
];

export class Capture extends Component {
  constructor({ query }) {
    super();
    this.state = {
      wanted: new Set(ARTIFACTS.map(([name]) => name).filter((name) => name !== 'heap')),
      target: { ...query },
      started: null,
    };
  }

  submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget.elements;
    const target = {};
    for (const [name] of TARGETS) {
      const value = form[name].value.trim();
      if (value) target[name] = name === 'labels' ? labels(value) : value;
    }
    if (!Object.keys(target).length) {
      this.setState({
        problem: {
          title: 'Nobody is named',
          detail:
            'Fill in at least one field of the target; ' +
            'an agent has to match all that are filled in.',
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
    };
    const asked = JSON.stringify(wanted);
    if (asked !== this.asked)
      [this.asked, this.key] = [asked, crypto.randomUUID?.() ?? String(Math.random())];
    try {
      const { captures } = await fleet.start(wanted, this.key);
      this.setState({ started: captures, busy: false });
    } catch (problem) {
      this.setState({ problem, busy: false });
    }
  };

  toggle(name) {
    const wanted = new Set(this.state.wanted);
    if (!wanted.delete(name)) wanted.add(name);
    this.setState({ wanted });
  }

  render({ user }, { wanted, target, started, busy, problem }) {
    if (user.role === 'viewer') {
      return html`<section>
        <${Head} title="Start a capture" />
        <${Empty}>
          A viewer cannot start captures. Log in with a token of role responder.
        <//>
      </section>`;
    }
    if (started) {
      return html`<section>
        <${Head} title="Capture under way">
          <button type="button" onClick=${() => this.setState({ started: null })}>
            Start another
          </button>
        <//>
        <div class="stack">
          ${started.map(({ id }) => html`<${CaptureProgress} key=${id} id=${id} />`)}
        </div>
      </section>`;
    }
    return html`<section>
      <${Head} title="Start a capture" />
      <form class="capture stack" onSubmit=${this.submit}>
        <${Target} target=${target} />
        <fieldset class="panel">
          <legend>Artifacts</legend>
          <div class="checks">
            ${ARTIFACTS.map(
              ([name, what]) => html`<label key=${name} class="check">
                <input
                  type="checkbox"
                  name=${'artifact-' + name}
                  checked=${wanted.has(name)}
                  onChange=${() => this.toggle(name)}
                />
                <span>
                  <b>${name}</b> <span class="muted small">${what}</span>
                </span>
              </label>`,
            )}
          </div>
        </fieldset>
        <label class="field">
          <span>
            Reason <span class="muted">(goes into custody)</span>
          </span>
          <input
            name="reason"
            required
            maxlength="500"
            placeholder="odd DNS lookups since 09:30"
          />
        </label>
        ${problem && html`<${ProblemNote} problem=${problem} />`}
        <div class="actions">
          <button type="submit" class="primary" disabled=${busy || !wanted.size}>
            ${busy ? 'Asking…' : 'Start the capture'}
          </button>
          <a href=${href(['captures'])}>all captures</a>
        </div>
      </form>
    </section>`;
  }
}

const Target = ({ target }) => html`<fieldset class="panel">
  <legend>Target</legend>
  <p class="muted small">Every connected agent that matches all that is filled in.</p>
  <div class="filters">
    ${TARGETS.map(
      ([name, label, example]) => html`<label key=${name} class="field">
        <span>${label}</span>
        <input
          name=${name}
          defaultValue=${target[name] ?? ''}
          placeholder=${example}
          autocomplete="off"
          spellcheck=${false}
          data-search=${name === 'service' ? 'true' : undefined}
        />
      </label>`,
    )}
  </div>
</fieldset>`;

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
