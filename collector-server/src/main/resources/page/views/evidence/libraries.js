// What the JVM was made of: the jars and modules of libraries.cdx.json, a CycloneDX document.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Pages } from '../../paged.js';
import { Empty, Head, Search } from '../../parts.js';
import { refine } from '../../router.js';
import { count } from '../../words.js';
import { LibraryTable } from '../libraries.js';
import { artifactOf } from './lines.js';

const NAME = 'libraries.cdx.json';

export const Libraries = ({ id, one, query, user }) => html`<section>
  <${Head} level=${2} title="Libraries" />
  ${
    artifactOf(one, NAME)?.name === NAME
      ? html`<${Loaded}
        of=${id}
        what=${NAME}
        load=${(signal) => evidence.json(id, NAME, signal)}
      >
        ${(bom) => html`<${Inventory} bom=${bom} query=${query} user=${user} />`}
      <//>`
      : html`<${Empty}>${NAME} is not in this evidence, or is encrypted.<//>`
  }
</section>`;

const Inventory = ({ bom, query, user }) => {
  const all = flat(bom.components ?? []);
  const words = (query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((row) => words.every((word) => text(row).includes(word)));
  const loaded = found.filter((row) => row.loader).length;
  return html`<div>
    ${
      property(bom.metadata, 'whorl:complete') === 'false' &&
      html`<p class="warn" role="status">
        ▲ Not complete: ${property(bom.metadata, 'whorl:problem') ?? 'it is not known why'}
      </p>`
    }
    <div class="filters">
      <${Search}
        main
        label="Library, version or path"
        name="q"
        value=${query.q}
        onSearch=${(q) => refine({ q })}
      />
    </div>
    <p class="muted small" role="status">
      ${count(found.length)} of ${count(all.length)}, ${count(loaded)} loaded
    </p>
    ${
      found.length
        ? html`<${Pages} key=${query.q} rows=${found}>
          ${(some) => html`<${LibraryTable} rows=${some} alone=${Boolean(user.opened)} />`}
        <//>`
        : html`<${Empty}>None matches.<//>`
    }
  </div>`;
};

const text = (row) =>
  [row.group, row.name, row.version, row.path].join(' ').toLowerCase();

const property = (of, name) =>
  of?.properties?.find((one) => one.name === name)?.value;

/** Components, those within others after them, as rows like those of the API. */
function flat(components, depth = 0) {
  return depth > 10
    ? []
    : components.flatMap((one) => {
        const loaded = property(one, 'whorl:loaded');
        return [
          {
            group: one.group,
            name: String(one.name),
            version: one.version,
            from: property(one, 'whorl:from'),
            kind: property(one, 'whorl:kind'),
            path: property(one, 'whorl:path') ?? '',
            sha256: one.hashes?.find((hash) => hash.alg === 'SHA-256')?.content,
            loader: loaded === 'no' ? null : loaded,
            javaAgent: property(one, 'whorl:agent') === 'true',
            problem: property(one, 'whorl:problem'),
          },
          ...flat(one.components ?? [], depth + 1),
        ];
      });
}
