// Everything that can be downloaded: artifacts, the bag, and the timeline in the formats of other
// tools.

import { html } from '../../html.js';
import { download } from '../../api.js';
import { Pages } from '../../paged.js';
import { Head, Search } from '../../parts.js';
import { href, refine } from '../../router.js';
import { Table } from '../../table.js';
import { bytes, count } from '../../words.js';
import { FORMATS } from './formats.js';
import { Indexed, WhyNot, isReady } from './indexed.js';

export const Downloads = ({ id, one, query }) => {
  const matching = one.artifacts.filter((artifact) =>
    artifact.name.toLowerCase().includes((query.q ?? '').toLowerCase()),
  );
  return html`<section class="stack">
    <${Head} level=${2} title="Downloads" />
    <${Cards} id=${id} one=${one} />
    <${Head} level=${2} title="Reports, findings and timelines" />
    <${Derived} id=${id} />
    <${Head}
      level=${2}
      title=${html`
        Artifacts <span class="muted">${count(one.artifacts.length)}</span>
      `}
    />
    <div class="filters">
      <${Search}
        main
        label="Name contains"
        name="q"
        value=${query.q}
        onSearch=${(q) => refine({ q })}
      />
    </div>
    <${Pages} key=${query.q} rows=${matching}>
      ${(some) => html`<${Table}
        label="Artifacts"
        rows=${some}
        rowKey=${(artifact) => artifact.name}
        columns=${ARTIFACT_COLUMNS(id)}
      />`}
    <//>
  </section>`;
};

const Cards = ({ id, one }) => html`<div class="cards">
  <${Card}
    title="Recording"
    href=${download.artifact(
      id,
      one.artifacts.find(({ name }) => name.startsWith('recording.jfr'))?.name ?? '',
    )}
    missing=${!one.artifacts.some(({ name }) => name.startsWith('recording.jfr'))}
  >
    for JDK Mission Control
  <//>
  <${Card} title="Bag" href=${download.bag(id)}>
    all of it with manifest and custody, BagIt (RFC 8493)
  <//>
  <${Card}
    title="Classes"
    href=${download.classes(id)}
    missing=${!one.artifacts.some(({ name }) => /^classes\/.*\.class$/.test(name))}
  >
    the kept .class files, a zip
  <//>
</div>`;

/** What is made of the timeline. */
const Derived = ({ id }) => html`<${Indexed} id=${id}>
  ${(index) =>
    isReady(index)
      ? html`<${DerivedCards} id=${id} />`
      : html`<${WhyNot} index=${index} what="This" />`}
<//>`;

const DerivedCards = ({ id }) => html`<div class="cards">
  <a class="card" href=${href(['evidence', id, 'report'])} target="_blank" rel="noreferrer">
    <b>Report</b>
    <span class="muted small">to print or hand on; opens in a new tab</span>
  </a>
  <${Card}
    title="Report: Markdown"
    href=${download.report(id, 'markdown')}
    name=${`report-${id}.md`}
  >
    for a ticket
  <//>
  <${Card} title="Findings" href=${download.findings(id)} name=${`findings-${id}.json`}>
    JSON
  <//>
  <${Card} title="Indicators" href=${download.stix(id)} name=${`indicators-${id}.json`}>
    STIX 2.1
  <//>
  ${FORMATS.map(
    ([format, name, what]) => html`<${Card}
      key=${format}
      title=${`Timeline: ${name}`}
      href=${download.timeline(id, { format })}
    >
      ${what}
    <//>`,
  )}
</div>`;

const ARTIFACT_COLUMNS = (id) => [
  {
    name: 'name',
    label: 'Name',
    className: 'mono grow',
    cell: (artifact) => html`
      <a class="wrap" href=${download.artifact(id, artifact.name)} download>
        ${artifact.name}
      </a>
      ${
        artifact.derived &&
        html`
          ${' '}
          <span class="muted small">made by the collector</span>
        `
      }
      ${
        artifact.incomplete &&
        html`
          ${' '}
          <span class="warn small">▲ incomplete</span>
        `
      }
      ${
        artifact.unlisted &&
        !artifact.name.startsWith('earlier-') &&
        html`
          ${' '}
          <span class="warn small">▲ in no signed manifest</span>
        `
      }
    `,
  },
  {
    name: 'size',
    label: 'Size',
    className: 'fit number',
    cell: (artifact) => bytes(artifact.size),
  },
  {
    name: 'sha256',
    label: 'SHA-256',
    className: 'mono small',
    cell: (artifact) => html`<span class="clip" title=${artifact.sha256}>
      ${artifact.sha256}
    </span>`,
  },
];

const Card = ({ title, href, name, missing, children }) =>
  missing
    ? html`<div class="card muted">
      <b>${title}</b>
      <span class="small">not in this evidence</span>
    </div>`
    : html`<a class="card" href=${href} download=${name ?? true}>
      <b>${title}</b>
      <span class="muted small">${children}</span>
    </a>`;
