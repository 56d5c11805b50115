// Agents: who is connected, what each can do, what it lost and costs. Filtered and paged by the
// server.

import { html } from '../html.js';
import { fleet } from '../api.js';
import { Loaded } from '../loaded.js';
import { Paged } from '../paged.js';
import { Choice, Head, Value } from '../parts.js';
import { href, refine } from '../router.js';
import { NamespaceSearch, PodSearch, ServiceSearch } from '../suggest.js';
import { Table } from '../table.js';
import { ago, Time } from '../time.js';
import { bytes, count, plural, short } from '../words.js';

const EVERY = 10000;

/** The numbers of up to a thousand services. */
const SERVICES_EVERY = 30000;
const SERVICES_SHOWN = 24;

/** Behind a button; of more services than these one filters by name. */
const SERVICES_MAX = 200;
const NONE =
  "No agent matches. A JVM that starts with the agent and this collector's address " +
  'appears here within seconds.';

export const Fleet = ({ query, user }) => {
  const { cursor, ...filter } = query;
  const set = (name) => (value) => refine({ [name]: value, cursor: undefined });
  return html`<section aria-labelledby="fleet-title">
    <${Head} title=${html`<span id="fleet-title">Fleet</span>`}>
      <span class="muted small">refreshed every ${EVERY / 1000} s</span>
    <//>
    <div class="filters">
      <${ServiceSearch} main value=${query.service} onSearch=${set('service')} />
      <${NamespaceSearch} value=${query.namespace} onSearch=${set('namespace')} />
      <${PodSearch}
        value=${query.pod}
        query=${{ service: query.service, namespace: query.namespace }}
        onSearch=${set('pod')}
      />
      <${Choice}
        label="Connection"
        name="connected"
        value=${query.connected}
        onChange=${set('connected')}
        options=${[
          ['', 'all'],
          ['true', 'connected'],
          ['false', 'silent'],
        ]}
      />
    </div>
    <${Loaded} of="services" every=${SERVICES_EVERY} load=${fleet.services}>
      ${({ services }) => html`<${Services} services=${services} query=${query} />`}
    <//>
    <${Paged}
      of="agents"
      load=${fleet.agents}
      items="agents"
      query=${filter}
      cursor=${cursor}
      limit=${50}
      every=${EVERY}
      what="agents"
      empty=${NONE}
    >
      ${(rows) => html`<${Table}
        label="Agents"
        className="table-compact"
        columns=${columns(user)}
        rows=${rows}
        rowKey=${(agent) => agent.id}
        rowClass=${(agent) => !agent.connected && 'silent'}
      />`}
    <//>
  </section>`;
};

/** The whole fleet in a glance: how many agents each service has, and which are not all there. */
const Services = ({ services, query }) => {
  if (services.length < 2) return null;
  const sum = (of) => services.reduce((all, service) => all + service[of], 0);
  const silent = sum('agents') - sum('connected');
  const links = services.slice(0, SERVICES_MAX).map(
    (service) => html`<li
      key=${service.service + ' ' + service.namespace}
    >
      <${ServiceLink} ...${service} query=${query} />
    </li>`,
  );
  return html`<section aria-label="Services" class="services">
    <p class="muted small">
      ${plural(sum('agents'), 'agent')} of ${plural(services.length, 'service')}:${' '}
      ${count(sum('connected'))} connected
      ${
        silent > 0 &&
        html`
          , <span class="warn">${count(silent)} silent</span>
        `
      }
      ${
        sum('lossy') > 0 &&
        html`
          , <span class="warn">${count(sum('lossy'))} dropped events or data</span>
        `
      }
    </p>
    <ul>${links.slice(0, SERVICES_SHOWN)}</ul>
    ${
      links.length > SERVICES_SHOWN &&
      html`<details>
        <summary>${plural(services.length - SERVICES_SHOWN, 'more service')}</summary>
        <ul>${links.slice(SERVICES_SHOWN)}</ul>
        ${
          services.length > links.length &&
          html`<p class="muted small">
            The ${count(links.length)} largest services are listed; filter by service for another.
          </p>`
        }
      </details>`
    }
  </section>`;
};

