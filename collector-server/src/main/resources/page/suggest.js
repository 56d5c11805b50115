// Fields that suggest what there is. Without suggestions they work as well.

import { Component } from './lib.js';
import { html } from './html.js';
import { alerts, fleet, search } from './api.js';
import { Search, suggestionsOf } from './parts.js';

/** More than a browser shows at once; the rest comes when more of the name is typed. */
const MOST = 500;
const AGENTS = 100;
const GROUPS = 100;
const TYPED_MIN = 3;
const PAUSE_MILLIS = 250;

const unique = (names) => [...new Set(names.filter(Boolean))].sort().slice(0, MOST);

/**
 * `children(suggestions, onType)`, with what `load(signal)` brings. `more(typed, signal)`, where
 * given, brings further ones for what somebody types.
 */
class Suggested extends Component {
  state = { found: [] };

  componentDidMount() {
    this.ask(this.props.load);
  }

  componentDidUpdate(before) {
    if (before.of !== this.props.of) this.ask(this.props.load);
  }

  componentWillUnmount() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  ask(load) {
    this.request?.abort();
    const { signal } = (this.request = new AbortController());
    load(signal).then(
      (found) => signal.aborted || this.setState({ found }),
      () => {}, // the field works without
    );
  }

  type = (typed) => {
    clearTimeout(this.timer);
    const { more } = this.props;
    if (!more || typed.length < TYPED_MIN) return;
    this.timer = setTimeout(() => this.ask((signal) => more(typed, signal)), PAUSE_MILLIS);
  };

  render({ children }, { found }) {
    const show = Array.isArray(children) ? children[0] : children;
    return show(found, this.type);
  }
}

const serviceNames = async (signal) =>
  unique((await fleet.services(signal)).services.map((each) => each.service));

const namespaceNames = async (signal) =>
  unique((await fleet.services(signal)).services.map((each) => each.namespace));

/** Agents as pairs of the value that a field wants, and who that is. */
const agentsBy = (valueOf) => ({
  load: async (signal, query) =>
    pairs((await fleet.agents({ ...query, limit: AGENTS }, signal)).agents, valueOf),
  more: async (typed, signal) => pairs((await search(typed, signal)).agents, valueOf),
});

const pairs = (agents, valueOf) => [
  ...new Map(
    agents
      .filter(valueOf)
      .map((agent) => [valueOf(agent), `${agent.service} ${agent.pod ?? agent.host ?? ''}`]),
  ),
];

const BY_ID = agentsBy((agent) => agent.id);
const BY_POD = agentsBy((agent) => agent.pod);

/** The rules of the newest alerts, by id, with their titles. */
const rules = async (signal) => {
  const { groups } = await alerts.groups({ limit: GROUPS, muted: 'show' }, signal);
  return [
    ...new Map(groups.flatMap(({ titles }) => titles.map((match) => [match.rule, match.title]))),
  ].slice(0, MOST);
};

const searchFor =
  (label, name, placeholder, { load, more }) =>
  ({ value, onSearch, main, query }) => html`<${Suggested}
    of=${JSON.stringify(query)}
    load=${(signal) => load(signal, query)}
    more=${more}
  >
    ${(suggestions, onType) => html`<${Search}
      main=${main}
      label=${label}
      name=${name}
      value=${value}
      placeholder=${placeholder}
      suggestions=${suggestions}
      onType=${onType}
      onSearch=${onSearch}
    />`}
  <//>`;

/** Searches for exact names, with those of the fleet as suggestions. */
export const ServiceSearch = searchFor('Service', 'service', 'exact name', { load: serviceNames });
export const NamespaceSearch = searchFor('Namespace', 'namespace', 'exact name', {
  load: namespaceNames,
});

/** Searches for an agent, with `query` as a filter of those that are suggested first. */
export const AgentSearch = searchFor('Agent', 'agent', 'agent id, type a pod', BY_ID);
export const PodSearch = searchFor('Pod', 'pod', 'exact name', BY_POD);

/** A search for a rule, with those of the newest alerts as suggestions. */
export const RuleSearch = searchFor('Rule', 'rule', 'rule id, type its title', { load: rules });

/** The services of the fleet for a field that names this `id` by `list`. */
export const ServiceList = ({ id }) => html`<${List} id=${id} load=${serviceNames} />`;

/** What the fields of a form suggest: `datalist`s that inputs name by `list`. */
export const FleetLists = ({ prefix, typed }) => html`
  <${List} id=${`${prefix}-service`} load=${serviceNames} />
  <${List} id=${`${prefix}-namespace`} load=${namespaceNames} />
  <${List} id=${`${prefix}-pod`} ...${BY_POD} typed=${typed?.pod} />
  <${List} id=${`${prefix}-agent`} ...${BY_ID} typed=${typed?.agent} />
`;

class List extends Component {
  componentDidUpdate(before) {
    if (before.typed !== this.props.typed) this.suggested?.type(this.props.typed ?? '');
  }

  render({ id, load, more }) {
    return html`<${Suggested}
      load=${load}
      more=${more}
      ref=${(suggested) => (this.suggested = suggested)}
    >
      ${(suggestions) => html`<datalist id=${id}>
        ${suggestionsOf(suggestions)}
      </datalist>`}
    <//>`;
  }
}
