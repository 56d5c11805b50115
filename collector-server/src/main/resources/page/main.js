// The page: who is logged in, the frame around every view, and which view the address asks for.

import { Component, createRef, render } from './lib.js';
import { html } from './html.js';
import { onLost, opened, session } from './api.js';
import { here, href } from './router.js';
import { arrive, keepFocus } from './arrival.js';
import { KEYS, OPENED_KEYS, listen } from './keys.js';
import { applyTheme, switchTheme, theme } from './theme.js';
import { ProblemNote } from './problem.js';
import { AlertGroup } from './views/alert-group.js';
import { Alerts } from './views/alerts.js';
import { Alert } from './views/alert.js';
import { Audit } from './views/audit.js';
import { Capture } from './views/capture.js';
import { Captures } from './views/captures.js';
import { Case } from './views/case.js';
import { CaseTimeline } from './views/case-timeline.js';
import { Cases } from './views/cases.js';
import { Evidence } from './views/evidence.js';
import { EvidenceList } from './views/evidence-list.js';
import { Fleet } from './views/fleet.js';
import { Hunt } from './views/hunt.js';
import { Hunts } from './views/hunts.js';
import { Journal } from './views/journal.js';
import { Libraries, LibrariesOfAgent } from './views/libraries.js';
import { Login } from './views/login.js';
import { Opened } from './views/opened.js';
import { Retention } from './views/retention.js';
import { Rule } from './views/rule.js';
import { NewRule, RuleSetView } from './views/rule-edit.js';
import { Rules } from './views/rules.js';
import { Probe } from './views/probe.js';
import { Probes } from './views/probes.js';
import { Search } from './views/search.js';
import { Mutes } from './views/mutes.js';
import { Notifications } from './views/notifications.js';
import { Tokens } from './views/tokens.js';

const PLACES = [
  ['alerts', 'Alerts'],
  ['fleet', 'Fleet'],
  ['libraries', 'Libraries'],
  ['rules', 'Rules'],
  ['hunts', 'Hunts'],
  ['captures', 'Captures'],
  ['evidence', 'Evidence'],
  ['cases', 'Cases'],
  ['search', 'Search'],
];

/** Of evidence on this machine there are no agents, alerts, captures or cases. */
const OPENED_PLACES = [['evidence', 'Evidence']];

/** The session goes on: the next person at this browser would find it by loading the page. */
const NOT_LOGGED_OUT = {
  title: 'You are not logged out',
  detail: 'The collector could not end your session. Load this page, and log out again.',
};

/** The view of an address: `[component, properties]`. */
function viewOf([place, id, part]) {
  if (place === 'fleet' && id && part === 'journal') return [Journal, { id }];
  if (place === 'fleet' && id && part === 'libraries') return [LibrariesOfAgent, { id }];
  if (place === 'fleet') return [Fleet, {}];
  if (place === 'alerts' && id === 'groups') return [AlertGroup, { id: part }];
  if (place === 'alerts' && id === 'mutes') return [Mutes, {}];
  if (place === 'libraries') return [Libraries, {}];
  if (place === 'alerts') return id ? [Alert, { id }] : [Alerts, {}];
  if (place === 'capture') return [Capture, {}];
  if (place === 'captures') return [Captures, { id }];
  if (place === 'evidence')
    return id ? [Evidence, { id, part: part ?? 'summary' }] : [EvidenceList, {}];
  if (place === 'cases' && part === 'timeline') return [CaseTimeline, { id }];
  if (place === 'cases') return id ? [Case, { id }] : [Cases, {}];
  if (place === 'hunts') return id ? [Hunt, { id }] : [Hunts, {}];
  if (place === 'rules' && id === 'new') return [NewRule, {}];
  if (place === 'rules' && id === 'sets' && part) return [RuleSetView, { name: part }];
  if (place === 'rules') return id ? [Rule, { id }] : [Rules, {}];
  if (place === 'audit') return [Audit, {}];
  if (place === 'retention') return [Retention, {}];
  if (place === 'probes') return id ? [Probe, { id }] : [Probes, {}];
  if (place === 'search') return [Search, {}];
  if (place === 'tokens') return [Tokens, {}];
  if (place === 'notifications') return [Notifications, {}];
  return [Alerts, {}];
}

