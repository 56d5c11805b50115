// Hunts: one question to all JVMs. The form asks; the list has those of the last month.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { hunts } from '../api.js';
import { Paged } from '../paged.js';
import { Head, HuntState } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { go, href } from '../router.js';
import { ServiceList } from '../suggest.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { count } from '../words.js';

const KINDS = [
  ['class', 'Is this class loaded?'],
  ['rule', 'Which events match a rule?'],
  ['connection', 'Is there a connection to this address?'],
  ['registration', 'Is a component like this registered?'],
  ['library', 'Is this library loaded?'],
];

const REGISTRATIONS = [
  'filter',
  'servlet',
  'valve',
  'listener',
  'web-socket',
  'handler',
  'spring-mapping',
  'spring-interceptor',
  'thread',
];

const WINDOWS = [
  ['', 'any time'],
  ['1m', 'the last minute'],
  ['10m', 'the last 10 minutes'],
  ['1h', 'the last hour'],
];

const LATER = [
  ['', 'no'],
  ['5m', 'for 5 minutes'],
  ['1h', 'for an hour'],
];

const RULE =
  'title: …\nlogsource: {product: jvm, category: process_creation}\n' +
  'detection: {a: {command|contains: curl}, condition: a}';

export const Hunts = ({ query, user }) => html`<section class="stack">
  <${Head} title="Hunts">
    <a href=${href(['probes'])}>method probes</a>
  <//>
  ${user.role !== 'viewer' && html`<${NewHunt} asked=${query} />`}
  <${Paged}
    of="hunts"
    load=${hunts.list}
    items="hunts"
    cursor=${query.cursor}
    limit=${50}
    every=${5000}
    what="hunts"
    empty="No hunt yet. A hunt asks all JVMs one question; each answers from the data it has."
  >
    ${(rows) => html`<${Table}
      label="Hunts"
      className="table-compact"
      columns=${COLUMNS}
      rows=${rows}
      rowKey=${(hunt) => hunt.id}
      onOpen=${(hunt) => go(['hunts', hunt.id])}
    />`}
  <//>
</section>`;

/** What a link to here asks for: `class`, `sha256`, `address`, `rule` or `registration`. */
const kindOf = (asked) =>
  asked.rule
    ? 'rule'
    : asked.address
      ? 'connection'
      : asked.registration
        ? 'registration'
        : asked.library
          ? 'library'
          : 'class';

class NewHunt extends Component {
  constructor({ asked }) {
    super();
    this.state = { kind: kindOf(asked) };
  }

  submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget.elements;
    const value = (name) => form[name]?.value.trim() || undefined;
    this.setState({ busy: true, problem: null });
    try {
      const hunt = await hunts.start({
        ...question(this.state.kind, value),
        target: value('service') ? { service: value('service') } : undefined,
        window: value('window'),
        expires: value('expires'),
        reason: value('reason'),
      });
      go(['hunts', hunt.id]);
    } catch (problem) {
      this.setState({ problem, busy: false });
    }
  };

  render({ asked }, { kind, busy, problem }) {
    return html`<form class="panel" id="new-hunt" onSubmit=${this.submit}>
      <h2>Ask all JVMs</h2>
      <div class="filters">
        <label class="field wide">
          <span>Question</span>
          <select
            name="kind"
            onChange=${(event) => this.setState({ kind: event.currentTarget.value })}
          >
            ${KINDS.map(
              ([name, text]) => html`<option key=${name} value=${name} selected=${name === kind}>
                ${text}
              </option>`,
            )}
          </select>
        </label>
        ${fieldsOf(kind, asked)}
      </div>
      <div class="filters">
        <${Text} name="service" label="Only of service" list="hunt-services" hint="all" />
        <${ServiceList} id="hunt-services" />
        ${
          (kind === 'rule' || kind === 'connection') &&
          html`<${Select} name="window" label="Events of" options=${WINDOWS} />`
        }
        <${Select} name="expires" label="Also ask JVMs that connect later" options=${LATER} />
        <${Text} name="reason" label="Reason, for custody" wide />
        <button type="submit" class="primary" disabled=${busy}>
          Hunt
        </button>
      </div>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </form>`;
  }
}

