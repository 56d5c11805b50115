// Small things that every view shows in the same way.

import { html } from './html.js';
import { href } from './router.js';
import { short, spoken } from './words.js';

const SIGNS = { critical: '◆', high: '▲', medium: '■', low: '●', informational: '○' };
const STATES = {
  sealed: '✓',
  partial: '◐',
  failed: '✕',
  requested: '…',
  running: '▸',
  shipping: '⇡',
  open: '●',
  closed: '○',
};

/** A hunt's sign, and the capture's state whose colour it has. */
const HUNT_STATES = {
  running: ['▸', 'running'],
  ended: ['✓', 'sealed'],
  cancelled: ['✕', 'partial'],
};

/** A class's name, a path or the like, broken behind its dots and slashes, not within a word. */
export const Dotted = ({ text }) => html`<span class="wrap">
  ${String(text ?? '')
    .split(/(?<=[.$/:])/)
    .map(
      (part, i) => html`
        ${i > 0 && html`<wbr />`}
        ${part}
      `,
    )}
</span>`;

/** The level of an alert; of one that says that something is over, that. */
export const AlertLevel = ({ alert }) =>
  resolved(alert)
    ? html`<span
      class="level muted"
      title=${`It was ${alert.level}; ${alert.source} says that it is over.`}
    >
      <span aria-hidden="true">✓</span> resolved
    </span>`
    : html`<${Level} level=${alert.level} />`;

const UNEXAMINED = {
  done: 'nothing found',
  waiting: 'not analysed yet',
  encrypted: 'not examined',
};

/** The level of evidence: of its gravest finding, or of its trigger, and why that. */
export const GravestLevel = ({ one }) => {
  const { gravest, alert } = one;
  const level = gravest?.level ?? alert?.level ?? one.level;
  const why = gravest && !gravest.level ? UNEXAMINED[gravest.examination] : null;
  return html`<span class="gravest">
    ${level && html`<${Level} level=${level} />`}
    ${why && html`<span class=${'muted small' + (level ? ' block' : '')}>${why}</span>`}
  </span>`;
};

/** What is worst in evidence: its gravest finding, else what started the capture. */
export const titleOf = (one) => one.gravest?.title ?? one.alert?.title ?? one.reason;

/** Whether another system says that what an earlier alert reported is over. */
export const resolved = (alert) =>
  alert.source === 'alertmanager' && alert.fields?.status === 'resolved';

const DONE = { resolved: ['✓', 'resolved'], 'false-positive': ['✕', 'false positive'] };

/** The level of a group of alerts; of one that is done, that. */
export const GroupLevel = ({ group }) => {
  const done = DONE[group.state];
  return done
    ? html`<span class="level muted" title=${`It was ${group.level}.`}>
      <span aria-hidden="true">${done[0]}</span> ${done[1]}
    </span>`
    : html`<${Level} level=${group.level} />`;
};

/** Severity by sign, word and colour. */
export const Level = ({ level }) => html`<span class=${`level level-${level}`}>
  <span aria-hidden="true">${SIGNS[level] ?? '○'}</span> ${level ?? 'unknown'}
</span>`;

export const State = ({ state }) => html`<span class=${`state state-${state}`}>
  <span aria-hidden="true">${STATES[state] ?? '·'}</span> ${state}
</span>`;

/** How far a hunt is. */
export const HuntState = ({ state }) => html`<span
  class=${`state state-${HUNT_STATES[state]?.[1] ?? 'running'}`}
>
  <span aria-hidden="true">${HUNT_STATES[state]?.[0] ?? '·'}</span> ${state}
</span>`;

/** ATT&CK by number and name. No link: nothing on this page leads to another origin. */
export const Technique = ({ id, name }) => html`<span
  class="technique"
  title=${`ATT&CK ${id} ${name ?? ''}`}
>
  <b>${id}</b> ${name}
</span>`;

export const Tactic = ({ tactic }) => html`<span class="tactic">${spoken(tactic)}</span>`;

/** In place of a value that there is not; lists on narrow screens leave it out. */
export const Absent = () => html`<span class="muted absent">–</span>`;

export const Empty = ({ children }) => html`<p class="empty">${children}</p>`;

export const EvidenceLink = ({ id, view, query, children }) =>
  id
    ? html`<a href=${href(['evidence', id, ...(view ? [view] : [])], query)} title=${id}>
      ${children ?? short(id)}
    </a>`
    : html`<span class="muted absent">–</span>`;

/** Names and values, values that are absent left out. */
export const Fields = ({ of, label }) => html`<dl class="fields" aria-label=${label}>
  ${of
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(
      ([name, value]) => html`<div key=${name}>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
    )}
</dl>`;

/** A heading with what can be done beside it. */
export const Head = ({ title, children, level = 1 }) => {
  const Heading = 'h' + level;
  return html`<header class="head">
    <${Heading}>${title}<//>
    <div class="head-actions">${children}</div>
  </header>`;
};

/** Any JSON value as text that wraps, without a tree to unfold. */
export const Value = ({ value }) => {
  if (value === null || value === undefined) return html`<span class="muted">–</span>`;
  if (typeof value === 'object')
    return html`<pre class="value">${JSON.stringify(value, null, 1)}</pre>`;
  return html`<span class="wrap">${String(value)}</span>`;
};

/** A choice that goes into the address at once. */
export const Choice = ({ label, name, value, options, onChange }) => html`<label class="field">
  <span>${label}</span>
  <select
    name=${name}
    value=${value ?? ''}
    onChange=${(event) => onChange(event.currentTarget.value)}
  >
    ${options.map(
      ([option, text]) => html`<option
        key=${option}
        value=${option}
        selected=${option === (value ?? '')}
      >
        ${text}
      </option>`,
    )}
  </select>
</label>`;

/**
 * A text that goes into the address when it is entered, not with every key. `suggestions` are
 * values, or pairs of a value and what explains it; `onType` gets the text with every key.
 */
export const Search = ({
  label,
  name,
  value,
  placeholder,
  main,
  suggestions,
  onType,
  onSearch,
}) => html`<form
  class="field"
  role=${main ? 'search' : undefined}
  onSubmit=${(event) => {
    event.preventDefault();
    onSearch(event.currentTarget.elements[name].value.trim());
  }}
>
  <label>
    <span>${label}</span>
    <input
      key=${value}
      type="search"
      name=${name}
      defaultValue=${value ?? ''}
      placeholder=${placeholder}
      autocomplete="off"
      spellcheck=${false}
      data-search=${main ? 'true' : undefined}
      list=${suggestions ? `${name}-suggestions` : undefined}
      onInput=${onType && ((event) => onType(event.currentTarget.value.trim()))}
      onChange=${(event) => onSearch(event.currentTarget.value.trim())}
    />
  </label>
  ${
    suggestions &&
    html`<datalist id=${`${name}-suggestions`}>
      ${suggestionsOf(suggestions)}
    </datalist>`
  }
</form>`;

/** Options of a `datalist` from values, or from pairs of a value and a text that explains it. */
export const suggestionsOf = (suggestions) =>
  suggestions.map((each) => {
    const [value, text] = Array.isArray(each) ? each : [each];
    return html`<option key=${value} value=${value}>
      ${text}
    </option>`;
  });
