// A text artifact in pages of lines, filtered by the server.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Paged } from '../../paged.js';
import { Empty, Search } from '../../parts.js';
import { ProblemNote } from '../../problem.js';
import { refine } from '../../router.js';

/** An artifact by name, also where it left its JVM encrypted. */
export const artifactOf = (one, name) =>
  one.artifacts.find((artifact) => artifact.name === name || artifact.name === name + '.age');

/** Whether the evidence has events of the JVM that can be read here. */
export const hasEvents = (one) =>
  ['recording.jfr', 'events.ndjson'].some((name) => artifactOf(one, name)?.name === name);

/**
 * The lines of `artifact`, each through `parse`, shown by `children(rows)`. Filter and cursor are
 * `q` and `cursor` in the address, with `prefix` before them where a view shows two artifacts.
 */
export const Lines = ({
  one,
  artifact,
  query,
  prefix = '',
  label,
  limit = 200,
  parse = (line) => line,
  search = true,
  children,
}) => {
  const kept = artifactOf(one, artifact);
  if (!kept)
    return html`<${Empty}>
      ${artifact} is not in this evidence. ${reasonOf(one, artifact)}
    <//>`;
  if (kept.name.endsWith('.age'))
    return html`<${Empty}>
      ${kept.name} is encrypted to ${one.recipient}; the collector cannot read it. Download it
      and decrypt it with age.
    <//>`;
  const [q, cursor] = [prefix + 'q', prefix + 'cursor'];
  return html`<div>
    ${
      search &&
      html`<div class="filters">
        <${Search}
          main=${!prefix}
          label=${label ?? `Lines of ${artifact} that contain`}
          name=${q}
          value=${query[q]}
          onSearch=${(text) => refine({ [q]: text, [cursor]: undefined })}
        />
      </div>`
    }
    <${Paged}
      of=${one.id + artifact}
      load=${(asked, signal) => evidence.lines(one.id, artifact, asked, signal)}
      items="lines"
      parameter=${cursor}
      query=${{ q: query[q] }}
      cursor=${query[cursor]}
      limit=${limit}
      what=${artifact}
      empty=${
        query[q]
          ? 'No line of this part contains that. “Next”, if it is shown, searches the next part.'
          : `${artifact} is empty.`
      }
      instead=${(problem, retry) => html`<${ProblemNote} problem=${problem} retry=${retry} />`}
    >
      ${(lines) => children(lines.map((line, i) => parse(line, i)))}
    <//>
  </div>`;
};

const reasonOf = (one, artifact) => {
  const gap = one.missing?.find(
    (missing) => artifact.startsWith(missing.artifact) || missing.artifact === artifact,
  );
  return gap ? `Reason: ${gap.reason}` : 'It was not requested, or there was nothing to keep.';
};

/** A line of an .ndjson artifact; one that cannot be read stays visible as such. */
export const json = (line, i) => {
  try {
    return { ...JSON.parse(line), line: i };
  } catch {
    return { line: i, unreadable: line };
  }
};
