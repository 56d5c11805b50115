// The way in: the identity provider, if the collector has one, or a token of the collector. Both
// end in a session that scripts cannot read.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { opened, provider, session } from '../api.js';
import { ProblemNote } from '../problem.js';

export class Login extends Component {
  componentDidMount() {
    provider.now().then(
      (found) => this.setState({ provider: found }),
      () => {}, // the token still works, and its answer says what is wrong
    );
  }

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

  render({ problem: before, left }, { problem, busy, provider: found }) {
    const wrong = problem?.status === 401 || problem?.status === 403;
    return html`<main class="login">
      <form onSubmit=${this.submit}>
        <h1>
          <img src="/page/whorl.svg" alt="" width="40" height="40" /> Whorl
        </h1>
        <p class="muted">Evidence from inside the JVM.</p>
        ${found && html`<${WithProvider} provider=${found} left=${left} />`}
        <label class="field">
          <span>Token</span>
          <input
            type="password"
            name="token"
            required
            autocomplete="current-password"
            spellcheck=${false}
            ref=${(field) => field && !busy && !problem && !found && field.focus()}
            aria-invalid=${wrong ? 'true' : undefined}
            aria-describedby="token-where"
          />
        </label>
        <p id="token-where" class="muted small">
          ${
            opened.is()
              ? html`Open the address that <code>whorl open</code> has printed: it has the token.`
              : html`
                A line of the collector's tokens file, <code>tokens</code> in its data folder. A
                viewer reads; a responder also captures and keeps cases; an admin also purges.
              `
          }
        </p>
        <button type="submit" class=${found ? '' : 'primary'} disabled=${busy}>
          ${busy ? 'Logging in…' : found ? 'Log in with the token' : 'Log in'}
        </button>
        ${(problem || before) && html`<${ProblemNote} problem=${problem || before} />`}
      </form>
    </main>`;
  }
}

/** People know the host better than the provider's whole address. */
const host = (address) => new URL(address).host;

const WithProvider = ({ provider: found, left }) => html`<div class="provider">
  <button type="button" class="primary" id="log-in-with" onClick=${() => provider.enter()}>
    Log in with ${host(found.issuer)}
  </button>
  ${
    left &&
    found.logout &&
    html`<p class="small" role="status">
      You are logged out of Whorl, but not of ${host(found.issuer)}.${' '}
      <a href=${found.logout} rel="noreferrer">Log out there too</a>
    </p>`
  }
  <p class="or muted small"><span>or with a token</span></p>
</div>`;
