// Mutes: rules whose alerts are hidden for a time.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { alerts } from '../api.js';
import { Loaded } from '../loaded.js';
import { Pages } from '../paged.js';
import { Empty, Head } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { href } from '../router.js';
import { Table } from '../table.js';
import { Time } from '../time.js';

export class Mutes extends Component {
  end = async (mute, reload) => {
    try {
      await alerts.unmute(mute.id);
      this.setState({ problem: null });
    } catch (problem) {
      this.setState({ problem });
    }
    reload();
  };

  render({ user }, { problem }) {
    const may = user.role !== 'viewer';
    return html`<section>
      <${Head} title="Mutes">
        <a class="small" href=${href(['alerts'])}>alerts</a>
      <//>
      <p class="muted">
        Lists hide the alerts of these rules, and nobody is notified of them. They are still kept,
        and still start captures. To mute a rule, open a group of its alerts.
      </p>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      <${Loaded} of="mutes" what="mutes" load=${(signal) => alerts.mutes({}, signal)}>
        ${({ mutes }, reload) =>
          mutes.length
            ? html`<${Pages} rows=${mutes}>
              ${(some) => html`<${Table}
                label="Mutes"
                columns=${may ? [...COLUMNS, ending((mute) => this.end(mute, reload))] : COLUMNS}
                rows=${some}
                rowKey=${(mute) => mute.id}
              />`}
            <//>`
            : html`<${Empty}>Nothing is muted.<//>`}
      <//>
    </section>`;
  }
}

const COLUMNS = [
  { name: 'reason', label: 'Reason', className: 'grow', cell: (mute) => mute.reason },
  {
    name: 'rule',
    label: 'Rule',
    cell: (mute) => html`<a href=${href(['rules', mute.rule])}>
      <code class="wrap">${mute.rule}</code>
    </a>`,
  },
  {
    name: 'service',
    label: 'Service',
    cell: (mute) => html`
      ${mute.service}
      <span class="muted small block">${mute.namespace ?? 'in every namespace'}</span>
    `,
  },
  {
    name: 'until',
    label: 'Until (UTC)',
    className: 'fit',
    cell: (mute) => html`<${Time} at=${mute.until} digits=${0} />`,
  },
  { name: 'by', label: 'By', cell: (mute) => mute.by },
];

const ending = (end) => ({
  name: 'actions',
  label: 'End',
  className: 'fit',
  cell: (mute) => html`<button
    type="button"
    class="small"
    aria-label=${`End the mute of ${mute.rule}`}
    onClick=${() => end(mute)}
  >
    End now
  </button>`,
});