class Page extends Component {
  state = { route: here(), user: undefined, help: false, theme: theme() };

  componentDidMount() {
    addEventListener('hashchange', () => this.arrive());
    onLost(() => this.setState({ user: null }));
    listen({
      onHelp: () => this.setState({ help: true }),
      onEscape: () => this.escape(),
      mayGo: (place) => !this.state.user?.opened || place === 'evidence',
    });
    keepFocus();
    if (!this.arrive()) this.enter(session.now());
  }

  /** Goes where the address says. True if it has the token of `whorl open`, as #/open/TOKEN/ID. */
  arrive() {
    const [place, token, id] = here().path;
    if (place !== 'open' || !token) {
      this.setState({ route: here(), menu: false });
      return false;
    }
    // the token stays neither in the address nor in the browser's history
    history.replaceState(null, '', href(id ? ['evidence', id] : ['evidence']));
    this.setState({ route: here() });
    this.enter(opened.enter(token));
    return true;
  }

  async enter(entering) {
    try {
      const user = await entering;
      if (user) user.opened = await opened.now();
      this.setState({ user, problem: null });
    } catch (problem) {
      this.setState({ user: null, problem: problem.status === 401 ? null : problem });
    }
  }

  componentDidUpdate(_, before) {
    const elsewhere = before.route.path.join('/') !== this.state.route.path.join('/');
    if (elsewhere) scrollTo(0, 0);
    if (this.state.user && (elsewhere || before.user !== this.state.user)) arrive();
    document.title = [...this.state.route.path.slice(0, 1), this.state.route.path[2], 'Whorl']
      .filter(Boolean)
      .join(' · ');
  }

  escape() {
    if (this.state.help) this.setState({ help: false });
    else dispatchEvent(new Event('whorl-escape'));
  }

  logOut = async () => {
    try {
      await session.close();
      this.setState({ user: null, left: true, problem: null });
    } catch (failure) {
      const ended = failure.status === 401;
      this.setState({ user: null, left: ended, problem: ended ? null : NOT_LOGGED_OUT });
    }
  };

  render(_, { route, user, help, problem, left, theme: chosen }) {
    if (user === undefined)
      return html`<p class="loading" role="status">
        Loading…
      </p>`;
    if (user === null) {
      return html`<${Login}
        problem=${problem}
        left=${left}
        onEntered=${(entered) => this.enter(Promise.resolve(entered))}
      />`;
    }
    const [View, properties] = viewOf(
      user.opened && route.path[0] !== 'evidence' ? ['evidence'] : route.path,
    );
    return html`<div class="page">
      <a
        class="skip"
        href="#main"
        onClick=${(event) => {
          event.preventDefault();
          document.getElementById('main').focus();
        }}
      >
        To the content
      </a>
      <${Bar}
        route=${route}
        user=${user}
        theme=${chosen}
        onLogOut=${this.logOut}
        onTheme=${() => this.setState({ theme: switchTheme() })}
        onHelp=${() => this.setState({ help: true })}
      />
      ${user.opened && html`<${Opened} evidence=${user.opened} id=${route.path[1]} />`}
      <main id="main" tabIndex="-1">
        <${Guarded} key=${route.path.slice(0, 2).join('/')}>
          <${View} ...${properties} query=${route.query} user=${user} />
        <//>
      </main>
      ${
        help &&
        html`<${Help}
          keys=${user.opened ? OPENED_KEYS : KEYS}
          onClose=${() => this.setState({ help: false })}
        />`
      }
    </div>`;
  }
}

