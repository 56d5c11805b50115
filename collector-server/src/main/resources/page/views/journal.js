// The journal of a connected agent as it grows: the events that its rules use.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { fleet } from '../api.js';
import { Empty, Head } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { href } from '../router.js';
import { whenSeen } from '../seen.js';
import { count, plural, short } from '../words.js';
import { EventTable, fieldsInWords } from './events.js';

const EVERY = 1000;
const LIMIT = 200;
const KEPT = 500;

export class Journal extends Component {
  state = { events: [], paused: false, dropped: 0, filter: '' };

  componentDidMount() {
    this.poll();
  }

  componentWillUnmount() {
    this.wait?.();
    this.gone = true;
  }

  poll = async () => {
    let behind = false;
    try {
      const answer = await fleet.journal(this.props.id, { since: this.since, limit: LIMIT });
      if (this.gone) return;
      this.since = answer.next ?? this.since;
      behind = answer.events.length === LIMIT;
      this.take(answer.events);
      this.setState({ problem: null, chain: answer.chain });
    } catch (problem) {
      if (this.gone) return;
      this.setState({ problem });
    }
    if (!this.state.paused) this.wait = whenSeen(this.poll, behind ? 0 : EVERY);
  };

  /** Newest first; only the last are kept, and what went is counted. */
  take(fresh) {
    if (!fresh.length) return;
    const all = [...fresh.reverse(), ...this.state.events];
    this.setState({
      events: all.slice(0, KEPT),
      dropped: this.state.dropped + Math.max(0, all.length - KEPT),
    });
  }

  pause = () => {
    const paused = !this.state.paused;
    this.wait?.();
    this.setState({ paused }, () => paused || this.poll());
  };

  render({ id }, { events, paused, dropped, filter, problem, chain }) {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = words.length
      ? events.filter((event) => {
          const text = `${event.type} ${event.thread} ${fieldsInWords(event.fields)}`.toLowerCase();
          return words.every((word) => text.includes(word));
        })
      : events;
    return html`<section>
      <${Head}
        title=${html`
          Live <span class="muted">agent ${short(id)}</span>
        `}
      >
        <a href=${href(['evidence'], { agent: id })}>its evidence</a>
        <button type="button" onClick=${this.pause} aria-pressed=${String(paused)}>
          ${paused ? '▸ Resume' : '❚❚ Pause'}
        </button>
      <//>
      <div class="filters">
        <label class="field">
          <span>Filter what is shown</span>
          <input
            type="search"
            data-search="true"
            value=${filter}
            onInput=${(event) => this.setState({ filter: event.currentTarget.value })}
          />
        </label>
      </div>
      <p class="muted small" role="status">
        ${paused ? 'Paused.' : 'Updated every second.'} ${count(shown.length)} of${' '}
        ${count(events.length)} shown, newest first.
        ${
          dropped > 0 &&
          ` No longer shown here: ${plural(dropped, 'older event')}; the collector keeps them.`
        }
      </p>
      ${
        chain &&
        chain.state !== 'ok' &&
        html`<p class="warn wrap" role="status">
          ▲ ${chain.state}: ${chain.last}. Not received of this agent:${' '}
          ${plural(chain.missed, 'message')}.
        </p>`
      }
      ${problem && html`<${ProblemNote} problem=${problem} />`}${' '}
      ${
        shown.length
          ? html`<${EventTable} label="Journal" events=${shown.slice(0, 200)} />`
          : html`<${Empty}>
            ${
              events.length
                ? 'Nothing matches.'
                : 'Nothing yet. The journal has the events that rules use, not every event.'
            }
          <//>`
      }
    </section>`;
  }
}
