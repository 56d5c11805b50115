// Alerts, newest first, loaded again while the first page is shown.

import { html } from '../html.js';
import { alerts } from '../api.js';
import { Paged } from '../paged.js';
import { AlertLevel, Choice, EvidenceLink, Head, Search } from '../parts.js';
import { go, href, refine } from '../router.js';
import { Table } from '../table.js';
import { ago, Time } from '../time.js';
import { plural } from '../words.js';

const LEVELS = ['critical', 'high', 'medium', 'low', 'informational'];
const SOURCES = ['whorl', 'collector', 'falco', 'alertmanager', 'cloudevents', 'generic'];
const EVERY = 5000;
const NONE =
  'No alert matches. Agents raise them when a rule fires; ' +
  'Falco, Alertmanager and others may send them too.';

export const Alerts = ({ query }) => {
  const { cursor, ...filter } = query;
  const set = (name) => (value) => refine({ [name]: value, cursor: undefined });
  return html`<section aria-labelledby="alerts-title">
    <${Head} title=${html`<span id="alerts-title">Alerts</span>`}>
      <span class="muted small">newest first, refreshed every ${EVERY / 1000} s</span>
    <//>
    <div class="filters">
      <${Search}
        main
        label="Service"
        name="service"
        value=${query.service}
        placeholder="exact name"
        onSearch=${set('service')}
      />
      <${Choice}
        label="Level"
        name="level"
        value=${query.level}
        onChange=${set('level')}
        options=${[['', 'all levels'], ...LEVELS.map((level) => [level, level])]}
      />
      <${Choice}
        label="From"
        name="source"
        value=${query.source}
        onChange=${set('source')}
        options=${[['', 'all sources'], ...SOURCES.map((source) => [source, source])]}
      />
      <${Search}
        label="Rule"
        name="rule"
        value=${query.rule}
        placeholder="rule id"
        onSearch=${set('rule')}
      />
    </div>
    <${Paged}
      of="alerts"
      load=${alerts.list}
      items="alerts"
      query=${filter}
      cursor=${cursor}
      limit=${50}
      every=${EVERY}
      what="alerts"
      empty=${NONE}
    >
      ${(rows) => html`<${Table}
        label="Alerts"
        columns=${COLUMNS}
        rows=${rows}
        rowKey=${(alert) => alert.id}
        onOpen=${(alert) => go(['alerts', alert.id])}
      />`}
    <//>
  </section>`;
};

/** `GET /invoices/view from 127.0.0.1`, as far as the alert's event was on a request's thread. */
export const requestOf = (alert) => {
  const fields = alert.fields ?? {};
  const path = fields['request.path'];
  const client = fields['request.remoteAddress'];
  return path && `${fields['request.method'] ?? ''} ${path}${client ? ` from ${client}` : ''}`;
};

/** The one field that says what it was about. */
export const subjectOf = ({ fields = {} }) =>
  fields.command ??
  fields.path ??
  fields.host ??
  fields.className ??
  fields.name ??
  fields.type ??
  fields.what ??
  fields.source;

const COLUMNS = [
  {
    name: 'level',
    label: 'Level',
    className: 'fit',
    cell: (alert) => html`<${AlertLevel} alert=${alert} />`,
  },
  {
    name: 'time',
    label: 'Time (UTC)',
    className: 'fit',
    cell: (alert) => html`
      <${Time} at=${alert.time} />
      <span class="muted small block">${ago(alert.time)} ago</span>
    `,
  },
  {
    name: 'title',
    label: 'What',
    cell: (alert) => html`
      <a href=${href(['alerts', alert.id])}>${alert.title}</a>
      ${
        alert.count > 1 &&
        html`
          ${' '}
          <span
            class="muted small"
            title=${`${plural(alert.count, 'alert')} of one deed, the last at ${alert.lastSeen}`}
          >
            × ${alert.count}
          </span>
        `
      }${' '}
      ${
        subjectOf(alert) &&
        html`<code class="block clip" title=${String(subjectOf(alert))}>
          ${String(subjectOf(alert))}
        </code>`
      }
    `,
  },
  {
    name: 'request',
    label: 'Request',
    className: 'mono',
    cell: (alert) => requestOf(alert) ?? html`<span class="muted">–</span>`,
  },
  {
    name: 'service',
    label: 'Service',
    cell: (alert) => html`
      ${alert.service ?? '–'}
      ${alert.pod && html`<span class="muted small block">${alert.pod}</span>`}
      ${alert.source !== 'whorl' && html`<span class="muted small block">by ${alert.source}</span>`}
    `,
  },
  {
    name: 'evidence',
    label: 'Evidence',
    className: 'fit',
    cell: (alert) =>
      alert.evidence
        ? html`<${EvidenceLink} id=${alert.evidence}>Open<//>`
        : alert.capture
          ? html`<a href=${href(['captures', alert.capture])}>capturing</a>`
          : alert.agent
            ? html`<a
              class="muted"
              href=${href(['evidence'], { agent: alert.agent })}
              title=${`No capture of its own: ${alert.notCaptured ?? 'none was asked for'}`}
            >
              same JVM's
            </a>`
            : html`<span class="muted" title=${alert.notCaptured}>
              none
            </span>`,
  },
];
