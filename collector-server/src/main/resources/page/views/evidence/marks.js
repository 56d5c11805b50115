// Stars, tags and notes on rows. Each person has a mark of their own; all are shown.

import { Component } from '../../lib.js';
import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Pages } from '../../paged.js';
import { ProblemNote } from '../../problem.js';
import { Time } from '../../time.js';
import { plural } from '../../words.js';

const CHANGED = 'whorl-marked';

export const mayMark = (user) => user.role !== 'viewer' && !user.opened;

const placeOf = (row) => {
  const [id, number] = row.split(':');
  return { id, number };
};

/** Keeps the mark, and has what shows marks loaded again. */
async function keep(row, mark) {
  const { id, number } = placeOf(row);
  await evidence.mark(id, number, mark);
  dispatchEvent(new Event(CHANGED));
}

async function load(row, signal) {
  const { id, number } = placeOf(row);
  return (await evidence.marks(id, { row: number }, signal)).marks;
}

/** Gives a row a star, or takes away one's own; `row` is its `event.id`. */
export async function toggleStar(row) {
  try {
    const mine = (await load(row)).find((mark) => mark.mine);
    await keep(row, {
      star: !mine?.star,
      tags: mine?.tags ?? [],
      note: mine?.note,
      version: mine?.version ?? 0,
    });
  } catch (problem) {
    dispatchEvent(new CustomEvent('whorl-mark-problem', { detail: problem }));
  }
}

/** Shows `children(times)` again whenever a mark has changed; and why one could not be kept. */
export class Remarked extends Component {
  componentDidMount() {
    addEventListener(CHANGED, this.changed);
    addEventListener('whorl-mark-problem', this.refused);
  }

  componentWillUnmount() {
    removeEventListener(CHANGED, this.changed);
    removeEventListener('whorl-mark-problem', this.refused);
  }

  changed = () => this.setState(({ times = 0 }) => ({ times: times + 1, problem: null }));

  refused = (event) => this.setState({ problem: event.detail });

  render({ children }, { times = 0, problem }) {
    const show = Array.isArray(children) ? children[0] : children;
    return html`<div>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      ${show(times)}
    </div>`;
  }
}

/** The star of a row in a list; a button for who may give one. */
export const Star = ({ row, user }) => {
  const starred = Boolean(row.star);
  if (!mayMark(user))
    return starred
      ? html`<span class="star" role="img" aria-label="has a star">
        ★
      </span>`
      : '';
  return html`<button
    type="button"
    class="plain star-button"
    tabindex="-1"
    aria-pressed=${String(starred)}
    aria-label=${`Star of row ${row['jvm.row']}`}
    title="Star (S)"
    onClick=${() => toggleStar(row['event.id'])}
  >
    <span aria-hidden="true" class=${starred ? 'star' : 'muted'}>${starred ? '★' : '☆'}</span>
  </button>`;
};

/** Tags and notes of a row in a list. */
export const MarkChips = ({ row }) =>
  row.tag?.length || row.comment
    ? html`<span class="mark-chips">
      ${(row.tag ?? []).map(
        (tag) => html`<span class="tag" key=${tag}>
          ${tag}
        </span>`,
      )}
      ${
        row.comment &&
        html`<span class="tag" title=${row.comment}>
          <span aria-hidden="true">✎ </span>note
        </span>`
      }
    </span>`
    : null;

/** All marks of a row, and the form for one's own. */
export const RowMarks = ({ row, user }) => html`<section class="row-marks" aria-label="Marks">
  <${Remarked}>
    ${(times) => html`<${Loaded}
      of=${row + times}
      what="marks"
      load=${(signal) => load(row, signal)}
    >
      ${(marks) => html`<div class="stack">
        ${marks
          .filter((mark) => !mark.mine || !mayMark(user))
          .map((mark) => html`<${Mark} key=${mark.by} mark=${mark} />`)}
        ${
          mayMark(user) &&
          html`<${Own}
            key=${'own' + (marks.find((mark) => mark.mine)?.version ?? 0)}
            row=${row}
            mine=${marks.find((mark) => mark.mine)}
          />`
        }
      </div>`}
    <//>`}
  <//>
</section>`;

const Mark = ({ mark }) => html`<div class="mark">
  <p>
    ${mark.star && html`<span class="star">★</span>`}${' '}
    ${mark.tags.map(
      (tag) => html`<span class="tag" key=${tag}>
        ${tag}
      </span>`,
    )}
  </p>
  ${mark.note && html`<p class="prose pre-wrap">${mark.note}</p>`}
  <p class="muted small">
    ${mark.by}, <${Time} at=${mark.changedAt} digits=${0} />
  </p>
</div>`;

class Own extends Component {
  submit = async (event) => {
    event.preventDefault();
    const { star, tags, note } = event.currentTarget.elements;
    await this.keep({
      star: star.checked,
      tags: tags.value
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
      note: note.value.trim() || undefined,
    });
  };

  keep = async (mark) => {
    try {
      await keep(this.props.row, { ...mark, version: this.props.mine?.version ?? 0 });
    } catch (problem) {
      this.setState({ problem });
    }
  };

  render({ mine }, { problem }) {
    return html`<details open=${Boolean(mine)}>
      <summary>Your mark</summary>
      <form class="stack" id="own-mark" onSubmit=${this.submit}>
        <label class="check">
          <input type="checkbox" name="star" defaultChecked=${Boolean(mine?.star)} /> Star
        </label>
        <label class="field">
          <span>Tags, separated by commas</span>
          <input
            name="tags"
            defaultValue=${(mine?.tags ?? []).join(', ')}
            maxlength="420"
            autocomplete="off"
          />
        </label>
        <label class="field">
          <span>Note</span>
          <textarea
            name="note"
            rows="3"
            maxlength="4000"
            defaultValue=${mine?.note ?? ''}
          ></textarea>
        </label>
        <div>
          <button type="submit">Save</button>${' '}
          ${
            mine &&
            html`<button type="button" class="plain" onClick=${() => this.keep({})}>
              Remove
            </button>`
          }
        </div>
        ${problem && html`<${ProblemNote} problem=${problem} />`}
      </form>
    </details>`;
  }
}

/** Marks whose rows the timeline does not have any more: what they were on, and what they say. */
export const GoneMarks = ({ id }) => html`<${Loaded}
  of=${id}
  what="marks"
  instead=${() => null}
  load=${(signal) => evidence.marks(id, { limit: 1000 }, signal)}
>
  ${({ marks }) => {
    const gone = marks.filter((mark) => mark.row === null);
    return (
      gone.length > 0 &&
      html`<section class="panel" aria-label="Marks without a row">
        <h3>${plural(gone.length, 'mark')} on rows that no longer exist</h3>
        <p class="muted">
          The evidence was indexed again, and its timeline no longer has these rows.
        </p>
        <${Pages} of="marks" rows=${gone} size=${50}>
          ${(some) => html`<div>
            ${some.map(
              (mark) => html`<div key=${mark.by + mark.at}>
                <p class="wrap"><${Time} at=${mark.time} /> ${mark.type}: ${mark.message}</p>
                <${Mark} mark=${mark} />
              </div>`,
            )}
          </div>`}
        <//>
      </section>`
    );
  }}
<//>`;
