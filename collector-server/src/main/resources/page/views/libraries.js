// Which JVMs have a library, and what one JVM is made of.

import { html } from '../html.js';
import { libraries } from '../api.js';
import { Paged } from '../paged.js';
import { Choice, Dotted, Empty, Head, Search } from '../parts.js';
import { href, refine } from '../router.js';
import { ServiceSearch } from '../suggest.js';
import { Table } from '../table.js';
import { count, plural, short } from '../words.js';

const LOADED = [
  ['', 'loaded or not'],
  ['true', 'loaded'],
  ['false', 'only present'],
];

export const Libraries = ({ query }) => {
  const { cursor, ...filter } = query;
  const set = (name) => (value) => refine({ [name]: value, cursor: undefined });
  const asked = filter.name || filter.group || filter.sha256;
  return html`<section class="stack" aria-labelledby="libraries-title">
    <${Head} title=${html`<span id="libraries-title">Libraries</span>`} />
    <p class="prose muted">
      Which JVMs have a library. Each agent lists the jars of its JVM some minutes after the start,
      those within other jars included.
    </p>
    <div class="filters">
      <${Search}
        main
        label="Library"
        name="name"
        value=${query.name}
        placeholder="log4j-core, or log4j*"
        onSearch=${set('name')}
      />
      <${Search}
        label="Version"
        name="version"
        value=${query.version}
        placeholder="<2.17.1"
        onSearch=${set('version')}
      />
      <${Choice}
        label="Classes"
        name="loaded"
        value=${query.loaded}
        onChange=${set('loaded')}
        options=${LOADED}
      />
      <${ServiceSearch} value=${query.service} onSearch=${set('service')} />
      <${Search}
        label="SHA-256"
        name="sha256"
        value=${query.sha256}
        placeholder="of a jar"
        onSearch=${set('sha256')}
      />
    </div>
    ${
      asked
        ? html`<${Paged}
          of="libraries"
          load=${libraries.find}
          items="libraries"
          query=${filter}
          cursor=${cursor}
          limit=${50}
          what="libraries"
          empty=${(answer) => html`
            No JVM has it. <${Unknown} ...${answer} />
          `}
        >
          ${(rows, answer) => html`
            <${Unknown} ...${answer} />
            <${Table}
              label="JVMs that have it"
              columns=${COLUMNS}
              rows=${rows}
              rowKey=${(row) => row.agent + row.path + row.name + row.version}
            />
          `}
        <//>`
        : html`<${Empty}>
          Enter the name of a library, such as log4j-core, and a range of versions if you like.
        <//>`
    }
  </section>`;
};

/** What the answer cannot say, so that nobody takes it for no. */
const Unknown = ({ unknown, withoutVersion }) => html`
  ${
    unknown > 0 &&
    html`<span class="warn block small" role="status">
      ▲ The libraries of ${plural(unknown, 'connected JVM')} are not known, or not all of them.
    </span>`
  }
  ${
    withoutVersion > 0 &&
    html`<span class="warn block small" role="status">
      ▲ ${count(withoutVersion)} more have this name; their version is unknown.
    </span>`
  }
`;

/** What one JVM is made of. */
export const LibrariesOfAgent = ({ id, query }) => html`<section>
  <${Head}
    title=${html`
      Libraries <span class="muted">agent ${short(id)}</span>
    `}
  >
    <a href=${href(['fleet', id, 'journal'])}>live</a>
    <a href=${href(['evidence'], { agent: id })}>its evidence</a>
  <//>
  <${Paged}
    of=${'libraries ' + id}
    load=${(asked, signal) => libraries.of(id, asked, signal)}
    items="libraries"
    cursor=${query.cursor}
    limit=${100}
    what="libraries"
    empty=${(answer) => `No libraries: ${answer.problem ?? 'the inventory is empty'}.`}
  >
    ${(rows, answer) => html`
      ${
        !answer.complete &&
        html`<p class="warn" role="status">
          ▲ Not complete: ${answer.problem || 'the agent does not say why'}
        </p>`
      }
      <${LibraryTable} rows=${rows} />
    `}
  <//>
</section>`;

/**
 * Rows of one JVM: `{group, name, version, from, kind, path, sha256, loader, problem}`; `alone` if
 * no other JVM can be asked.
 */
export const LibraryTable = ({ rows, alone }) => html`<${Table}
  label="Libraries"
  columns=${alone ? ALONE : OF_ONE}
  rows=${rows}
  rowKey=${(row) => [row.path, row.kind, row.name, row.version, row.sha256].join(' ')}
  rowClass=${(row) => !row.loader && 'muted'}
/>`;

const nameWith = (link) => ({
  name: 'library',
  label: 'Library',
  cell: (row) => html`
    ${link(row)}
    ${row.group && html`<span class="muted small block">${row.group}</span>`}
    ${row.javaAgent && html`<span class="small block">Java agent</span>`}
    ${row.problem && html`<span class="warn small block wrap">▲ ${row.problem}</span>`}
  `,
});

const NAME = nameWith(
  (row) => html`<a
    href=${href(['libraries'], { name: row.group ? `${row.group}:${row.name}` : row.name })}
    title="Which JVMs have it"
  >
    <b>${row.name}</b>
  </a>`,
);

const VERSION = {
  name: 'version',
  label: 'Version',
  className: 'mono',
  cell: (row) => html`
    ${row.version ?? html`<span class="muted">unknown</span>`}
    ${
      row.from === 'file' &&
      html`<span class="muted small block" title="Neither pom.properties nor the manifest has it">
        from its file name
      </span>`
    }
  `,
};

const LOADERS = {
  boot: 'by the boot loader',
  platform: 'by the platform loader',
  app: 'from the class path',
  other: 'by another loader',
};

const LOADER = {
  name: 'loaded',
  label: 'Loaded',
  className: 'fit',
  cell: (row) =>
    row.loader
      ? html`<span title="the loader of a class of its jar">
        ${LOADERS[row.loader] ?? row.loader}
      </span>`
      : html`<span class="muted">no</span>`,
};

const PATH = {
  name: 'path',
  label: 'Where',
  className: 'mono small',
  cell: (row) => html`
    <${Dotted} text=${row.path} />
    ${row.kind === 'packed' && html`<span class="muted block">packed into it</span>`}
    ${
      row.sha256 &&
      html`<span class="muted block" title=${`SHA-256 ${row.sha256}`}>
        ${row.sha256.slice(0, 16)}…
      </span>`
    }
  `,
};

const OF_ONE = [NAME, VERSION, LOADER, PATH];
const ALONE = [nameWith((row) => html`<b>${row.name}</b>`), VERSION, LOADER, PATH];

const COLUMNS = [
  {
    name: 'jvm',
    label: 'JVM',
    cell: (row) => html`
      <a href=${href(['fleet', row.agent, 'libraries'])} title=${row.agent}>
        <b>${row.service}</b>
      </a>
      ${
        row.namespace &&
        html`
          ${' '}
          <span class="muted">in ${row.namespace}</span>
        `
      }
      <span class="muted small block">${row.pod ?? row.host ?? ''}</span>
      <span class=${row.connected ? 'small block' : 'muted small block'}>
        ${row.connected ? '● connected' : '○ not connected'}
      </span>
    `,
  },
  NAME,
  VERSION,
  LOADER,
  PATH,
];
