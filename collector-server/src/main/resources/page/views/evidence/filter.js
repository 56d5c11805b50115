// The timeline's filter: what the address says of it, and the fields to change it.

import { html } from '../../html.js';
import { Loaded } from '../../loaded.js';
import { Choice, Search } from '../../parts.js';
import { refine } from '../../router.js';
import { utc, utcAfter } from '../../time.js';
import { count } from '../../words.js';

const PARAMETERS = [
  'q',
  'type',
  'where',
  'thread',
  'request',
  'marked',
  'star',
  'tag',
  'from',
  'to',
  'around',
  'span',
];
const COLUMNS = [
  'event.category',
  'event.dataset',
  'file.path',
  'file.hash.sha256',
  'destination.domain',
  'destination.ip',
  'dns.question.name',
  'process.command_line',
  'process.pid',
  'source.ip',
  'url.path',
  'url.query',
  'user_agent.original',
  'jvm.class.name',
  'jvm.class.loader',
  'rule.name',
  'error.message',
];
const OPERATIONS = [
  ['eq', 'is'],
  ['ne', 'is not'],
  ['contains', 'contains'],
  ['prefix', 'begins with'],
  ['lt', 'is less than'],
  ['gt', 'is more than'],
];
const SPANS = ['500ms', '2s', '10s', '1m', '10m'];

/** The most frequent filters, as buttons. The timeline opens with the first. */
export const KEY_EVENTS = { type: 'whorl.*', where: 'event.action:ne:whorl.ClassLoad' };
const PRESETS = [
  ['Key events', KEY_EVENTS],
  ['Requests', { type: 'whorl.HttpRequest' }],
  ['Commands', { type: 'whorl.Process*' }],
  ['Files', { type: 'whorl.File*' }],
  ['Network', { type: 'whorl.Socket*,whorl.Dns*,whorl.Jndi*' }],
  ['Classes made', { type: 'whorl.ClassDefine' }],
  ['Alerts', { type: 'whorl.Alert,alert.*' }],
  ['File times', { type: 'file.*' }],
  ['Marked', { marked: 'true' }],
  ['Everything', {}],
];

/** The API's parameters in an address's query. */
export const filterOf = (query) =>
  Object.fromEntries(
    PARAMETERS.filter((parameter) => query[parameter]).map((parameter) => [
      parameter,
      query[parameter],
    ]),
  );

const refilter = (changes) => refine({ ...changes, cursor: undefined });
const typesOf = (query) => (query.type ? query.type.split(',') : []);

/** The conditions of `where`, as written: a semicolon behind a backslash separates none. */
const conditionsOf = (query) => (query.where ?? '').match(/(?:\\.|[^;\\])+/gs) ?? [];

/** A value as `where` wants it. */
export const escaped = (value) => value.replace(/[\\;]/g, '\\$&');

/** `load(filter, signal)` gets the types that there are. */
export const Filter = ({ of, load, query }) => html`<div class="filter-bar">
  <div class="filters">
    <${Words} query=${query} />
    <details class="menu">
      <summary>Types${query.type ? ` (${typesOf(query).length})` : ''}</summary>
      <div class="menu-body">
        <${Types} of=${of} load=${load} query=${query} />
      </div>
    </details>
    <details class="menu">
      <summary>More filters</summary>
      <div class="menu-body">
        <${More} query=${query} />
      </div>
    </details>
  </div>
  <${Presets} query=${query} />
  <${Chips} query=${query} />
</div>`;

const Words = ({ query }) => html`<${Search}
  main
  label="Words"
  name="q"
  value=${query.q}
  placeholder="all of them, anywhere in a row"
  onSearch=${(q) => refilter({ q })}
/>`;

const Presets = ({ query }) => html`<div
  class="presets"
  role="group"
  aria-label="Kinds of rows"
>
  ${PRESETS.map(
    ([label, { type, where, marked }]) => html`<button
      key=${label}
      type="button"
      class="small"
      aria-pressed=${String(
        (query.type ?? '') === (type ?? '') &&
          (query.where ?? '') === (where ?? '') &&
          (query.marked ?? '') === (marked ?? ''),
      )}
      onClick=${() => refilter({ type, where, marked })}
    >
      ${label}
    </button>`,
  )}
</div>`;

