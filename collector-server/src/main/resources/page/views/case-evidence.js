// The evidence of a case: what it is, what is added to it, and what people marked in it.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { cases, evidence } from '../api.js';
import { Loaded } from '../loaded.js';
import { Pages } from '../paged.js';
import { Empty, EvidenceLink, GravestLevel, State, titleOf } from '../parts.js';
import { go, href } from '../router.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { short } from '../words.js';
import { KEY_EVENTS } from './evidence/filter.js';
import { MarkChips } from './evidence/marks.js';

export const Evidence = ({ one, may, act }) => html`<section class="panel case-evidence">
  <h2>
    Evidence${' '}
    ${
      one.evidence.length > 0 &&
      html`<a class="small" href=${href(['cases', one.id, 'timeline'], KEY_EVENTS)}>
        timeline of all
      </a>`
    }
  </h2>
  ${
    one.evidence.length
      ? html`<${Pages} of="evidence" rows=${linesOf(one)}>
        ${(some) => html`<${Table}
          label="Evidence of the case"
          className="table-compact"
          columns=${columnsOf(one, may, act)}
          rows=${some}
          rowKey=${(line) => line.id}
          onOpen=${(line) => go(['evidence', line.id])}
        />`}
      <//>`
      : html`<${Empty}>No evidence yet. Search for it below, or add it from its summary.<//>`
  }
  ${may && html`<${AddEvidence} one=${one} act=${act} />`}
</section>`;

/** In a case, from an earlier collector only the ids. */
const linesOf = (one) => {
  const lines = one.lines ?? [];
  const known = new Set(lines.map((line) => line.id));
  return [...lines, ...one.evidence.filter((id) => !known.has(id)).map((id) => ({ id }))];
};

const columnsOf = (one, may, act) => [
  {
    name: 'level',
    label: 'Level',
    className: 'fit first',
    cell: (line) => line.gravest && html`<${GravestLevel} one=${line} />`,
  },
  {
    name: 'what',
    label: 'What',
    className: 'grow what',
    cell: (line) => html`<${EvidenceLink} id=${line.id}>${titleOf(line) ?? line.id}<//>`,
  },
  { name: 'service', label: 'Service', cell: (line) => line.service },
  {
    name: 'jvm',
    label: 'JVM',
    className: 'fit mono small',
    cell: (line) => line.agent && html`<span title=${line.agent}>${short(line.agent)}</span>`,
  },
  {
    name: 'sealed',
    label: 'Sealed (UTC)',
    className: 'fit first',
    cell: (line) => html`<${Time} at=${line.sealedAt} digits=${0} />`,
  },
  {
    name: 'state',
    label: 'State',
    className: 'fit',
    cell: (line) => line.state && html`<${State} state=${line.state} />`,
  },
  ...(may
    ? [
        {
          name: 'take',
          label: 'Remove',
          className: 'fit',
          cell: (line) => html`<button
            type="button"
            class="small plain"
            aria-label=${`remove ${line.id}`}
            onClick=${() => act(() => cases.remove(one.id, line.id))}
          >
            remove
          </button>`,
        },
      ]
    : []),
];

/** Evidence to add, from a list by service, words and time; or by its id. */
class AddEvidence extends Component {
  /** It stays open while evidence is added. */
  opensAtFirst = !this.props.one.evidence.length;

  search = (event) => {
    event.preventDefault();
    const { q, service, from } = event.currentTarget.elements;
    this.setState({
      asked: { q: q.value.trim(), service: service.value.trim(), from: from.value.trim() },
      cursor: undefined,
    });
  };

  byId = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const id = form.elements.evidence.value.trim();
    if (await this.props.act(() => cases.add(this.props.one.id, id))) form.reset();
  };

  render({ one, act }, { asked, cursor }) {
    return html`<details id="add-evidence" open=${this.opensAtFirst}>
      <summary>Add evidence</summary>
      <form class="filters" role="search" onSubmit=${this.search}>
        <label class="field">
          <span>Words</span>
          <input name="q" type="search" placeholder="in titles, rule, reason" />
        </label>
        <label class="field">
          <span>Service</span>
          <input name="service" placeholder="exact name" autocomplete="off" />
        </label>
        <label class="field">
          <span>Sealed since</span>
          <input name="from" placeholder="2h, yesterday, 2026-01-31" autocomplete="off" />
        </label>
        <button type="submit">Search</button>
      </form>
      ${
        asked &&
        html`<${Loaded}
          of=${JSON.stringify([asked, cursor])}
          what="evidence"
          load=${(signal) => evidence.list({ ...asked, cursor, limit: 10 }, signal)}
        >
          ${(answer) => html`<div>
            <ul class="plain-list">
              ${answer.evidence.map(
                (each) => html`<li key=${each.id}>
                  <${GravestLevel} one=${each} />${' '}
                  <${EvidenceLink} id=${each.id}>${titleOf(each)}<//>${' '}
                  ${
                    one.evidence.includes(each.id)
                      ? html`<span class="muted small">in the case</span>`
                      : html`<button
                        type="button"
                        class="small"
                        aria-label=${`add ${each.id}`}
                        onClick=${() => act(() => cases.add(one.id, each.id))}
                      >
                        add
                      </button>`
                  }
                  <span class="muted small block">
                    ${each.service}, <${Time} at=${each.sealedAt} digits=${0} />
                  </span>
                </li>`,
              )}
            </ul>
            ${!answer.evidence.length && html`<${Empty}>No evidence matches.<//>`}
            ${
              answer.next &&
              html`<button
                type="button"
                onClick=${() => this.setState({ cursor: answer.next })}
              >
                Earlier
              </button>`
            }
          </div>`}
        <//>`
      }
      <form class="inline" onSubmit=${this.byId}>
        <label class="field">
          <span>Evidence id</span>
          <input name="evidence" required spellcheck=${false} autocomplete="off" />
        </label>
        <button type="submit">Add</button>
      </form>
    </details>`;
  }
}

const MARKED_ROWS = 50;

/** The rows of the case's evidence that people marked. */
export const Marked = ({ one }) =>
  one.evidence.length > 0 &&
  html`<${Loaded}
    of=${one.evidence.join()}
    what="marked rows"
    instead=${() => null}
    load=${(signal) => cases.timeline(one.id, { marked: true, limit: MARKED_ROWS }, signal)}
  >
    ${({ rows, next }) =>
      rows.length > 0 &&
      html`<section class="panel" id="marked-rows">
        <h2>
          Marked rows${' '}
          ${
            next &&
            html`<a class="small" href=${href(['cases', one.id, 'timeline'], { marked: true })}>
              all
            </a>`
          }
        </h2>
        <ol class="notes">
          ${rows.map(
            (row) => html`<li key=${row['event.id']}>
              <p>
                ${row.star && html`<span class="star">★ </span>`}
                <a href=${rowLink(row['event.id'])}>${row.message ?? row['event.action']}</a>
              </p>
              <${MarkChips} row=${{ tag: row.tag }} />
              ${row.comment && html`<p class="prose pre-wrap">${row.comment}</p>`}
              <p class="muted small">
                ${row['service.name']}, <${Time} at=${row['@timestamp']} /> UTC
              </p>
            </li>`,
          )}
        </ol>
      </section>`}
  <//>`;

/** The address of a row, where its evidence is. */
export const rowLink = (row) =>
  href(['evidence', row.split(':')[0], 'timeline'], { row, around: row, span: '2s' });
