// What happened in all evidence of a case, in one order of time.

import { html } from '../html.js';
import { cases, download } from '../api.js';
import { href } from '../router.js';
import { COLUMNS, TimelineOf } from './evidence/timeline.js';

const SERVICE = {
  name: 'service',
  label: 'Service',
  className: 'fit first',
  cell: (row) => row['service.name'] ?? '',
};

export const CaseTimeline = ({ id, query, user }) => html`<${TimelineOf}
  source=${{
    of: 'case' + id,
    rows: (asked, signal) => cases.timeline(id, asked, signal),
    histogram: (asked, signal) => cases.histogram(id, asked, signal),
    types: (asked, signal) => cases.types(id, asked, signal),
    csv: (asked) => download.caseTimeline(id, asked),
  }}
  columns=${[COLUMNS[0], SERVICE, ...COLUMNS.slice(1)]}
  query=${query}
  user=${user}
  title="Timeline of the case"
  level=${1}
  links=${html`<a href=${href(['cases', id])}>back to the case</a>`}
/>`;
