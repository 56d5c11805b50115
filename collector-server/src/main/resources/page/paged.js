// Lists that the server pages by cursor. The cursor is in the address: the browser's back button is
// the page before, and a page can be linked to.

import { Component } from './lib.js';
import { html } from './html.js';
import { Loaded } from './loaded.js';
import { Empty } from './parts.js';
import { refine } from './router.js';
import { count } from './words.js';

/**
 * Loads `load({...query, cursor, limit}, signal)` and shows `children(rows, answer)`. `items` is
 * the rows' name in the answer; `below(answer)` comes below them, also if there are none. Only the
 * first page is loaded again `every` milliseconds: a later one is being read. `empty` is what is
 * shown without rows, or a function of the answer.
 */
export const Paged = ({
  of,
  load,
  items,
  query = {},
  cursor,
  parameter = 'cursor',
  limit = 100,
  every,
  empty,
  below,
  children,
  ...rest
}) => html`<${Loaded}
  of=${JSON.stringify([of, query, cursor])}
  every=${cursor ? 0 : every}
  ...${rest}
  load=${(signal) => load({ ...query, cursor, limit }, signal)}
>
  ${(answer, reload) => {
    const rows = answer[items] ?? [];
    return html`<div>
      ${
        rows.length
          ? children(rows, answer, reload)
          : html`<${Empty}>
            ${typeof empty === 'function' ? empty(answer) : (empty ?? 'Nothing.')}
          <//>`
      }
      ${below?.(answer)}
      <${Pager} rows=${rows} next=${answer.next} cursor=${cursor} parameter=${parameter} />
    </div>`;
  }}
<//>`;

/**
 * Shows rows that are here already in pages of `size`, with `children(rows)`, so that no view draws
 * thousands of them at once. It begins with the page that has the row at `first`.
 */
export class Pages extends Component {
  constructor({ first = 0, size = 100 }) {
    super();
    this.state = { page: Math.max(0, Math.floor(first / size)) };
  }

  render({ rows, size = 100, of, children }, { page }) {
    const show = Array.isArray(children) ? children[0] : children;
    const last = Math.max(0, Math.ceil(rows.length / size) - 1);
    const at = Math.min(page, last);
    const go = (to) => this.setState({ page: to });
    return html`<div>
      ${show(rows.slice(at * size, (at + 1) * size))}
      ${
        last > 0 &&
        html`<nav class="pager" aria-label=${of ? `Pages of ${of}` : 'Pages'}>
          <button type="button" disabled=${at === 0} onClick=${() => go(at - 1)}>
            ‹ Back
          </button>
          <span class="muted" role="status">
            ${count(at * size + 1)} to ${count(Math.min(rows.length, (at + 1) * size))} of${' '}
            ${count(rows.length)}
          </span>
          <button type="button" disabled=${at === last} onClick=${() => go(at + 1)}>
            Next ›
          </button>
        </nav>`
      }
    </div>`;
  }
}

const Pager = ({ rows, next, cursor, parameter }) =>
  next || cursor
    ? html`<nav class="pager" aria-label="Pages">
      <button
        type="button"
        disabled=${!cursor}
        onClick=${() => refine({ [parameter]: undefined })}
      >
        « First
      </button>
      <button type="button" disabled=${!cursor} onClick=${() => history.back()}>
        ‹ Back
      </button>
      <span class="muted">${count(rows.length)} shown</span>
      <button type="button" disabled=${!next} onClick=${() => refine({ [parameter]: next })}>
        Next ›
      </button>
    </nav>`
    : null;
