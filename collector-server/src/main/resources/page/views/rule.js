// One rule: its text, what it means, its alerts, and what it would have matched.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { alerts, rules } from '../api.js';
import { Loaded } from '../loaded.js';
import { Pages } from '../paged.js';
import { Empty, Fields, Head, Level, Tactic, Technique } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { href } from '../router.js';
import { Time } from '../time.js';
import { count, paragraphs } from '../words.js';
import { AtAgents, SourceOf, TargetOf } from './rules.js';
import { RuleTest } from './rule-test.js';

/** Services, reports and mutes at once. */
const LISTED = 50;

export const Rule = ({ id, query, user }) => html`<${Loaded}
  of=${`${id} ${query.set ?? ''}`}
  what="rule"
  load=${(signal) => rules.show(id, { set: query.set }, signal)}
>
  ${(rule, reload) => html`<${Open} rule=${rule} query=${query} user=${user} reload=${reload} />`}
<//>`;

class Open extends Component {
  act = async (action) => {
    try {
      await action();
      this.setState({ problem: null });
      this.props.reload();
      return true;
    } catch (problem) {
      this.setState({ problem });
      return false;
    }
  };

  render({ rule, query, user }, { problem }) {
    const may = user.role !== 'viewer';
    const { details } = rule;
    return html`<article class="stack">
      <${Head} title=${rule.title}>
        ${
          may &&
          rule.text &&
          html`<a class="button" href=${href(['rules', 'new'], { from: rule.id, set: rule.set })}>
            Copy to a new rule
          </a>`
        }${' '}
        <a class="button" href=${href(['alerts'], { rule: rule.id, muted: 'show' })}>
          Its alerts
        </a>${' '}
        <a class="button" href=${href(['evidence'], { q: rule.id })}>
          Evidence it triggered
        </a>
      <//>
      <p class="lede">
        <${Level} level=${rule.level} /> <${SourceOf} rule=${rule} />
        ${rule.status && `, ${rule.status}`}
      </p>
      ${rule.problems.map((line) => html`<p key=${line} class="note">
        Agents refuse it: ${line}
      </p>`)}
      ${details.warnings.map((line) => html`<p key=${line} class="note note-quiet">${line}</p>`)}
      ${
        !rule.alerts &&
        !rule.problems.length &&
        html`<p class="note note-quiet">
          It raises no alerts itself: correlations count its matches.
        </p>`
      }
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      ${
        details.description &&
        html`<div class="prose">
          ${paragraphs(details.description).map((text, i) => html`<p key=${i}>${text}</p>`)}
        </div>`
      }
      <div class="columns">
        <${About} rule=${rule} />
        <${Hits} rule=${rule} />
      </div>
      ${rule.text && html`<${Text} text=${rule.text} />`}
      <${Reports} reports=${details.reports} />
      <${Mutes} rule=${rule} may=${may} act=${this.act} />
      ${
        may &&
        rule.text &&
        html`<${RuleTest} of=${{ id: rule.id, set: rule.set }} query=${query} />`
      }
    </article>`;
  }
}

const About = ({ rule }) => {
  const { details } = rule;
  return html`<section class="panel">
    <h2>About</h2>
    <${Fields}
      label="Rule"
      of=${[
        ['Id', html`<code class="wrap">${rule.id}</code>`],
        [
          'ATT&CK',
          rule.techniques.length > 0 &&
            rule.techniques.map(
              (each) => html`<${Technique} key=${each.id} id=${each.id} name=${each.name} />${' '}`,
            ),
        ],
        [
          'Tactics',
          rule.tactics.length > 0 &&
            rule.tactics.map((each) => html`<${Tactic} key=${each} tactic=${each} />${' '}`),
        ],
        ['May be harmless', details.falsePositives.length > 0 && details.falsePositives.join('; ')],
        [rule.correlation ? 'Counts' : 'Events', details.events.join(', ')],
        ['At agents', rule.agents && html`<${AtAgents} agents=${rule.agents} />`],
        ['Author', details.author],
        [
          'References',
          details.references.length > 0 &&
            html`<span class="wrap">${details.references.join(' ')}</span>`,
        ],
        ['Pushed for', details.pushed && html`<${TargetOf} target=${details.pushed.target} />`],
        [
          'Pushed',
          details.pushed &&
            html`
              <${Time} at=${details.pushed.at} digits=${0} /> by ${details.pushed.by}
            `,
        ],
      ].filter(([, value]) => value)}
    />
  </section>`;
};

