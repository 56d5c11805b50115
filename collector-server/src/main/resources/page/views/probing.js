// The way from a frame of a stack to the form of a method probe: for admins, and where a connected
// JVM of the service has probes=on-request.

import { Component } from '../lib.js';
import { fleet } from '../api.js';
import { href } from '../router.js';

const LOOKED_AT = 50;
const KEPT_MAX = 50;
const KEPT_MILLIS = 60_000;

/** Agents refuse to probe the JDK's classes and their own. */
const REFUSED = /^(?:java|jdk|sun|com\.sun|whorl\.agent)\./;

/** `{class, method}` of a frame; null of one that no agent probes, such as a constructor's. */
export function callOf(frame) {
  const call = String(frame)
    .replace(/^\s*at /, '')
    .replace(/\(.*$/s, '')
    .replace(/^.*\/(?!0x)/, '');
  const dot = call.lastIndexOf('.');
  const isNamed = dot > 0 && /^[^\s<>/[\];*?]+$/.test(call) && !call.endsWith('.');
  return isNamed && !REFUSED.test(call)
    ? { class: call.slice(0, dot), method: call.slice(dot + 1) }
    : null;
}

/** Promises of agents by service and agent, for a minute. */
const kept = new Map();

function agentOf(service, agent) {
  const key = `${service} ${agent}`;
  if (!kept.has(key)) {
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(key, askFor(service, agent));
    setTimeout(() => kept.delete(key), KEPT_MILLIS);
  }
  return kept.get(key);
}

/** The agent that takes probes: the one itself, or another of its service if it is gone. */
async function askFor(service, agent) {
  const { agents } = await fleet.agents({ service, connected: true, limit: LOOKED_AT });
  const able = agents.filter(({ capabilities }) => capabilities?.probes);
  return (able.find(({ id }) => id === agent) ?? able[0])?.id;
}

/**
 * Shows `children(probeOf)`. `probeOf(frame)` is the address of the form with class and method
 * filled in, null for a frame that is not probed; `probeOf` is undefined where nobody can probe.
 */
export class Probing extends Component {
  componentDidMount() {
    const { user, service, agent } = this.props;
    if (user?.role !== 'admin' || user.opened || !service) return;
    agentOf(service, agent).then(
      (found) => this.gone || this.setState({ found }),
      () => {}, // stacks are worth reading without
    );
  }

  componentWillUnmount() {
    this.gone = true;
  }

  probeOf = (frame) => {
    const call = callOf(frame);
    return call && href(['probes'], { ...call, agent: this.state.found });
  };

  render({ children }, { found }) {
    const show = Array.isArray(children) ? children[0] : children;
    return show(found && this.probeOf);
  }
}