const ServiceLink = ({ service, namespace, agents, connected, lossy, query }) => {
  const chosen = query.service === service && (query.namespace ?? null) === (namespace ?? null);
  return html`<a
    class="tag"
    aria-current=${chosen ? 'true' : undefined}
    href=${href(['fleet'], chosen ? {} : { service, namespace: namespace ?? undefined })}
  >
    ${service}
    ${
      namespace &&
      html`
        ${' '}
        <span class="muted">in ${namespace}</span>
      `
    }${' '}
    <span class=${connected < agents ? 'warn' : 'muted'}>
      ${connected < agents ? `▲ ${count(connected)} of ${count(agents)}` : count(agents)}
    </span>
    ${
      lossy > 0 &&
      html`
        ${' '}
        <span class="warn" title="agents that dropped events or data">
          ▲ ${count(lossy)}
        </span>
      `
    }
  </a>`;
};

const passes = (selfTest) => selfTest === true || String(selfTest).startsWith('passes');

/** Checks that failed are what a responder has to know before counting on an artifact. */
const cannot = (capabilities) =>
  Object.entries(capabilities ?? {})
    .filter(
      ([name, value]) =>
        (value === false && name !== 'encryption') || (name === 'selfTest' && !passes(value)),
    )
    .map(([name]) => name);

const able = ({ capabilities }) => {
  const lacking = cannot(capabilities);
  const recording = capabilities?.recording;
  return html`<details>
    <summary>
      ${
        lacking.length
          ? html`<span class="warn">▲ ${count(lacking.length)} missing</span>`
          : html`all`
      }
      ${
        capabilities?.rules
          ? html`<span class="muted"> · ${plural(capabilities.rules, 'rule')}</span>`
          : null
      }
    </summary>
    ${lacking.length > 0 && html`<p class="warn wrap">Missing: ${lacking.join(', ')}</p>`}
    ${
      capabilities?.selfTest &&
      !passes(capabilities.selfTest) &&
      html`<p class="warn wrap">Self-test: ${capabilities.selfTest}</p>`
    }
    ${capabilities?.lateStart
      && html`<p class="warn wrap">Started late: ${capabilities.lateStart}</p>`}
    ${recording?.running === false && html`<p class="warn">No recording is running</p>`}
    <${Value} value=${capabilities} />
  </details>`;
};

const lost = ({ losses }) => {
  const some = Object.entries(losses ?? {}).filter(([, value]) => value > 0);
  if (!some.length) return html`<span class="muted">nothing</span>`;
  return html`<details>
    <summary class="warn">▲ ${plural(some.length, 'kind')}</summary>
    <dl class="fields">
      ${some.map(
        ([name, value]) => html`<div key=${name}>
          <dt>
            <code>${name}</code>
          </dt>
          <dd>${count(value)}</dd>
        </div>`,
      )}
    </dl>
  </details>`;
};

/** What is wrong with the agent's messages: missing, repeated, changed, or somebody else's. */
const chain = ({ chain }) => {
  if (!chain) return html`<span class="muted small block">no chain</span>`;
  const words =
    chain.missed > 0 && chain.state === 'gap'
      ? `${plural(chain.missed, 'message')} not received`
      : `chain: ${chain.state}`;
  if (chain.state === 'ok') {
    return html`<span class="muted small block" title=${plural(chain.sequence, 'message')}>
      ${words}
    </span>`;
  }
  return html`<details class="small">
    <summary class="warn">▲ ${words}</summary>
    <p class="wrap">${chain.last} <span class="muted">${chain.lastAt}</span></p>
    <${Value} value=${chain} />
  </details>`;
};