/** `type` is `number` for a port. */
const Text = ({ name, label, value, hint, list, wide, required, type }) => html`<label
  class=${'field' + (wide ? ' wide' : '')}
>
  <span>${label}</span>
  <input
    name=${name}
    type=${type ?? 'text'}
    min=${type && 1}
    max=${type && 65535}
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

function fieldsOf(kind, asked) {
  if (kind === 'rule')
    return html`<label class="field wide">
      <span>Sigma rule, or the id of one</span>
      <textarea
        name="rule"
        rows="5"
        required
        placeholder=${RULE}
        defaultValue=${asked.rule ?? ''}
        spellcheck=${false}
      />
    </label>`;
  if (kind === 'class')
    return html`<${Text}
      name="class"
      label="Class name, * for any characters, or SHA-256"
      value=${asked.class ?? asked.sha256}
      hint="com.example.Shell*"
      wide
      required
    />`;
  if (kind === 'library')
    return [
      html`<${Text}
        key="library"
        name="library"
        label="Library"
        value=${asked.library}
        hint="log4j-core"
        required
      />`,
      html`<${Text} key="version" name="version" label="Versions" hint=${'<2.17.1'} />`,
    ];
  if (kind === 'connection')
    return [
      html`<${Text}
        key="address"
        name="address"
        label="Address, network or host"
        value=${asked.address}
        hint="203.0.113.7, 10.0.0.0/8 or *.example.com"
        wide
        required
      />`,
      html`<${Text} key="port" name="port" label="Port" hint="any" type="number" />`,
    ];
  return [
    html`<${Text}
      key="registration"
      name="registration"
      label="Kind"
      value=${asked.registration}
      list="hunt-registrations"
      hint="any"
    />`,
    html`<datalist key="kinds" id="hunt-registrations">
      ${REGISTRATIONS.map((each) => html`<option key=${each} value=${each} />`)}
    </datalist>`,
    html`<${Text} key="of" name="class" label="Class, * for any characters" hint="any" wide />`,
  ];
}

/** The question as the API takes it. */
function question(kind, value) {
  if (kind === 'rule') return { rule: value('rule') };
  if (kind === 'library') return { library: { name: value('library'), version: value('version') } };
  if (kind === 'connection') {
    const end = value('address') ?? '';
    const port = value('port') && Number(value('port'));
    const literal = end.includes(':') || /^[0-9.]+(\/\d+)?$/.test(end);
    return { connection: { [literal ? 'address' : 'host']: end, port } };
  }
  if (kind === 'registration')
    return { registration: { kind: value('registration'), class: value('class') } };
  const text = value('class') ?? '';
  const isDigest = /^[0-9a-f]{64}$/i.test(text);
  return { class: isDigest ? { sha256: text.toLowerCase() } : { name: text } };
}

const COLUMNS = [
  {
    name: 'state',
    label: 'State',
    className: 'fit first',
    cell: (hunt) => html`<${HuntState} state=${hunt.state} />`,
  },
  {
    name: 'asked',
    label: 'Asked (UTC)',
    className: 'fit first',
    cell: (hunt) => html`<${Time} at=${hunt.requestedAt} digits=${0} />`,
  },
  {
    name: 'title',
    label: 'Question',
    className: 'grow what',
    cell: (hunt) => html`
      <a href=${href(['hunts', hunt.id])}>${hunt.title}</a>
      ${hunt.reason && html`<span class="muted small block">${hunt.reason}</span>`}
    `,
  },
  {
    name: 'rows',
    label: 'Rows',
    className: 'fit number named',
    cell: (hunt) => count(hunt.rows),
  },
  { name: 'by', label: 'By', cell: (hunt) => html`<span class="wrap">${hunt.by}</span>` },
];
