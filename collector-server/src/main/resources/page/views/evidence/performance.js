// What Mission Control's automated analysis says about the recording: about performance and
// configuration, and so apart from the findings about an attack.

import { Component } from '../../lib.js';
import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Empty, Head } from '../../parts.js';
import { plural } from '../../words.js';

const SIGNS = { warning: '▲', info: '●' };
const CLASSES = { warning: 'level-medium', info: 'level-low' };

export const Performance = ({ id }) => html`<div class="stack">
  <${Head} level=${3} title="Automated analysis of the performance" />
  <p class="muted">
    The rules of JDK Mission Control look at performance and configuration. They say nothing about
    an attack.
  </p>
  <${Loaded}
    of=${id}
    what="automated analysis"
    load=${(signal) => evidence.performance(id, signal)}
  >
    ${(analysis) => html`<div class="stack">
      ${analysis.problem && html`<p class="warn">▲ ${analysis.problem}</p>`}
      ${analysis.findings.map((finding) => html`<${Finding} key=${finding.rule} of=${finding} />`)}
      ${
        !analysis.findings.length &&
        !analysis.problem &&
        html`<${Empty}>No rule found anything.<//>`
      }
      <${Others} of=${analysis} />
    </div>`}
  <//>
</div>`;

/** The same, below findings, where it is made only if somebody wants it. */
export class PerformanceOnRequest extends Component {
  render({ id }, { wanted }) {
    return wanted
      ? html`<${Performance} id=${id} />`
      : html`<p>
        <button type="button" onClick=${() => this.setState({ wanted: true })}>
          Show the automated analysis of the performance
        </button>
      </p>`;
  }
}

const Finding = ({ of }) => html`<details class="panel">
  <summary>
    <span class=${`level ${CLASSES[of.severity]}`}>
      <span aria-hidden="true">${SIGNS[of.severity]}</span> ${of.severity}
    </span>${' '}
    <b>${of.title}</b>${' '}
    <span class="muted">${of.score >= 0 ? `score ${Math.round(of.score)} of 100` : ''}</span>
  </summary>
  <p class="prose rule-text">${of.summary}</p>
  ${of.explanation && html`<p class="prose rule-text">${of.explanation}</p>`}
  ${of.solution && html`<p class="prose rule-text"><b>What may help:</b> ${of.solution}</p>`}
  <p class="small muted">
    Rule <code>${of.rule}</code>${of.topic ? ` about ${of.topic}` : ''}
  </p>
</details>`;

/** The rules that found nothing, or could not look: none is silently missing. */
const Others = ({ of }) => {
  const { nothingFound = [], notApplicable = [], notEvaluated = [] } = of;
  const all = nothingFound.length + notApplicable.length + notEvaluated.length;
  if (!all) return null;
  return html`<details>
    <summary>
      ${plural(nothingFound.length, 'rule')} found nothing, ${notApplicable.length} found no events
      to look at, ${notEvaluated.length} gave no result
    </summary>
    ${notEvaluated.length > 0 && html`<${Reasons} title="Not evaluated" of=${notEvaluated} />`}
    ${notApplicable.length > 0 && html`<${Reasons} title="Not applicable" of=${notApplicable} />`}
    ${
      nothingFound.length > 0 &&
      html`
        <h4>Nothing found</h4>
        <p class="small">${nothingFound.join(', ')}</p>
      `
    }
  </details>`;
};

const Reasons = ({ title, of }) => html`
  <h4>${title}</h4>
  <ul class="small">
    ${of.map(
      ({ rule, reason }) => html`<li key=${rule}>
        <code>${rule}</code> ${reason}
      </li>`,
    )}
  </ul>
`;
