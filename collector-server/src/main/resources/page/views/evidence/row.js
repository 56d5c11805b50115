// One row of the timeline with all its fields and its stack, and the ways on from it.

import { Component } from '../../lib.js';
import { html } from '../../html.js';
import { cases, evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Fields, Value } from '../../parts.js';
import { ProblemNote } from '../../problem.js';
import { href, refine } from '../../router.js';
import { Time } from '../../time.js';
import { Stack } from '../alert.js';
import { Probing } from '../probing.js';
import { RowMarks, mayMark, toggleStar } from './marks.js';

/** Shown apart, or the same for every row of the evidence. */
const APART = new Set([
  'jvm.fields',
  'jvm.stack_trace',
  'message',
  'event.id',
  'jvm.evidence',
  'jvm.row',
  '@timestamp',
  'service.name',
  'agent.id',
  'host.name',
  'container.id',
  'orchestrator.resource.name',
  'star',
  'tag',
  'comment',
  'pieces',
]);

export class Row extends Component {
  componentDidMount() {
    addEventListener('whorl-escape', this.close);
    addEventListener('keydown', this.press);
  }

  componentWillUnmount() {
    removeEventListener('whorl-escape', this.close);
    removeEventListener('keydown', this.press);
  }

  /** The focus goes from the panel back to the row in the table. */
  close = () => {
    const { row } = this.props;
    const within = this.base?.contains(document.activeElement);
    refine({ row: undefined }, true);
    if (within)
      setTimeout(() => document.querySelector(`tr[data-key="${CSS.escape(row)}"]`)?.focus());
  };

  /** A row of the table that has the focus takes the key before. */
  press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key !== 's' || event.target.closest?.('input, select, textarea')) return;
    event.preventDefault();
    if (mayMark(this.props.user)) toggleStar(this.props.row);
  };

  render({ id, row: wanted, user }) {
    return html`<aside class="row-panel panel" aria-label="Row">
      <div class="head">
        <h3>Row ${numberOf(wanted)}</h3>
        <button type="button" class="plain" aria-label="Close the row" onClick=${this.close}>
          ✕
        </button>
      </div>
      <${Loaded} of=${wanted} what="row" load=${(signal) => load(id, wanted, signal)}>
        ${(row) =>
          row
            ? html`<${Details} id=${id} row=${row} user=${user} />`
            : html`<p class="muted">The timeline has no row ${wanted}.</p>`}
      <//>
    </aside>`;
  }
}

async function load(id, wanted, signal) {
  const { rows } = await evidence.timeline(
    id,
    { where: `jvm.row:eq:${numberOf(wanted)}`, stacks: true, limit: 1 },
    signal,
  );
  return rows[0] ?? null;
}

const numberOf = (row) => row.split(':').pop();

const Details = ({ id, row, user }) => html`<div class="stack">
  <p class="wrap">
    <b>${row.message}</b>
  </p>
  <p class="small">
    <${Time} at=${row['@timestamp']} digits=${9} /> UTC
  </p>
  <${RowMarks} key=${row['event.id']} row=${row['event.id']} user=${user} />
  <${Pivots} id=${id} row=${row} user=${user} />
  <${Fields}
    label="Columns"
    of=${Object.entries(row)
      .filter(([name]) => !APART.has(name))
      .map(([name, value]) => [html`<code>${name}</code>`, html`<${Value} value=${value} />`])}
  />
  <details open>
    <summary>Fields of the event</summary>
    <${Fields}
      label="Fields of the event"
      of=${Object.entries(original(row)).map(([name, value]) => [
        html`<code>${name}</code>`,
        html`<${Value} value=${value} />`,
      ])}
    />
  </details>
  ${
    stackOf(row).length > 0 &&
    html`<details open>
      <summary>Stack</summary>
      <${Probing} user=${user} service=${row['service.name']} agent=${row['agent.id']}>
        ${(probeOf) => html`<${Stack} frames=${stackOf(row)} probeOf=${probeOf} />`}
      <//>
    </details>`
  }${' '}
  ${user.role !== 'viewer' && html`<${Note} id=${id} row=${row['event.id']} />`}
</div>`;

