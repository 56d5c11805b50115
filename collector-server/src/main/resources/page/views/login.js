// The way in: a token of the collector, exchanged for a session that scripts cannot read.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { session } from '../api.js';
import { ProblemNote } from '../problem.js';

export class Login extends Component {
  submit = async (event) => {
    event.preventDefault();
    const field = event.currentTarget.elements.token;
    this.setState({ busy: true, problem: null });
    try {
      const user = await session.open(field.value.trim());
      field.value = '';
      this.props.onEntered(user);
    } catch (problem) {
      this.setState({ problem, busy: false });
      field.focus();
    }
  };

  render({ problem: before }, { problem, busy }) {
    const wrong = problem?.status === 401 || problem?.status === 403;
    return html`<main class="login">
      <form onSubmit=${this.submit}>
        <h1>
          <img src="/page/whorl.svg" alt="" width="40" height="40" /> Whorl
        </h1>
        <p class="muted">Evidence from inside the JVM.</p>
        <label class="field">
          <span>Token</span>
          <input
            type="password"
            name="token"
            required
            autocomplete="current-password"
            spellcheck=${false}
            ref=${(field) => field && !busy && !problem && field.focus()}
            aria-invalid=${wrong ? 'true' : undefined}
            aria-describedby="token-where"
          />
        </label>
        <p id="token-where" class="muted small">
          A line of the collector's tokens file, <code>tokens</code> in its data folder. A
          viewer reads; a responder also captures and keeps cases; an admin also purges.
        </p>
        <button type="submit" class="primary" disabled=${busy}>
          ${busy ? 'Logging in…' : 'Log in'}
        </button>
        ${(problem || before) && html`<${ProblemNote} problem=${problem || before} />`}
      </form>
    </main>`;
  }
}
