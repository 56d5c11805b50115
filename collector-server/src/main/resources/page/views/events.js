// Events as agents send them, {time, type, fields, thread, stack}: of a journal, or before an
// alert.

import { html } from '../html.js';
import { Table } from '../table.js';
import { TimeBelow } from '../time.js';

const OF_REQUEST = /^request\./;

/** `path=/etc/passwd access=read`, what says where it happened left out. */
export const fieldsInWords = (fields = {}) =>
  Object.entries(fields)
    .filter(([name]) => !OF_REQUEST.test(name))
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('  ');

const requestInWords = (fields = {}) =>
  fields['request.path'] && `${fields['request.method'] ?? ''} ${fields['request.path']}`;

export const EventTable = ({ label, events }) => html`<${Table}
  label=${label}
  className="table-compact"
  rows=${events}
  rowKey=${(event) => event.sequence ?? event.time + event.type}
  rowClass=${(event) => event.type === 'whorl.Alert' && 'row-alert'}
  columns=${[
    {
      name: 'time',
      label: 'Time (UTC)',
      className: 'fit first',
      cell: (event, above) => html`<${TimeBelow} at=${event.time} above=${above?.time} />`,
    },
    { name: 'type', label: 'Type', className: 'fit mono first', cell: (event) => event.type },
    {
      name: 'fields',
      label: 'What',
      className: 'mono grow what',
      cell: (event) => html`<span class="clip2" title=${fieldsInWords(event.fields)}>
        ${fieldsInWords(event.fields)}
      </span>`,
    },
    {
      name: 'request',
      label: 'Request',
      className: 'mono request',
      cell: (event) => html`<span class="clip" title=${requestInWords(event.fields)}>
        ${requestInWords(event.fields) ?? ''}
      </span>`,
    },
    {
      name: 'thread',
      label: 'Thread',
      className: 'mono thread',
      cell: (event) => html`<span class="clip" title=${event.thread}>
        ${event.thread ?? ''}
      </span>`,
    },
  ]}
/>`;
