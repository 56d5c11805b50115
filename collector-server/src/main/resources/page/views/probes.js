// Method probes: calls of one method of an application, recorded for a while. Admins start them.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { probes } from '../api.js';
import { Paged } from '../paged.js';
import { Dotted, Head, HuntState } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { go, href } from '../router.js';
import { ServiceList } from '../suggest.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { count } from '../words.js';

const TIMES = [
  ['60', '1 minute'],
  ['300', '5 minutes'],
  ['600', '10 minutes'],
];

const CALLS = [
  ['100', '100 calls'],
  ['1000', '1,000 calls'],
];

export const Probes = ({ query, user }) => html`<section class="stack">
  <${Head} title="Method probes">
    <a href=${href(['hunts'])}>hunts</a>
  <//>
  ${user.role === 'admin' && html`<${NewProbe} asked=${query} />`}
  <${Paged}
    of="probes"
    load=${probes.list}
    items="probes"
    cursor=${query.cursor}
    limit=${50}
    every=${5000}
    what="probes"
    empty=${
      'No probe yet. An admin can record the calls of a method of an application whose agent has ' +
      'the setting probes=on-request.'
    }
  >
    ${(rows) => html`<${Table}
      label="Method probes"
      className="table-compact"
      columns=${COLUMNS}
      rows=${rows}
      rowKey=${(probe) => probe.id}
      onOpen=${(probe) => go(['probes', probe.id])}
    />`}
  <//>
</section>`;

/** What a link to here asks for: `class`, `method`, `service` or `agent`. */
class NewProbe extends Component {
  submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget.elements;
    const value = (name) => form[name].value.trim() || undefined;
    this.setState({ busy: true, problem: null });
    try {
      const probe = await probes.start({
        target: { service: value('service'), agent: value('agent') },
        class: value('class'),
        method: value('method'),
        seconds: Number(value('seconds')),
        calls: Number(value('calls')),
        arguments: form.withValues.checked,
        stacks: form.stacks.checked,
        await: form.waits.checked,
        reason: value('reason'),
      });
      go(['probes', probe.id]);
    } catch (problem) {
      this.setState({ problem, busy: false });
    }
  };

  render({ asked }, { busy, problem }) {
    return html`<form class="panel" id="new-probe" onSubmit=${this.submit}>
      <h2>Record calls of a method</h2>
      <p class="muted small">
        At most four JVMs change the method, which stops their threads for a moment, and restore
        the class when the probe ends. The custody log keeps who probed what.
      </p>
      <div class="filters">
        <${Text}
          name="class"
          label="Class, exact name"
          value=${asked.class}
          hint="com.example.Orders"
          wide
          required
        />
        <${Text} name="method" label="Method" value=${asked.method} hint="find" required />
        <${Text} name="service" label="Of service" value=${asked.service} list="probe-services" />
        <${ServiceList} id="probe-services" />
        <${Text} name="agent" label="Or of agent" value=${asked.agent} hint="its id" />
      </div>
      <div class="filters">
        <${Select} name="seconds" label="For" options=${TIMES} />
        <${Select} name="calls" label="At most, in each JVM" options=${CALLS} />
        <${Check} name="withValues" label="Values of arguments, redacted" />
        <${Check} name="stacks" label="Stacks" />
        <${Check} name="waits" label="Wait for the class to load" />
        <${Text} name="reason" label="Reason, for custody" wide required />
        <button type="submit" class="primary" disabled=${busy}>
          Probe
        </button>
      </div>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </form>`;
  }
}

const Text = ({ name, label, value, hint, list, wide, required }) => html`<label
  class=${'field' + (wide ? ' wide' : '')}
>
  <span>${label}</span>
  <input
    name=${name}
    defaultValue=${value ?? ''}
    placeholder=${hint}
    list=${list}
    required=${required}
    autocomplete="off"
    spellcheck=${false}
  />
</label>`;

const Select = ({ name, label, options }) => html`<label class="field">
  <span>${label}</span>
  <select name=${name}>
    ${options.map(([value, text]) => html`<option key=${value} value=${value}>${text}</option>`)}
  </select>
</label>`;

const Check = ({ name, label }) => html`<label class="check">
  <input type="checkbox" name=${name} /> ${label}
</label>`;

const COLUMNS = [
  {
    name: 'state',
    label: 'State',
    className: 'fit first',
    cell: (probe) => html`<${HuntState} state=${probe.state} />`,
  },
  {
    name: 'asked',
    label: 'Asked (UTC)',
    className: 'fit first',
    cell: (probe) => html`<${Time} at=${probe.requestedAt} digits=${0} />`,
  },
  {
    name: 'title',
    label: 'Method',
    className: 'grow what',
    cell: (probe) => html`
      <a href=${href(['probes', probe.id])}><${Dotted} text=${probe.title} /></a>
      <span class="muted small block">${probe.reason}</span>
    `,
  },
  {
    name: 'calls',
    label: 'Calls',
    className: 'fit number named',
    cell: (probe) => count(probe.calls),
  },
  { name: 'by', label: 'By', cell: (probe) => html`<span class="wrap">${probe.by}</span>` },
];
