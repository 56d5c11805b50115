// Cases: evidence that belongs together, with notes, tags and holds.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { cases } from '../api.js';
import { Paged } from '../paged.js';
import { Head, Level, State } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { go, href } from '../router.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { count } from '../words.js';

export const Cases = ({ query, user }) => html`<section class="stack">
  <${Head} title="Cases" />
  ${user.role !== 'viewer' && html`<${NewCase} />`}
  <${Paged}
    of="cases"
    load=${cases.list}
    items="cases"
    cursor=${query.cursor}
    limit=${50}
    what="cases"
    empty="No case yet."
  >
    ${(rows) => html`<${Table}
      label="Cases"
      className="table-compact"
      columns=${COLUMNS}
      rows=${rows}
      rowKey=${(one) => one.id}
      onOpen=${(one) => go(['cases', one.id])}
    />`}
  <//>
</section>`;

class NewCase extends Component {
  submit = async (event) => {
    event.preventDefault();
    const { title, description } = event.currentTarget.elements;
    try {
      const opened = await cases.open(title.value.trim(), description.value.trim());
      go(['cases', opened.id]);
    } catch (problem) {
      this.setState({ problem });
    }
  };

  render(_, { problem }) {
    return html`<form class="panel" id="new-case" onSubmit=${this.submit}>
      <h2>New case</h2>
      <div class="filters">
        <label class="field">
          <span>Title</span>
          <input name="title" required maxlength="200" />
        </label>
        <label class="field wide">
          <span>Description</span>
          <input name="description" maxlength="2000" />
        </label>
        <button type="submit" class="primary">
          Open the case
        </button>
      </div>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </form>`;
  }
}

const COLUMNS = [
  {
    name: 'state',
    label: 'State',
    className: 'fit first',
    cell: (one) => html`<${State} state=${one.state} />`,
  },
  {
    name: 'level',
    label: 'Level',
    className: 'fit first',
    cell: (one) =>
      one.level ? html`<${Level} level=${one.level} />` : html`<span class="muted absent">–</span>`,
  },
  {
    name: 'title',
    label: 'Title',
    className: 'grow what',
    cell: (one) => html`
      <a href=${href(['cases', one.id])}>${one.title}</a>
      ${one.description && html`<span class="muted small block">${one.description}</span>`}
    `,
  },
  {
    name: 'tags',
    label: 'Tags',
    cell: (one) =>
      one.tags.map(
        (tag) => html`<span class="tag" key=${tag}>
          ${tag}
        </span>`,
      ),
  },
  {
    name: 'evidence',
    label: 'Evidence',
    className: 'fit number named',
    cell: (one) => count(one.evidenceCount ?? one.evidence.length),
  },
  {
    name: 'notes',
    label: 'Notes',
    className: 'fit number named',
    cell: (one) => count(one.noteCount ?? one.notes?.length),
  },
  {
    name: 'hold',
    label: 'Hold',
    className: 'fit',
    cell: (one) =>
      one.hold
        ? html`<span class="warn" title=${one.hold.reason}>
          ■ held
        </span>`
        : html`<span class="muted absent">none</span>`,
  },
  {
    name: 'created',
    label: 'Opened (UTC)',
    className: 'fit named',
    cell: (one) => html`
      <${Time} at=${one.createdAt} digits=${0} />
      <span class="muted small block">${one.createdBy}</span>
    `,
  },
];