const Hits = ({ rule }) => html`<section class="panel">
  <h2>
    Alerts${' '}
    <span class="muted">
      ${count(rule.hits.day)} in the last day, ${count(rule.hits.week)} in the last week,
      ${' '}${count(rule.hits.all)} kept
    </span>
  </h2>
  ${
    rule.hits.all
      ? html`<div>
        <${Bars} of=${rule.details.overTime} />
        <p class="muted small">
          The last one came at <${Time} at=${rule.hits.last} digits=${0} /> (UTC).
        </p>
        <${Pages} of="services" rows=${rule.details.services} size=${LISTED}>
          ${(some) => html`<ul class="plain-list">
            ${some.map(
              ({ service, hits }) => html`<li key=${service}>
                <a href=${href(['alerts'], { rule: rule.id, service, muted: 'show' })}>
                  ${service || 'no known service'}
                </a>
                : ${count(hits.week)} in the last week, ${count(hits.all)} kept
              </li>`,
            )}
          </ul>`}
        <//>
      </div>`
      : html`<${Empty}>No alert is kept.<//>`
  }
</section>`;

const [BAR, GAP, HEIGHT] = [8, 2, 48];

/** The numbers of alerts as bars; the text beside has them in words. */
const Bars = ({ of: { counts, stepSeconds } }) => {
  const most = Math.max(1, ...counts);
  const width = counts.length * (BAR + GAP);
  return html`<svg
    class="bars"
    role="img"
    viewBox=${`0 0 ${width} ${HEIGHT}`}
    aria-label=${`Alerts of the last week, by ${stepSeconds / 3600} hours; at most ${most}`}
  >
    ${counts.map((number, i) => {
      const high = number ? Math.max(2, (number / most) * HEIGHT) : 1;
      return html`<rect
        key=${i}
        x=${i * (BAR + GAP)}
        y=${HEIGHT - high}
        width=${BAR}
        height=${high}
        class=${number ? 'some' : 'none'}
      />`;
    })}
  </svg>`;
};

/** Sigma as it is written, never as markup. */
export class Text extends Component {
  copy = async () => {
    await navigator.clipboard?.writeText(this.props.text);
    this.setState({ copied: true });
  };

  render({ text }, { copied }) {
    return html`<section class="panel">
      <${Head} title="Text" level=${2}>
        <button type="button" class="small" onClick=${this.copy}>
          ${copied ? 'Copied' : 'Copy'}
        </button>
      <//>
      <pre class="value" id="rule-text" role="region" tabIndex="0" aria-label="Text of the rule">
        ${text}
      </pre>
    </section>`;
  }
}

const Reports = ({ reports }) =>
  reports.length
    ? html`<section class="panel">
      <h2>What agents say</h2>
      <${Pages} of="reports" rows=${reports} size=${LISTED}>
        ${(some) => html`<ul>
          ${some.map(
            (each) => html`<li key=${each.agent + each.line}>
              <a href=${href(['fleet', each.agent, 'journal'])}>${each.pod ?? each.service}</a>
              : <span class="wrap">${each.line}</span>
            </li>`,
          )}
        </ul>`}
      <//>
    </section>`
    : null;

const SUGGESTED = 500;
const LENGTHS = ['1h', '4h', '1d', '7d', '30d'];

const Mutes = ({ rule, may, act }) => html`<section class="panel">
  <h2>Mutes</h2>
  ${
    rule.details.mutes.length
      ? html`<${Pages} of="mutes" rows=${rule.details.mutes} size=${LISTED}>
        ${(some) => html`<ul class="plain-list">
          ${some.map(
            (mute) => html`<li key=${mute.id}>
              in ${mute.service}${mute.namespace ? ` (${mute.namespace})` : ''} until${' '}
              <${Time} at=${mute.until} digits=${0} /> by ${mute.by}: ${mute.reason}${' '}
              ${
                may &&
                html`<button
                  type="button"
                  class="small"
                  aria-label=${`End the mute in ${mute.service}`}
                  onClick=${() => act(() => alerts.unmute(mute.id))}
                >
                  End now
                </button>`
              }
            </li>`,
          )}
        </ul>`}
      <//>`
      : html`<p class="muted">It is not muted.</p>`
  }
  ${
    may &&
    html`<form
      class="inline"
      id="new-mute"
      onSubmit=${async (event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const { service, duration, reason } = form.elements;
        const wanted = {
          rule: rule.id,
          service: service.value.trim(),
          duration: duration.value,
          reason: reason.value.trim(),
        };
        if (await act(() => alerts.mute(wanted))) form.reset();
      }}
    >
      <label class="field">
        <span>Mute in service</span>
        <input name="service" required list="rule-services" autocomplete="off" />
      </label>
      <datalist id="rule-services">
        ${rule.details.services.slice(0, SUGGESTED).map(
          ({ service }) => html`<option key=${service} value=${service}></option>`,
        )}
      </datalist>
      <label class="field">
        <span>For</span>
        <select name="duration">
          ${LENGTHS.map((each) => html`<option key=${each} value=${each}>
            ${each}
          </option>`)}
        </select>
      </label>
      <label class="field wide">
        <span>Reason</span>
        <input name="reason" required maxlength="500" />
      </label>
      <button type="submit">Mute</button>
    </form>`
  }
  <p class="muted small">
    Lists hide muted alerts, and nobody is notified of them. They are still kept, and still start
    captures.
  </p>
</section>`;
