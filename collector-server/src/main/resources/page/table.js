// Tables that keys walk through: j/k or arrows move, Enter opens, Home and End jump. On a narrow
// screen each row becomes a block whose cells carry their column's name (see tables.css).

import { html } from './html.js';

/**
 * Columns are `{name, label, cell(row, above), className?}`; `above` is the row before it. A column
 * without a name shows its head to screen readers alone. `onOpen(row)` makes rows buttons. `keys`
 * has what a key does with the row that has the focus.
 */
export const Table = ({
  label,
  columns,
  rows,
  rowKey,
  onOpen,
  selected,
  rowClass,
  className,
  keys,
}) => {
  const current = rows.some((row) => rowKey(row) === selected)
    ? selected
    : rows.length
      ? rowKey(rows[0])
      : null;
  return html`<div class="table-frame">
    <table
      role="table"
      aria-label=${label}
      class=${'table' + (className ? ' ' + className : '')}
      data-rows="true"
      onKeyDown=${(event) => press(event, rows, rowKey, keys) || walk(event)}
    >
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(
            (column) => html`<th
              key=${column.name}
              role="columnheader"
              scope="col"
              class=${headClass(column.className)}
            >
              ${column.label}
            </th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row, at) => {
          const key = rowKey(row);
          return html`<tr
            key=${key}
            role="row"
            tabIndex=${key === current ? 0 : -1}
            data-key=${key}
            class=${[rowClass?.(row), onOpen && 'opens', key === selected && 'selected']
              .filter(Boolean)
              .join(' ')}
            aria-selected=${onOpen ? String(key === selected) : undefined}
            onClick=${
              onOpen &&
              ((event) =>
                event.target.closest('a, button, input, label') ||
                getSelection().toString() ||
                onOpen(row))
            }
          >
            ${columns.map(
              (column) => html`<td
                key=${column.name}
                role="cell"
                class=${column.className}
                data-label=${column.label}
              >
                ${column.cell(row, rows[at - 1])}
              </td>`,
            )}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
};

/** The classes of a column's head: those for the text of cells do not concern it. */
const headClass = (classes = '') =>
  classes
    .split(' ')
    .filter((each) => !['mono', 'small', 'sans'].includes(each))
    .join(' ') || undefined;

/** Moves the focus to the first row, or on from the row that has it. */
export function walkFirst(table, step) {
  const rows = [...table.tBodies[0].rows];
  const at = rows.indexOf(document.activeElement.closest?.('tr'));
  focus(rows, at < 0 ? 0 : at + step);
}

/** Whether the key does something with the row that has the focus. */
function press(event, rows, rowKey, keys) {
  const key = event.target.closest('tbody tr') === event.target && event.target.dataset.key;
  const act = key && !event.altKey && !event.ctrlKey && !event.metaKey && keys?.[event.key];
  const row = act && rows.find((each) => String(rowKey(each)) === key);
  if (!row) return false;
  event.preventDefault();
  event.stopPropagation();
  act(row);
  return true;
}

function walk(event) {
  if (
    event.target.closest('input, select, textarea') ||
    event.altKey ||
    event.ctrlKey ||
    event.metaKey
  )
    return;
  const row = event.target.closest('tbody tr');
  if (!row) return;
  const rows = [...row.parentElement.rows];
  const at = rows.indexOf(row);
  if (event.key === 'Enter' && event.target === row) {
    const link = row.querySelector('a');
    if (row.classList.contains('opens')) row.click();
    else link?.click();
  } else if (event.key === 'ArrowDown' || event.key === 'j') focus(rows, at + 1);
  else if (event.key === 'ArrowUp' || event.key === 'k') focus(rows, at - 1);
  else if (event.key === 'Home') focus(rows, 0);
  else if (event.key === 'End') focus(rows, rows.length - 1);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function focus(rows, at) {
  const row = rows[Math.max(0, Math.min(at, rows.length - 1))];
  if (!row) return;
  rows.forEach((other) => (other.tabIndex = other === row ? 0 : -1));
  row.focus();
  row.scrollIntoView({ block: 'nearest' });
}