/** Alerts of other systems have rules that are not known here. */
const OWN_SOURCES = [undefined, 'whorl', 'collector'];

const Pivots = ({ id, row, user }) => {
  const to = (query) => href(['evidence', id, 'timeline'], { ...query, row: row['event.id'] });
  const [request, thread] = [row['http.request.id'], row['process.thread.name']];
  const { probe, source } = original(row);
  const [rule, isCall] = [row['rule.id'], row['event.action'] === 'whorl.MethodCall'];
  return html`<div class="pivots" role="group" aria-label="Go on from here">
    ${
      request &&
      html`<a class="button" href=${to({ request })}>
        Same request
      </a>`
    }${' '}
    ${
      thread &&
      html`<a class="button" href=${to({ thread })}>
        Same thread
      </a>`
    }
    <a class="button" href=${to({ around: row['event.id'], span: '2s' })}>
      Around this moment
    </a>
    <a class="button" href=${to({ type: row['event.action'] })}>
      Same type
    </a>
    ${
      row['jvm.class.name'] &&
      html`<a
        class="button"
        href=${href(['evidence', id, 'classes'], {
          q: row['jvm.class.name'],
          class: /^[0-9a-f]{64}$/.test(original(row).sha256 ?? '')
            ? original(row).sha256
            : undefined,
        })}
      >
        The class
      </a>`
    }${' '}
    ${
      row['source.ip'] &&
      html`<a class="button" href=${to({ where: `source.ip:eq:${row['source.ip']}` })}>
        Same address
      </a>`
    }${' '}
    ${
      rule &&
      !user.opened &&
      OWN_SOURCES.includes(source) &&
      html`<a class="button" href=${href(['rules', rule], { evidence: id })}>
        The rule
      </a>`
    }${' '}
    ${
      isCall &&
      probe &&
      !user.opened &&
      html`<a class="button" href=${href(['probes', String(probe)])}>
        The probe
      </a>`
    }
  </div>`;
};

const original = (row) => {
  if (typeof row['jvm.fields'] === 'object' && row['jvm.fields']) return row['jvm.fields'];
  try {
    return JSON.parse(row['jvm.fields'] ?? '{}');
  } catch {
    return { 'jvm.fields': row['jvm.fields'] };
  }
};

const stackOf = (row) => {
  const stack = row['jvm.stack_trace'];
  return Array.isArray(stack)
    ? stack
    : String(stack ?? '')
        .split('\n')
        .filter(Boolean);
};

/** A note about this row, in a case that the evidence is in. */
class Note extends Component {
  submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    try {
      await cases.note(form.elements.case.value, form.elements.text.value.trim(), this.props.row);
      form.reset();
      this.setState({ problem: null, kept: true });
    } catch (problem) {
      this.setState({ problem });
    }
  };

  render({ id }, { problem, kept }) {
    return html`<details>
      <summary>Note in a case</summary>
      <${Loaded}
        of=${id}
        what="cases"
        load=${(signal) => cases.list({ evidence: id, limit: 100 }, signal)}
      >
        ${({ cases: holding }) => {
          if (!holding.length)
            return html`<p class="muted">
              This evidence is in no case; its${' '}
              <a href=${href(['evidence', id])}>summary</a> can add it to one.
            </p>`;
          return html`<form class="stack" onSubmit=${this.submit}>
            <label class="field">
              <span>Case</span>
              <select name="case">
                ${holding.map(
                  (one) => html`<option key=${one.id} value=${one.id}>
                    ${one.title}
                  </option>`,
                )}
              </select>
            </label>
            <label class="field">
              <span>Note</span>
              <textarea name="text" rows="2" required maxlength="4000"></textarea>
            </label>
            <div>
              <button type="submit">Add the note</button>${' '}
              ${
                kept &&
                html`<span class="good" role="status">
                  ✓ saved
                </span>`
              }
            </div>
            ${problem && html`<${ProblemNote} problem=${problem} />`}
          </form>`;
        }}
      <//>
    </details>`;
  }
}
