// Saved views: the filters of a view under a name, for oneself or for all.

import { Component } from '../lib.js';
import { html } from '../html.js';
import { savedViews } from '../api.js';
import { Loaded } from '../loaded.js';
import { ProblemNote } from '../problem.js';
import { here, href } from '../router.js';

/** What an address has beside filters. */
const NO_FILTER = ['cursor', 'row'];

const textOf = (query) =>
  new URLSearchParams(
    Object.entries(query).filter(([name, value]) => value && !NO_FILTER.includes(name)),
  ).toString();

const queryOf = (text) => Object.fromEntries(new URLSearchParams(text));

/** A menu with the saved views of this kind, which are opened where the reader is. */
export class SavedViews extends Component {
  act = async (action, reload) => {
    try {
      await action();
      this.setState({ problem: null, renamed: null });
      reload();
      return true;
    } catch (problem) {
      this.setState({ problem });
      return false;
    }
  };

  save = (reload) => async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { name, shared } = form.elements;
    const wanted = {
      kind: this.props.kind,
      name: name.value.trim(),
      query: textOf(this.props.query),
      shared: Boolean(shared?.checked),
    };
    if (await this.act(() => savedViews.save(wanted), reload)) form.reset();
  };

  rename = (view, reload) => (event) => {
    event.preventDefault();
    const name = event.currentTarget.elements.renamed.value.trim();
    this.act(() => savedViews.change(view.id, { name }), reload);
  };

  one(view, reload) {
    const { user } = this.props;
    const { path } = here();
    return html`<li key=${view.id}>
      ${
        this.state.renamed === view.id
          ? html`<form class="inline" onSubmit=${this.rename(view, reload)}>
            <label class="field">
              <span>New name</span>
              <input name="renamed" defaultValue=${view.name} required maxlength="80" />
            </label>
            <button type="submit">Rename</button>
          </form>`
          : html`<a
            class="wrap"
            href=${href(path, queryOf(view.query))}
            onClick=${(event) => {
              event.currentTarget.closest('details').open = false;
            }}
            aria-current=${view.query === textOf(this.props.query) ? 'true' : undefined}
          >
            ${view.name}
          </a>`
      }
      <span class="muted small block">
        ${view.mine ? (view.shared ? 'yours, shared' : 'yours') : `by ${view.by}`}
        ${
          view.mine &&
          html`
            ${' '}
            <button
              type="button"
              class="small plain"
              aria-label=${`Rename ${view.name}`}
              onClick=${() => this.setState({ renamed: view.id })}
            >
              rename
            </button>
          `
        }
        ${
          view.mine &&
          user.role !== 'viewer' &&
          html`<button
            type="button"
            class="small plain"
            aria-label=${`${view.shared ? 'Stop sharing' : 'Share'} ${view.name}`}
            onClick=${() =>
              this.act(() => savedViews.change(view.id, { shared: !view.shared }), reload)}
          >
            ${view.shared ? 'stop sharing' : 'share'}
          </button>`
        }
        ${
          (view.mine || user.role === 'admin') &&
          html`<button
            type="button"
            class="small plain"
            aria-label=${`Delete ${view.name}`}
            onClick=${() => this.act(() => savedViews.remove(view.id), reload)}
          >
            delete
          </button>`
        }
      </span>
    </li>`;
  }

  render({ kind, user }, { problem }) {
    if (user.opened) return null;
    return html`<details class="menu saved-views">
      <summary>Views</summary>
      <div class="menu-body stack">
        <${Loaded} of=${kind} what="views" load=${(signal) => savedViews.list(kind, signal)}>
          ${({ views }, reload) => html`<div class="stack">
            ${
              views.length > 0
                ? html`<ul class="plain-list">
                  ${views.map((view) => this.one(view, reload))}
                </ul>`
                : html`<p class="muted">No saved view yet.</p>`
            }
            <form class="stack" id="save-view" onSubmit=${this.save(reload)}>
              <label class="field">
                <span>Save these filters as</span>
                <input name="name" required maxlength="80" autocomplete="off" />
              </label>
              ${
                user.role !== 'viewer' &&
                html`<label class="check">
                  <input type="checkbox" name="shared" /> Share with all
                </label>`
              }
              <div>
                <button type="submit">Save</button>
              </div>
            </form>
            ${problem && html`<${ProblemNote} problem=${problem} />`}
          </div>`}
        <//>
      </div>
    </details>`;
  }
}
