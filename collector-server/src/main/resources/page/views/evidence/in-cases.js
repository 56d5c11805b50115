// The cases that this evidence is in, and putting it into one.

import { Component } from '../../lib.js';
import { html } from '../../html.js';
import { cases } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Empty, State } from '../../parts.js';
import { ProblemNote } from '../../problem.js';
import { href } from '../../router.js';

export const Cases = ({ one, user }) => html`<section class="panel" aria-labelledby="in-cases">
  <h2 id="in-cases">Cases</h2>
  <${Loaded} of=${one.id} what="cases" load=${(signal) => casesOf(one.id, signal)}>
    ${({ holding, others }, reload) => html`<div class="stack">
      ${
        holding.length
          ? html`<ul class="plain-list">
            ${holding.map(
              (other) => html`<li key=${other.id}>
                <a href=${href(['cases', other.id])}>${other.title}</a>${' '}
                <${State} state=${other.state} />
                ${
                  other.hold &&
                  html`
                    ${' '}
                    <span class="warn">on hold</span>
                  `
                }
              </li>`,
            )}
          </ul>`
          : html`<${Empty}>This evidence is in no case.<//>`
      }${' '}
      ${
        user.role !== 'viewer' &&
        html`<${Into}
          id=${one.id}
          title=${one.alert?.title ?? one.reason}
          choices=${others}
          done=${reload}
        />`
      }
    </div>`}
  <//>
</section>`;

/** The cases that hold it, and those that could. */
async function casesOf(id, signal) {
  const [holding, open] = await Promise.all([
    cases.list({ evidence: id, limit: 100 }, signal),
    cases.list({ state: 'open', limit: 100 }, signal),
  ]);
  const known = new Set(holding.cases.map((one) => one.id));
  return { holding: holding.cases, others: open.cases.filter((one) => !known.has(one.id)) };
}

const TITLE_MAX = 200;

/** A reason or the title of an alert as one line that a case can have. */
const caseTitle = (text) =>
  text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, TITLE_MAX)
    .replace(/[\uD800-\uDBFF]$/, '');

class Into extends Component {
  submit = async (event) => {
    event.preventDefault();
    const chosen = event.currentTarget.elements.case.value;
    try {
      const into = chosen || (await cases.open(caseTitle(this.props.title), '')).id;
      await cases.add(into, this.props.id);
      this.setState({ problem: null });
      this.props.done();
    } catch (problem) {
      this.setState({ problem });
    }
  };

  render({ choices }, { problem }) {
    return html`<form class="inline" onSubmit=${this.submit}>
      <label class="field">
        <span>Add to case</span>
        <select name="case">
          <option value="">a new case</option>
          ${choices.map(
            (one) => html`<option key=${one.id} value=${one.id}>
              ${one.title}
            </option>`,
          )}
        </select>
      </label>
      <button type="submit">Add</button>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </form>`;
  }
}
