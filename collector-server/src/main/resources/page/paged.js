// Lists that the server pages by cursor. The cursor is in the address: the browser's back button is
// the page before, and a page can be linked to.

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
