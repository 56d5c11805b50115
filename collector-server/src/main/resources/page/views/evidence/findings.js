// Findings, worst first, each with the rows it rests on.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Pages } from '../../paged.js';
import { Choice, Empty, Fields, Head, Level, Tactic, Technique } from '../../parts.js';
import { href, refine } from '../../router.js';
import { Time } from '../../time.js';
import { plural, spoken } from '../../words.js';
import { escaped } from './filter.js';
import { PerformanceOnRequest } from './performance.js';

const FINDINGS_SHOWN = 50;
const ORDER = ['critical', 'high', 'medium', 'low', 'informational'];

export const bySeverity = (a, b) =>
  ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
  String(a.from).localeCompare(String(b.from));

/** The timeline around a finding's first row. */
const rowsOf = (id, finding) =>
  href(['evidence', id, 'timeline'], {
    row: finding.rows?.[0],
    around: finding.rows?.[0],
    span: '2s',
  });

export const FindingLine = ({ id, finding }) => html`<li>
  <${Level} level=${finding.severity} />
  <a href=${href(['evidence', id, 'findings'], { finding: finding.id })}>${finding.title}</a>
</li>`;

export const Findings = ({ id, query }) => html`<div class="stack">
  <${OfTheAttack} id=${id} query=${query} />
  <${PerformanceOnRequest} id=${id} />
</div>`;

const OfTheAttack = ({ id, query }) => html`<${Loaded}
  of=${id}
  what="findings"
  load=${(signal) => evidence.findings(id, signal)}
>
  ${({ findings = [], notExamined = [] }) => {
    const shown = findings
      .filter((finding) => !query.severity || finding.severity === query.severity)
      .sort(bySeverity);
    return html`<section>
      <${Head} level=${2} title="Findings">
        <${Choice}
          label="Severity"
          name="severity"
          value=${query.severity}
          onChange=${(severity) => refine({ severity })}
          options=${[
            ['', `all (${findings.length})`],
            ...ORDER.map((level) => [
              level,
              `${level} (${findings.filter((finding) => finding.severity === level).length})`,
            ]),
          ]}
        />
      <//>
      ${
        notExamined.length > 0 &&
        html`<p class="prose warn">Not examined: ${notExamined.join('; ')}.</p>`
      }
      ${
        shown.length
          ? html`<${Pages}
            key=${query.severity}
            rows=${shown}
            size=${FINDINGS_SHOWN}
            first=${shown.findIndex((finding) => finding.id === query.finding)}
          >
            ${(some) => html`<div class="stack">
              ${some.map(
                (finding) => html`<${Finding}
                  key=${finding.id}
                  id=${id}
                  finding=${finding}
                  chosen=${finding.id === query.finding}
                />`,
              )}
            </div>`}
          <//>`
          : html`<${Empty}>No finding.<//>`
      }
    </section>`;
  }}
<//>`;

const Finding = ({ id, finding, chosen }) => html`<article
  class=${`panel finding finding-${finding.severity}${chosen ? ' chosen' : ''}`}
  id=${'finding-' + finding.id}
  ref=${(element) =>
    element &&
    chosen &&
    !element.dataset.shown &&
    ((element.dataset.shown = 'yes'), element.scrollIntoView({ block: 'center' }))}
>
  <h3>
    <${Level} level=${finding.severity} /> ${finding.title}
  </h3>
  <p class="prose">${finding.text}</p>
  <p class="marks">
    ${finding.techniques?.map(
      (technique) => html`<${Technique}
        key=${technique.id}
        ...${technique}
      />`,
    )}${' '}
    ${finding.tactics?.map((tactic) => html`<${Tactic} key=${tactic} tactic=${tactic} />`)}
  </p>
  <${Fields}
    label="Finding"
    of=${[
      [
        'When',
        finding.from &&
          html`
            <${Time} at=${finding.from} />
            ${
              finding.to &&
              finding.to !== finding.from &&
              html`
                ${' '}
                to <${Time}
                  at=${finding.to}
                  date=${finding.to.slice(0, 10) !== finding.from.slice(0, 10)}
                />
              `
            }
          `,
      ],
      ...(finding.subjects ?? []).map((subject, i) => [
        html`<span key=${i}>${spoken(subject.kind)}</span>`,
        html`<${Subject} id=${id} ...${subject} />`,
      ]),
      [
        'Related rows',
        finding.rows?.length > 0 &&
          html`<a href=${rowsOf(id, finding)}>
            ${plural(finding.rows.length, 'row')} of the timeline
          </a>`,
      ],
      ['Analysis', html`<code>${finding.analysis}</code>`],
    ]}
  />
</article>`;

function queryOf(kind, value) {
  const [method, path] = value.split(' ');
  if (kind === 'request')
    return path
      ? { where: `http.request.method:eq:${method};url.path:eq:${escaped(path)}` }
      : { request: value };
  if (kind === 'address') return { where: `source.ip:eq:${escaped(value)}` };
  if (kind === 'file') return { where: `file.path:eq:${escaped(value)}` };
  return { q: value };
}

/** What a finding is about leads to its rows. */
const Subject = ({ id, kind, value }) => {
  const query = queryOf(kind, value);
  return html`<a href=${href(['evidence', id, 'timeline'], query)}>
    <code class="wrap">${value}</code>
  </a>`;
};