const canCapture = (user) => user.role === 'responder' || user.role === 'admin';

const Bar = ({ route, user, theme: chosen, onLogOut, onTheme, onHelp }) => html`<header
  class="bar"
>
  <a
    class="brand"
    href=${user.opened ? '#/evidence' : '#/alerts'}
    aria-label=${user.opened ? 'Whorl, to the evidence' : 'Whorl, to the alerts'}
  >
    <img src="/page/whorl.svg" alt="" width="22" height="22" />
    <span class="brand-name">Whorl</span>
  </a>
  <nav aria-label="Main">
    ${(user.opened ? OPENED_PLACES : PLACES).map(
      ([place, name]) => html`<a
        key=${place}
        href=${href([place])}
        aria-current=${(route.path[0] ?? 'alerts') === place ? 'page' : undefined}
      >
        ${name}
      </a>`,
    )}
  </nav>
  <div class="bar-end">
    ${
      canCapture(user) &&
      html`<a class="button primary" href="#/capture" id="start-capture">
        Start a capture
      </a>`
    }
    <button
      type="button"
      class="plain"
      onClick=${onTheme}
      aria-label=${`Colours: ${chosen}. Switch`}
      title=${`Colours: ${chosen}`}
    >
      ${{ system: '◐', light: '☀', dark: '☾' }[chosen]}
    </button>
    <button type="button" class="plain" onClick=${onHelp} aria-label="Keys" title="Keys (?)">
      ?
    </button>
    <${Account} key=${route.path.join('/')} user=${user} onLogOut=${onLogOut} />
  </div>
</header>`;

/** The menu of who is logged in; a new place closes it. */
const Account = ({ user, onLogOut }) => html`<details class="menu account">
  <summary title=${user.name}>
    ${user.person ? `${user.person} · ${user.role}` : user.role}
  </summary>
  <div class="menu-body">
    <p class="muted small wrap">${user.name}</p>
    ${
      !user.opened &&
      html`
        <a href="#/audit">Audit</a>
        <a href="#/retention">Retention</a>
        <a href="#/notifications">Notifications</a>
        <a href="#/tokens">API tokens</a>
      `
    }
    <button type="button" onClick=${onLogOut}>
      Log out
    </button>
  </div>
</details>`;

/** The list of keys. The focus stays in it while it is open, and goes back to where it was. */
class Help extends Component {
  button = createRef();

  componentDidMount() {
    this.before = document.activeElement;
    this.button.current.focus();
  }

  componentWillUnmount() {
    this.before?.focus?.();
  }

  render({ keys, onClose }) {
    return html`<div
      class="veil"
      onClick=${(event) => event.target === event.currentTarget && onClose()}
      onKeyDown=${(event) => event.key === 'Tab' && event.preventDefault()}
    >
      <section class="dialog" role="dialog" aria-modal="true" aria-labelledby="help-title">
        <h2 id="help-title">Keys</h2>
        <dl class="keys">
          ${keys.map(
            ([name, what]) => html`<div key=${name}>
              <dt>
                <kbd>${name}</kbd>
              </dt>
              <dd>${what}</dd>
            </div>`,
          )}
        </dl>
        <p class="muted">
          Times are UTC; a time shows yours on hover. Every view has its own address: copy it to
          share the view.
        </p>
        <button type="button" ref=${this.button} onClick=${onClose}>
          Close
        </button>
      </section>
    </div>`;
  }
}

/** A view that fails to draw costs itself, not the page. */
class Guarded extends Component {
  componentDidCatch(failure) {
    console.error(failure);
    this.setState({ failure });
  }

  render({ children }, { failure }) {
    return failure
      ? html`<${ProblemNote}
        problem=${{ title: 'This view could not be drawn', detail: String(failure.message) }}
        retry=${() => this.setState({ failure: null })}
      />`
      : children;
  }
}

applyTheme();
render(html`<${Page} />`, document.getElementById('whorl'));
