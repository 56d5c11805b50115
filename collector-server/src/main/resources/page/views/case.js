// One case.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { cases } from '../api.js';
import { Loaded } from '../loaded.js';
import { Pages } from '../paged.js';
import { Empty, Fields, Head, State } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { Time } from '../time.js';
import { count } from '../words.js';
import { Evidence, Marked, rowLink } from './case-evidence.js';

/** What others add meanwhile is shown as well. */
const EVERY = 10_000;

export const Case = ({ id, user }) => html`<${Loaded}
  of=${id}
  what="case"
  every=${EVERY}
  load=${(signal) => cases.show(id, signal)}
>
  ${(one, reload) => html`<${Open} one=${one} user=${user} reload=${reload} />`}
<//>`;

class Open extends Component {
  /** Does it, shows what the case is then, or why it could not be done. */
  act = async (action) => {
    try {
      await action();
      this.setState({ problem: null });
      this.props.reload();
      return true;
    } catch (problem) {
      this.setState({ problem });
      return false;
    }
  };

  entered = (action) => async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (await this.act(() => action(form.elements))) form.reset();
  };

  render({ one, user }, { problem }) {
    const { act, entered } = this;
    const may = user.role !== 'viewer';
    return html`<article class="stack">
      <${Head} title=${one.title}>
        <${State} state=${one.state} />
        ${
          may &&
          html`<button
            type="button"
            onClick=${() =>
              act(() => cases.change(one.id, { state: one.state === 'open' ? 'closed' : 'open' }))}
          >
            ${one.state === 'open' ? 'Close the case' : 'Reopen the case'}
          </button>`
        }
      <//>
      ${one.description && html`<p class="prose">${one.description}</p>`}
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      <${Evidence} one=${one} may=${may} act=${act} />
      <${Marked} one=${one} />
      <div class="columns">
        <${Notes} one=${one} may=${may} entered=${entered} />
        <${About} one=${one} user=${user} act=${act} entered=${entered} />
      </div>
    </article>`;
  }
}

const Notes = ({ one, may, entered }) => {
  const notes = [...(one.notes ?? [])].sort((a, b) => (a.at < b.at ? 1 : -1));
  return html`<section class="panel">
    <h2>Notes</h2>
    ${
      may &&
      html`<form
        class="stack"
        id="new-note"
        onSubmit=${entered(({ text }) => cases.note(one.id, text.value.trim()))}
      >
        <label class="field wide">
          <span>New note</span>
          <textarea name="text" rows="3" required maxlength="4000"></textarea>
        </label>
        <div>
          <button type="submit">Add the note</button>
        </div>
      </form>`
    }
    ${
      notes.length
        ? html`<div>
          <${Pages} of="notes" rows=${notes} size=${50}>
            ${(some) => html`<${NoteList} notes=${some} />`}
          <//>
          ${
            one.noteCount > notes.length &&
            html`<p class="muted small">
              The newest ${count(notes.length)} of ${count(one.noteCount)} notes are shown. The API
              has all.
            </p>`
          }
        </div>`
        : html`<${Empty}>No note yet.<//>`
    }
  </section>`;
};

const NoteList = ({ notes }) => html`<ol class="notes">
  ${notes.map(
    (note) => html`<li key=${note.id}>
      <p class="prose pre-wrap">${note.text}</p>
      <p class="muted small">
        ${note.by}, <${Time} at=${note.at} digits=${0} />
        ${
          note.row &&
          html`
            ${' '}
            · <a href=${rowLink(note.row)}>row ${note.row.split(':').pop()}</a>
          `
        }
      </p>
    </li>`,
  )}
</ol>`;

const About = ({ one, user, act, entered }) => html`<section class="panel">
  <h2>About</h2>
  <${Fields}
    label="Case"
    of=${[
      [
        'Opened',
        html`
          <${Time} at=${one.createdAt} digits=${0} /> by ${one.createdBy}
        `,
      ],
      ['Id', html`<code class="wrap">${one.id}</code>`],
    ]}
  />
  <${Tags} one=${one} may=${user.role !== 'viewer'} act=${act} />
  <${Hold} one=${one} user=${user} act=${act} entered=${entered} />
</section>`;

const Tags = ({ one, may, act }) => html`<div class="tags">
  <h3>Tags</h3>
  <p>
    ${
      one.tags.length
        ? one.tags.map(
            (tag) => html`<span class="tag" key=${tag}>
              ${tag}
              ${
                may &&
                html`
                  ${' '}
                  <button
                    type="button"
                    class="plain small"
                    aria-label=${`Remove tag ${tag}`}
                    onClick=${() => act(() => cases.change(one.id, { removeTags: [tag] }))}
                  >
                    ×
                  </button>
                `
              }
            </span>`,
          )
        : html`<span class="muted">none</span>`
    }
  </p>
  ${
    may &&
    html`<form
      class="inline"
      onSubmit=${async (event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const tag = form.elements.tag.value.trim();
        if (
          one.tags.includes(tag) ||
          (await act(() => cases.change(one.id, { addTags: [tag] })))
        )
          form.reset();
      }}
    >
      <label class="field">
        <span>New tag</span>
        <input name="tag" required maxlength="64" />
      </label>
      <button type="submit">Tag</button>
    </form>`
  }
</div>`;

const Hold = ({ one, user, act, entered }) => html`<div>
  <h3>Hold</h3>
  ${
    one.hold
      ? html`
        <p id="hold">
          <span class="warn">■ Held</span> by <b>${one.hold.by}</b> since${' '}
          <${Time} at=${one.hold.at} digits=${0} />: ${one.hold.reason}
        </p>
        ${
          user.role === 'admin'
            ? html`<button type="button" onClick=${() => act(() => cases.release(one.id))}>
              Release the hold
            </button>`
            : html`<p class="muted small">An admin can release it.</p>`
        }
      `
      : html`
        <p class="muted">Without a hold, retention may purge its evidence.</p>
        ${
          user.role !== 'viewer' &&
          html`<form
            class="inline"
            id="new-hold"
            onSubmit=${entered(({ reason }) => cases.hold(one.id, reason.value.trim()))}
          >
            <label class="field">
              <span>Reason</span>
              <input name="reason" required maxlength="500" />
            </label>
            <button type="submit">Hold</button>
          </form>`
        }
      `
  }
</div>`;