const percent = (share) =>
  share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`;
const seconds = (value) =>
  value === null || value === undefined ? '–' : `${Number(value).toFixed(2)} s`;
const number = (value) => (value === null || value === undefined ? '–' : count(value));

/** What the agent says that it costs its JVM. */
const costs = ({ costs }) => {
  if (!costs) return null;
  const fields = [
    ['running for', seconds(costs.seconds)],
    ['processor time, agent', seconds(costs.cpuSeconds)],
    ['processor time, JFR', seconds(costs.jfrCpuSeconds)],
    ['time in hooks', `${seconds(costs.hookSeconds)} (now ${percent(costs.hookShare)})`],
    ['calls of hooks', number(costs.hookVisits)],
    ['events sent', number(costs.eventsTold)],
    ['events counted', number(costs.eventsCounted)],
    ...Object.entries(costs.held ?? {})
      .filter(([, held]) => held > 0)
      .map(([name, held]) => [`heap: ${name}`, bytes(held)]),
  ];
  return html`<details class="small">
    <summary
      class="muted"
      title="share of one processor between the last two heartbeats, and bytes held on the heap"
    >
      takes ${percent(costs.cpuShare)} CPU, ${bytes(costs.heldBytes)}
    </summary>
    <dl class="fields">
      ${fields.map(
        ([name, value]) => html`<div key=${name}>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
      )}
    </dl>
  </details>`;
};

const columns = (user) => [
  {
    name: 'connected',
    label: 'Connection',
    className: 'fit first',
    cell: (agent) =>
      agent.connected
        ? html`<span class="state state-sealed">
          <span aria-hidden="true">●</span> connected
        </span>`
        : html`<span class="state state-failed" title=${`last seen ${agent.lastSeen}`}>
          <span aria-hidden="true">○</span> silent for ${ago(agent.lastSeen)}
        </span>`,
  },
  {
    name: 'service',
    label: 'Service',
    className: 'what',
    cell: (agent) => html`
      <b>${agent.service}</b>
      ${
        agent.namespace &&
        html`
          ${' '}
          <span class="muted">in ${agent.namespace}</span>
        `
      }
      <span class="muted small block mono" title=${agent.id}>
        agent ${short(agent.id)}
      </span>
      <span class="muted small block"
        title=${agent.owner?.identity ?? 'Any agent with the shared token can claim to be it.'}>
        ${agent.owner
          ? `proved by ${agent.owner.proof.replace('-', ' ')}`
          : 'not proved: shared token'}
      </span>
    `,
  },
  {
    name: 'where',
    label: 'Where',
    cell: (agent) => html`
      ${agent.pod ?? agent.host ?? '–'}
      <span class="muted small block">
        ${[agent.pod && agent.host, `pid ${agent.pid}`].filter(Boolean).join(' · ')}
      </span>
      ${
        Object.keys(agent.labels ?? {}).length > 0 &&
        html`<span class="muted small block">
          ${Object.entries(agent.labels)
            .map(([k, v]) => `${k}=${v}`)
            .join(' ')}
        </span>`
      }
    `,
  },
  {
    name: 'jvm',
    label: 'JVM',
    cell: (agent) => html`
      <span class="small">${agent.jvm}</span>
      <span class="muted small block">agent ${agent.agentVersion}</span>
      ${costs(agent)}
    `,
  },
  { name: 'able', label: 'Capabilities', className: 'named', cell: able },
  {
    name: 'lost',
    label: 'Dropped',
    className: 'named',
    cell: (agent) => html`${lost(agent)} ${chain(agent)}`,
  },
  {
    name: 'seen',
    label: 'Last seen (UTC)',
    className: 'fit named',
    cell: (agent) => html`<${Time} at=${agent.lastSeen} digits=${0} />`,
  },
  {
    name: 'go',
    label: 'Go to',
    className: 'fit',
    cell: (agent) => html`<span class="links">
      <a href=${href(['fleet', agent.id, 'journal'])}>live</a>
      <a href=${href(['fleet', agent.id, 'libraries'])}>libraries</a>
      <a href=${href(['evidence'], { agent: agent.id })}>evidence</a>
      ${
        user.role !== 'viewer' &&
        agent.connected &&
        html`<a href=${href(['capture'], { agent: agent.id })}>capture</a>`
      }
    </span>`,
  },
];