const Types = ({ of, load, query }) => {
  const { type: _, ...others } = filterOf(query);
  const chosen = typesOf(query);
  const toggle = (type) =>
    refilter({
      type: (chosen.includes(type)
        ? chosen.filter((other) => other !== type)
        : [...chosen, type]
      ).join(','),
    });
  return html`<${Loaded}
    of=${JSON.stringify([of, others])}
    what="types"
    load=${(signal) => load(others, signal)}
  >
    ${({ types }) => html`<div>
      <p>
        <button type="button" class="small" onClick=${() => refilter({ type: undefined })}>
          All types
        </button>
        <button
          type="button"
          class="small"
          onClick=${() =>
            refilter({
              type: types
                .map(({ type }) => type)
                .filter((type) => type !== 'whorl.ClassLoad')
                .join(','),
            })}
        >
          Without class loads
        </button>
      </p>
      <ul class="checks">
        ${types.map(
          ({ type, count: number }) => html`<li key=${type}>
            <label class="check">
              <input
                type="checkbox"
                checked=${chosen.includes(type)}
                onChange=${() => toggle(type)}
              />
              <span class="mono">${type}</span> <span class="muted">${count(number)}</span>
            </label>
          </li>`,
        )}
      </ul>
    </div>`}
  <//>`;
};

const More = ({ query }) => html`<div class="stack">
  <${WhereForm} query=${query} />
  <${TimeForm} query=${query} />
  <${ThreadForm} query=${query} />
  <${MarkForm} query=${query} />
</div>`;

const MarkForm = ({ query }) => html`<div class="filters">
  <${Choice}
    label="Marked"
    name="marked"
    value=${query.star ? 'star' : query.marked ? 'marked' : ''}
    onChange=${(value) =>
      refilter({
        marked: value === 'marked' ? 'true' : undefined,
        star: value === 'star' ? 'true' : undefined,
      })}
    options=${[
      ['', 'all rows'],
      ['marked', 'marked rows'],
      ['star', 'rows with a star'],
    ]}
  />
  <${Search}
    label="Tag"
    name="tag"
    value=${query.tag}
    placeholder="one of these, separated by commas"
    onSearch=${(tag) => refilter({ tag })}
  />
</div>`;

const ThreadForm = ({ query }) => html`<form
  class="filters"
  onSubmit=${(event) => {
    event.preventDefault();
    const { thread, request } = event.currentTarget.elements;
    refilter({ thread: thread.value.trim(), request: request.value.trim() });
  }}
>
  <label class="field">
    <span>Thread</span>
    <input key=${query.thread} name="thread" defaultValue=${query.thread ?? ''} />
  </label>
  <label class="field">
    <span>Request id</span>
    <input key=${query.request} name="request" defaultValue=${query.request ?? ''} />
  </label>
  <button type="submit">Set</button>
</form>`;

const TimeForm = ({ query }) => html`<form
  class="filters"
  onSubmit=${(event) => {
    event.preventDefault();
    const { from, to } = event.currentTarget.elements;
    refilter({
      from: written(from.value),
      to: written(to.value),
      around: undefined,
      span: undefined,
    });
  }}
>
  <label class="field">
    <span>From (UTC)</span>
    <input
      key=${query.from}
      name="from"
      defaultValue=${query.from ? utc(query.from) : ''}
      placeholder="2026-01-31 03:04:05"
    />
  </label>
  <label class="field">
    <span>To (UTC)</span>
    <input key=${query.to} name="to" defaultValue=${query.to ? utc(query.to) : ''} />
  </label>
  <button type="submit">Set</button>
</form>`;

