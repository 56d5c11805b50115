// What a request brings, shown once it is there.

import { Component } from './lib.js';
import { html } from './html.js';
import { ProblemNote } from './problem.js';
import { whenSeen } from './seen.js';

/**
 * Calls `load(signal)` and shows `children(value, reload)`. It loads again when `of` changes, and
 * every `every` milliseconds where that is given, keeping what is shown until the next value is
 * there. `every` may be a function of the value; 0 ends it.
 */
export class Loaded extends Component {
  componentDidMount() {
    this.reload();
  }

  componentDidUpdate(before) {
    if (before.of !== this.props.of) this.reload();
  }

  componentWillUnmount() {
    this.cancel();
    this.request?.abort();
  }

  reload = async () => {
    this.cancel();
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.setState({ loading: true });
    try {
      const value = await this.props.load(request.signal);
      if (request.signal.aborted) return;
      this.setState({ value, problem: null, loading: false });
      this.again(
        typeof this.props.every === 'function' ? this.props.every(value) : this.props.every,
      );
    } catch (problem) {
      if (request.signal.aborted || problem.name === 'AbortError') return;
      if (problem.status === undefined) console.error(problem);
      this.setState({ problem, loading: false });
      this.again(
        problem.retryAfterSeconds
          ? problem.retryAfterSeconds * 1000
          : problem.status === 0
            ? 5000
            : this.props.every && 10000,
      );
    }
  };

  again(millis) {
    if (millis) this.wait = whenSeen(this.reload, millis);
  }

  cancel() {
    this.wait?.();
  }

  render({ children, what, instead }, { value, problem, loading }) {
    const show = Array.isArray(children) ? children[0] : children;
    if (problem && instead) return instead(problem, this.reload);
    if (value === undefined) {
      return problem
        ? html`<${ProblemNote} problem=${problem} retry=${this.reload} />`
        : html`<p class="loading" role="status">
          Loading ${what ?? ''}…
        </p>`;
    }
    return html`<div class="loaded" aria-busy=${loading ? 'true' : 'false'}>
      ${problem && html`<${ProblemNote} problem=${problem} retry=${this.reload} />`}${' '}
      ${show(value, this.reload)}
    </div>`;
  }
}
