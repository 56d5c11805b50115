// A button for what cannot be undone: the first press asks, the second one does it. Escape, or
// leaving the button, takes the first press back.

import { Component } from './lib.js';
import { html } from './html.js';
import { ProblemNote } from './problem.js';

/** `name` is a verb, `of` what it is done to; `act()` does it. */
export class Sure extends Component {
  press = async () => {
    if (!this.state.sure) {
      this.setState({ sure: true, problem: null });
      return;
    }
    this.setState({ sure: false });
    try {
      await this.props.act();
    } catch (problem) {
      this.setState({ problem });
    }
  };

  leave = () => this.state.sure && this.setState({ sure: false });

  escape = (event) => {
    if (event.key !== 'Escape' || !this.state.sure) return;
    event.preventDefault();
    this.leave();
  };

  render({ name, of }, { sure, problem }) {
    const text = sure ? `Really ${name.toLowerCase()}` : name;
    return html`<span>
      <button
        type="button"
        class=${sure ? 'danger' : ''}
        onClick=${this.press}
        onBlur=${this.leave}
        onKeyDown=${this.escape}
        aria-label=${`${text} ${of}`}
      >
        ${text}
      </button>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </span>`;
  }
}
