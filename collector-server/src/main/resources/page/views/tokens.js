// API tokens that people make for themselves: listed, made, revoked.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { tokens } from '../api.js';
import { Paged } from '../paged.js';
import { Head } from '../parts.js';
import { ProblemNote } from '../problem.js';
import { Sure } from '../sure.js';
import { Table } from '../table.js';
import { Time } from '../time.js';

const ROLES = ['viewer', 'responder', 'admin'];
const LIVES = [7, 30, 90, 365];

export class Tokens extends Component {
  state = { made: null, changes: 0 };

  changed = (made) => this.setState({ made, changes: this.state.changes + 1 });

  render({ query, user }, { made, changes }) {
    return html`<section class="stack">
      <${Head} title="API tokens" />
      <p class="muted">
        For scripts and the command line. A token can never do more than its maker can do at that
        moment, and only within its own role and limits.
      </p>
      <${NewToken} user=${user} onMade=${this.changed} />
      ${made && html`<${Made} key=${made.id} token=${made} />`}
      <${Paged}
        of=${'tokens ' + changes}
        load=${tokens.list}
        items="tokens"
        cursor=${query.cursor}
        limit=${50}
        what="API tokens"
        empty="No API token yet."
      >
        ${(rows) => html`<${Table}
          label="API tokens"
          columns=${columns(() => this.changed(null))}
          rows=${rows}
          rowKey=${(one) => one.id}
          rowClass=${(one) => isOver(one) && 'muted'}
        />`}
      <//>
    </section>`;
  }
}

class NewToken extends Component {
  submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { name, role, namespaces, services, labels, days } = form.elements;
    try {
      const made = await tokens.make({
        name: name.value.trim(),
        role: role.value,
        namespaces: words(namespaces.value),
        services: words(services.value),
        labels: pairs(labels.value),
        expires: new Date(Date.now() + Number(days.value) * 86_400_000).toISOString(),
      });
      form.reset();
      this.setState({ problem: null });
      this.props.onMade(made);
    } catch (problem) {
      this.setState({ problem });
    }
  };

  render({ user }, { problem }) {
    return html`<form class="panel" id="new-token" onSubmit=${this.submit}>
      <h2>New API token</h2>
      <div class="filters">
        <label class="field wide">
          <span>Name</span>
          <input name="name" required maxlength="100" placeholder="nightly export" />
        </label>
        <label class="field">
          <span>Role</span>
          <select name="role">
            ${ROLES.slice(0, ROLES.indexOf(user.role) + 1).map(
              (role) => html`<option key=${role} value=${role}>
                ${role}
              </option>`,
            )}
          </select>
        </label>
        <label class="field">
          <span>Expires in</span>
          <select name="days">
            ${LIVES.map(
              (days) => html`<option key=${days} value=${days} selected=${days === 30}>
                ${days + ' days'}
              </option>`,
            )}
          </select>
        </label>
        ${PARTS.map(
          ([name, label, example]) => html`<label key=${name} class="field">
            <span>${label}</span>
            <input name=${name} placeholder=${example} autocomplete="off" spellcheck=${false} />
          </label>`,
        )}
        <button type="submit" class="primary">
          Make the token
        </button>
      </div>
      <p class="muted small">An empty field sets no limit: the token can do all that you can do.</p>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </form>`;
  }
}

const PARTS = [
  ['namespaces', 'Only namespaces', 'shop, bank'],
  ['services', 'Only services', 'orders'],
  ['labels', 'Only labels', 'team=checkout'],
];

/** The only time that the token is shown. */
class Made extends Component {
  copy = async () => {
    await navigator.clipboard?.writeText(this.props.token.token);
    this.setState({ copied: true });
  };

  render({ token }, { copied }) {
    return html`<div class="panel" role="status">
      <h2>${token.name}</h2>
      <p>Copy the token now; it is shown only once.</p>
      <div class="filters">
        <label class="field wide">
          <span>Token</span>
          <input
            id="made-token"
            readonly
            value=${token.token}
            onFocus=${(event) => event.currentTarget.select()}
          />
        </label>
        <button type="button" onClick=${this.copy}>
          ${copied ? 'Copied' : 'Copy'}
        </button>
      </div>
    </div>`;
  }
}

const isOver = (token) => Date.parse(token.expires) <= Date.now();

const columns = (onRevoked) => [
  {
    name: 'name',
    label: 'Name',
    className: 'grow',
    cell: (one) => html`
      ${one.name}
      ${!one.own && html`<span class="muted small block">of ${one.maker}</span>`}
    `,
  },
  { name: 'role', label: 'Role', className: 'fit', cell: (one) => one.role },
  { name: 'part', label: 'Limits', cell: (one) => part(one) },
  {
    name: 'expires',
    label: 'Expires (UTC)',
    className: 'fit',
    cell: (one) => html`
      <${Time} at=${one.expires} digits=${0} />
      ${isOver(one) && html`<span class="small block">expired</span>`}
    `,
  },
  {
    name: 'used',
    label: 'Used (UTC)',
    className: 'fit',
    cell: (one) =>
      one.used
        ? html`<${Time} at=${one.used} digits=${0} />`
        : html`<span class="muted">never</span>`,
  },
  {
    name: 'revoke',
    label: 'Revoke',
    className: 'fit',
    cell: (one) => html`<${Sure}
      key=${one.id}
      name="Revoke"
      of=${one.name}
      act=${() => tokens.revoke(one.id).then(onRevoked)}
    />`,
  },
];

function part({ namespaces, services, labels }) {
  const words = [
    namespaces.length && 'namespaces ' + namespaces.join(', '),
    services.length && 'services ' + services.join(', '),
    ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
  ].filter(Boolean);
  return words.length
    ? html`<span class="wrap">${words.join('; ')}</span>`
    : html`<span class="muted">none of its own</span>`;
}

const words = (text) => text.split(/[,\s]+/).filter(Boolean);

const pairs = (text) =>
  Object.fromEntries(
    words(text).map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
