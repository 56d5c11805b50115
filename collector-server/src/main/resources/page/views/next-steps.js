// What a responder does next about an alert or a group of them: who is on it, and ways on.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { alerts } from '../api.js';
import { Loaded } from '../loaded.js';
import { ProblemNote } from '../problem.js';
import { href } from '../router.js';
import { spoken } from '../words.js';
import { ACKNOWLEDGE } from './alerts.js';

const EVERY = 10_000;

/** `Open, assigned to nobody`: whether somebody is on it. */
export const standingOf = ({ state, assignee }) =>
  `${spoken(state)}, assigned to ${assignee ?? 'nobody'}`;

/** Who is on the group of an alert, and the button to take it. */
export const GroupStanding = ({ id, user }) => html`<${Loaded}
  of=${id}
  what="its group"
  every=${EVERY}
  load=${(signal) => alerts.group(id, signal)}
>
  ${(group, reload) => html`<${Standing} group=${group} user=${user} reload=${reload} />`}
<//>`;

class Standing extends Component {
  acknowledge = async () => {
    const { group, reload } = this.props;
    try {
      await alerts.decideGroup(group.id, { ...ACKNOWLEDGE, version: group.version });
      this.setState({ problem: null });
    } catch (problem) {
      this.setState({ problem });
    }
    reload();
  };

  render({ group, user }, { problem }) {
    return html`<div>
      <p class="marks" id="standing">
        <span>
          Its group: <b class="wrap">${standingOf(group)}</b>
        </span>
        ${
          user.role !== 'viewer' &&
          group.state === 'open' &&
          html`<button type="button" class="small" onClick=${this.acknowledge}>
            Acknowledge
          </button>`
        }
      </p>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </div>`;
  }
}

/** The id of a Sigma rule. Built-in checks have other ids, and no hunt can ask for them. */
const SIGMA_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The sources whose rules this collector explains. */
const EXPLAINED = new Set(['whorl', 'collector']);

/** Ways on from an alert or a group, `of`; `rule` is the id of the rule to hunt with. */
export const NextSteps = ({ of, rule, user }) => {
  const may = user.role !== 'viewer';
  const target = of.agent ? { agent: of.agent } : of.service && { service: of.service };
  return html`<nav class="small marks" aria-label="Next steps">
    ${
      of.capture &&
      !of.evidence &&
      html`<a href=${href(['captures', of.capture])}>How far its capture is</a>`
    }
    ${
      EXPLAINED.has(of.source) &&
      rule &&
      html`<a href=${href(['rules', rule], { evidence: of.evidence })}>What the rule means</a>`
    }
    ${
      may &&
      of.source === 'whorl' &&
      SIGMA_ID.test(rule) &&
      html`<a href=${href(['hunts'], { rule })}>Ask all JVMs for the same</a>`
    }
    ${
      may &&
      target &&
      html`<a href=${href(['capture'], target)}>
        ${of.agent ? 'Capture this JVM now' : 'Capture this service now'}
      </a>`
    }
    ${
      of.agent &&
      html`<a href=${href(['fleet', of.agent, 'journal'])}>What this JVM does now</a>`
    }
  </nav>`;
};
