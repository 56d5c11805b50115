// Files: the contents that were kept, and every file's times (bodyfile).

import { html } from '../../html.js';
import { download } from '../../api.js';
import { Head } from '../../parts.js';
import { Table } from '../../table.js';
import { Time } from '../../time.js';
import { bytes } from '../../words.js';
import { Lines, artifactOf, json } from './lines.js';

/** A line of a bodyfile: MD5|name|inode|mode|uid|gid|size|accessed|modified|changed|born. */
const body = (line, i) => {
  const parts = line.split('|');
  const [size, accessed, modified, changed, born] = parts.slice(-5);
  const [inode, mode, uid, gid] = parts.slice(-9, -5);
  return {
    i,
    name: parts.slice(1, -9).join('|'),
    inode,
    mode,
    uid,
    gid,
    size: Number(size),
    accessed,
    modified,
    changed,
    born,
  };
};

/**
 * Seconds since the epoch, with a fraction, as a time; bodyfiles write an absent one as 0. Anybody
 * can give a file a time that no calendar has: that one stays `@` and its seconds.
 */
const moment = (seconds) => {
  const [whole, fraction = ''] = String(seconds).split('.');
  if (!Number(whole)) return null;
  const date = new Date(Number(whole) * 1000);
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return /^\d{4}-/.test(text)
    ? `${text.slice(0, 19)}.${fraction.padEnd(9, '0')}Z`
    : `@${seconds}`;
};

/** Whether the evidence has files that were named after the first look. */
const later = (one) => artifactOf(one, 'files-later.ndjson');

const contents = (one, rows) => html`<${Table}
  label="Kept contents"
  className="table-compact"
  rows=${rows}
  rowKey=${(row) => row.line}
  columns=${[
    {
      name: 'path',
      label: 'Path',
      className: 'mono grow what',
      cell: (row) => html`<span class="wrap">${row.path ?? row.unreadable}</span>`,
    },
    { name: 'why', label: 'Why', className: 'fit first', cell: (row) => row.why },
    {
      name: 'size',
      label: 'Size',
      className: 'fit number',
      cell: (row) => bytes(row.size),
    },
    { name: 'mode', label: 'Mode', className: 'fit mono', cell: (row) => row.mode },
    {
      name: 'modified',
      label: 'Modified (UTC)',
      className: 'fit named',
      cell: (row) => html`<${Time} at=${row.modified} />`,
    },
    {
      name: 'content',
      label: 'Content',
      className: 'fit',
      cell: (row) =>
        row.kept && artifactOf(one, 'files/' + row.sha256)
          ? html`<a
            href=${download.artifact(one.id, artifactOf(one, 'files/' + row.sha256).name)}
            download
            title=${row.sha256}
          >
            download
          </a>`
          : html`<span class="muted" title=${row.reason}>
            not kept
          </span>`,
    },
  ]}
/>`;

const Contents = ({ one, query, artifact, prefix }) => html`<${Lines}
  one=${one}
  artifact=${artifact}
  query=${query}
  prefix=${prefix}
  parse=${json}
>
  ${(rows) => contents(one, rows)}
<//>`;

const TIME_COLUMNS = [
  {
    name: 'name',
    label: 'Path',
    className: 'mono grow what',
    cell: (row) => html`<span class="wrap">${row.name}</span>`,
  },
  { name: 'mode', label: 'Mode', className: 'fit mono', cell: (row) => row.mode },
  {
    name: 'owner',
    label: 'Owner',
    className: 'fit named',
    cell: (row) => `${row.uid}:${row.gid}`,
  },
  {
    name: 'size',
    label: 'Size',
    className: 'fit number',
    cell: (row) => bytes(row.size),
  },
  {
    name: 'modified',
    label: 'Modified',
    className: 'fit named',
    cell: (row) => html`<${Time} at=${moment(row.modified)} />`,
  },
  {
    name: 'changed',
    label: 'Changed',
    className: 'fit named',
    cell: (row) => html`<${Time} at=${moment(row.changed)} />`,
  },
  {
    name: 'accessed',
    label: 'Accessed',
    className: 'fit named',
    cell: (row) => html`<${Time} at=${moment(row.accessed)} />`,
  },
];

export const Files = ({ one, query }) => html`<section class="stack">
  <${Head} level=${2} title="Kept contents" />
  <p class="prose muted">
    Files that changed, that were open after they were deleted, or that an alert named. Contents
    are downloaded, never shown on this page.
  </p>
  <${Contents} one=${one} query=${query} artifact="files.ndjson" prefix="kept-" />
  ${
    later(one) &&
    html`
      <${Head} level=${2} title="Named by later alerts" />
      <${Contents} one=${one} query=${query} artifact="files-later.ndjson" prefix="later-" />
    `
  }
  <${Head} level=${2} title="Times of all files" />
  <${Lines} one=${one} artifact="files.body" query=${query} parse=${body} limit=${100}>
    ${(rows) => html`<${Table}
      label="Times of files"
      className="table-compact"
      rows=${rows}
      rowKey=${(row) => row.i}
      columns=${TIME_COLUMNS}
    />`}
  <//>
</section>`;