const WhereForm = ({ query }) => html`<form
  class="filters"
  onSubmit=${(event) => {
    event.preventDefault();
    const { column, operation, value } = event.currentTarget.elements;
    refilter({
      where: [
        ...conditionsOf(query),
        `${column.value}:${operation.value}:${escaped(value.value.trim())}`,
      ].join(';'),
    });
  }}
>
  <label class="field">
    <span>Where</span>
    <select name="column">
      ${COLUMNS.map(
        (column) => html`<option key=${column} value=${column}>
          ${column}
        </option>`,
      )}
    </select>
  </label>
  <label class="field">
    <span>How</span>
    <select name="operation">
      ${OPERATIONS.map(
        ([operation, words]) => html`<option key=${operation} value=${operation}>
          ${words}
        </option>`,
      )}
    </select>
  </label>
  <label class="field">
    <span>Value</span>
    <input name="value" required />
  </label>
  <button type="submit">Add</button>
</form>`;

const DAY = /^\d{4}-\d\d-\d\d$/;
const WITH_OFFSET = /(?:Z|[+-]\d\d:\d\d)$/i;

/**
 * `2026-01-31 03:04:05.6` or a day as the API wants it; what is no time is sent as it is, and
 * refused.
 */
const written = (text) => {
  const time = text.trim().replace(' ', 'T');
  if (DAY.test(time)) return `${time}T00:00:00Z`;
  return !time || WITH_OFFSET.test(time) ? time : `${time}Z`;
};

const Chips = ({ query }) => {
  const chips = [
    query.q && ['words', query.q, { q: undefined }],
    ...typesOf(query)
      .slice(0, 6)
      .map((type) => [
        'type',
        type,
        {
          type: typesOf(query)
            .filter((other) => other !== type)
            .join(','),
        },
      ]),
    typesOf(query).length > 6 && [
      'types',
      `${typesOf(query).length - 6} more`,
      { type: undefined },
    ],
    ...conditionsOf(query).map((condition) => [
      'where',
      inWords(condition),
      {
        where: conditionsOf(query)
          .filter((other) => other !== condition)
          .join(';'),
      },
    ]),
    query.thread && ['thread', query.thread, { thread: undefined }],
    query.request && ['request', query.request, { request: undefined }],
    query.marked && ['only', 'marked rows', { marked: undefined }],
    query.star && ['only', 'rows with a star', { star: undefined }],
    query.tag && ['tag', query.tag, { tag: undefined }],
    (query.from || query.to) && [
      'time',
      `${query.from ? utc(query.from) : '…'} to ${query.to ? utcAfter(query.to, query.from) : '…'}`,
      { from: undefined, to: undefined },
    ],
    query.around && [
      'around',
      `row ${query.around.split(':').pop()}`,
      { around: undefined, span: undefined },
    ],
  ].filter(Boolean);
  if (!chips.length) return null;
  return html`<ul class="chips" aria-label="Active filters">
    ${chips.map(
      ([kind, text, without]) => html`<li key=${kind + text}>
        <span class="muted">${kind}</span>${' '}
        <span class="chip-text" title=${text}>
          ${text}
        </span>
        <button
          type="button"
          class="plain"
          aria-label=${`Remove ${kind} ${text}`}
          onClick=${() => refilter(without)}
        >
          ×
        </button>
      </li>`,
    )}${' '}
    ${query.around && html`<${Spans} query=${query} />`}
    <li>
      <button
        type="button"
        class="small"
        onClick=${() =>
          refilter(Object.fromEntries(PARAMETERS.map((parameter) => [parameter, undefined])))}
      >
        Clear all
      </button>
    </li>
  </ul>`;
};

const Spans = ({ query }) => html`<li class="spans">
  <span class="muted">±</span>${' '}
  ${SPANS.map(
    (span) => html`<button
      key=${span}
      type="button"
      class="small"
      aria-pressed=${String((query.span ?? '30s') === span)}
      onClick=${() => refilter({ span })}
    >
      ${span}
    </button>`,
  )}
</li>`;

function inWords(condition) {
  const [column, operation, ...value] = condition.split(':');
  const words = OPERATIONS.find(([name]) => name === operation)?.[1] ?? operation;
  return `${column} ${words} ${value.join(':').replace(/\\([\\;])/g, '$1')}`;
}
