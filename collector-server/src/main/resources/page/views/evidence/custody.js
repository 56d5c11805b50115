// Whether the evidence is still what was sealed: checked now, by the collector.

import { Component } from '../../lib.js';
import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Fields, Head } from '../../parts.js';
import { Loaded } from '../../loaded.js';
import { Paged, Pages } from '../../paged.js';
import { ProblemNote } from '../../problem.js';
import { go, href } from '../../router.js';
import { Table } from '../../table.js';
import { Time, TimeBelow } from '../../time.js';
import { bytes, count, plural } from '../../words.js';

const ENTRY_COLUMNS = [
  {
    name: 'sequence',
    label: 'No.',
    className: 'fit number',
    cell: (entry) => entry.sequence,
  },
  {
    name: 'time',
    label: 'Time (UTC)',
    className: 'fit',
    cell: (entry, above) =>
      html`<${TimeBelow} at=${entry.time} above=${above?.time} digits=${3} />`,
  },
  {
    name: 'action',
    label: 'Action',
    className: 'fit',
    cell: (entry) => entry.action,
  },
  { name: 'actor', label: 'By', cell: (entry) => entry.actor },
  {
    name: 'detail',
    label: 'Details',
    className: 'grow small',
    cell: (entry) =>
      Object.entries(entry.detail ?? {}).map(
        ([name, value]) => html`<span
          class="block"
          key=${name}
        >
          <span class="muted">${name}</span> <span class="wrap">${value}</span>
        </span>`,
      ),
  },
];

export const Custody = ({ id, one, query, user }) => html`<section class="stack">
  <${Verification} id=${id} />
  <${Signature} one=${one} />
  ${!user.opened && html`<${Hold} id=${id} user=${user} />`}
  <${History} id=${id} query=${query} />
  ${one.imported && html`<${EarlierHistory} id=${id} />`}
</section>`;

/** What the collectors had in custody that the evidence came from, each with its own log. */
const EarlierHistory = ({ id }) => html`<${Loaded}
  of=${'imported' + id}
  what="earlier history"
  load=${(signal) => evidence.imported(id, signal)}
>
  ${({ imports }) => html`<div class="stack">
    ${imports.filter((one) => one.folder).map(
      (one) => html`<section key=${one.folder}>
        <${Head} level=${2} title="History before the import" />
        <p class="prose muted">
          From another collector
          ${
            one.logKey &&
            html`
              , whose log has the key <code class="wrap">${one.logKey}</code>
            `
          }. Imported by ${one.by} at <${Time} at=${one.at} digits=${0} />, from a bag with SHA-256
          ${' '}<code class="wrap">${one.bag}</code>. Its files are the artifacts in
          ${' '}<code>${one.folder}/</code>.
        </p>
        ${
          one.unproven > 0 &&
          html`<p class="warn">
            ▲ ${plural(one.unproven, 'further entry', 'further entries')} in the bag: left out,
            because nothing proves that the other collector wrote them.
          </p>`
        }
        <${Pages} of=${'history in ' + one.folder} rows=${one.entries}>
          ${(some) => html`<${Table}
            label="Custody before the import"
            rows=${some}
            rowKey=${(entry) => String(entry.sequence)}
            columns=${ENTRY_COLUMNS}
          />`}
        <//>
      </section>`,
    )}
  </div>`}
<//>`;

const History = ({ id, query }) => html`<section>
  <${Head} level=${2} title="History" />
  <${Paged}
    of=${'custody' + id}
    load=${(asked, signal) => evidence.custody(id, asked, signal)}
    items="entries"
    cursor=${query.custody}
    parameter="custody"
    limit=${100}
    what="history"
    empty="The log has no entry of this evidence."
  >
    ${(entries, { doubts = [] }) => html`
      ${
        doubts.length > 0 &&
        html`<ul class="plain-list warn">
          ${doubts.map((text, i) => html`<li key=${i}>▲ ${text}</li>`)}
        </ul>`
      }
      <${Table}
        label="Custody"
        rows=${entries}
        rowKey=${(entry) => String(entry.sequence)}
        columns=${ENTRY_COLUMNS}
      />
    `}
  <//>
</section>`;

const Signature = ({ one }) => html`<section class="panel">
  <h2>Signature</h2>
  <${Fields}
    label="Signature"
    of=${[
      ['By the agent', one.signature.verified ? '✓ verified when it arrived' : '✕ not verified'],
      [
        'Enrolled',
        one.signature.enrolled === false &&
          (one.imported
            ? '✕ the key is not enrolled at this collector, since another one received it'
            : '✕ no agent proved on its channel that it holds this key: ' +
              'anybody with an agent’s token can have made this evidence'),
      ],
      [
        'Sent by',
        one.imported
          ? 'nobody: it was imported from a bag'
          : one.owner
          ? html`<code class="wrap">${one.owner.identity}</code> (${one.owner.account})`
          : 'an agent with the shared token, which proves no identity',
      ],
      ['Key', one.signature.keyId && html`<code class="wrap">${one.signature.keyId}</code>`],
    ]}
  />
</section>`;

const Lines = ({ of, name, className = '' }) => html`<${Pages} of=${name} rows=${of} size=${50}>
  ${(some) => html`<ul class=${'plain-list ' + className}>
    ${some.map((text, i) => html`<li key=${i}>${text}</li>`)}
  </ul>`}
<//>`;

class Verification extends Component {
  check = async () => {
    this.setState({ busy: true, problem: null });
    try {
      this.setState({ report: await evidence.verify(this.props.id), busy: false });
    } catch (problem) {
      this.setState({ problem, busy: false });
    }
  };

  render(_, { report, busy, problem }) {
    return html`<section class="panel" aria-live="polite">
      <${Head} level=${2} title="Verification">
        <button
          type="button"
          class="primary"
          id="verify"
          disabled=${busy}
          onClick=${this.check}
        >
          ${busy ? 'Checking every byte…' : report ? 'Verify again' : 'Verify now'}
        </button>
      <//>
      <p class="prose muted">
        Every digest, the agent's signature and the custody chain, read from disk now. The
        bag can be checked on another machine: <code>whorl verify BAG</code>.
      </p>
      ${problem && html`<${ProblemNote} problem=${problem} />`}
      ${
        report &&
        html`<div>
          <p class=${'large ' + (report.verified ? 'good' : 'warn')} id="verdict">
            ${
              report.verified
                ? '✓ Everything is as it was sealed'
                : '✕ Not everything is as it was sealed'
            }
          </p>
          <${Fields}
            label="Verification"
            of=${[
              ['Checked', html`<${Time} at=${report.checkedAt} />`],
              ['Artifacts', `${count(report.artifacts)}, ${bytes(report.bytes)}`],
              [
                'Problems',
                report.problems.length
                  ? html`<${Lines} name="problems" of=${report.problems} className="warn" />`
                  : 'none',
              ],
              [
                'Notes',
                report.notes?.length > 0 && html`<${Lines} name="notes" of=${report.notes} />`,
              ],
            ]}
          />
        </div>`
      }
    </section>`;
  }
}

/** Holds keep retention and purging away. */
class Hold extends Component {
  act = async (action) => {
    try {
      await action();
      this.setState({ problem: null });
      this.loaded?.reload();
    } catch (problem) {
      this.setState({ problem });
    }
  };

  render({ id, user }, { problem, purging }) {
    const { act } = this;
    const setPurging = (purging) => this.setState({ purging });
    return html`<section class="panel">
      <h2>Hold</h2>
      <${Loaded}
        of=${id}
        what="holds"
        ref=${(loaded) => (this.loaded = loaded)}
        load=${(signal) => evidence.holds(id, signal)}
      >
        ${({ holds }) => html`<div>
          ${
            holds.length
              ? html`<${Holds} holds=${holds} />`
              : html`<p class="muted">
                No hold of its own or of a case: retention may purge it.
              </p>`
          }
          ${user.role !== 'viewer' && !ownOf(holds) && html`<${HoldForm} id=${id} act=${act} />`}
          ${
            user.role === 'admin' &&
            ownOf(holds) &&
            html`<p class="inline">
              <button type="button" onClick=${() => act(() => evidence.release(id))}>
                Release its own hold
              </button>
            </p>`
          }
        </div>`}
      <//>
      ${
        user.role === 'admin' &&
        html`<${Purge}
          id=${id}
          act=${act}
          purging=${purging}
          setPurging=${setPurging}
        />`
      }
      ${problem && html`<${ProblemNote} problem=${problem} />`}
    </section>`;
  }
}

const arriveAt = (field) => field?.focus();

const Purge = ({ id, act, purging, setPurging }) =>
  purging
    ? html`<form
      class="inline"
      id="purge"
      onSubmit=${(event) => {
        event.preventDefault();
        const reason = event.currentTarget.elements.reason.value.trim();
        act(async () => {
          await evidence.purge(id, reason);
          go(['evidence']);
        });
      }}
    >
      <label class="field">
        <span>Reason, for custody</span>
        <input name="reason" required maxlength="500" ref=${arriveAt} />
      </label>
      <button type="submit" class="danger">
        Purge this evidence
      </button>
      <button type="button" onClick=${() => setPurging(false)}>
        Keep it
      </button>
      <span class="muted small">What is purged is gone for ever.</span>
    </form>`
    : html`<p class="inline">
      <button type="button" onClick=${() => setPurging(true)}>
        Purge…
      </button>
    </p>`;

const HoldForm = ({ id, act }) => html`<form
  class="inline"
  onSubmit=${(event) => {
    event.preventDefault();
    const reason = event.currentTarget.elements.reason.value.trim();
    act(() => evidence.hold(id, reason));
  }}
>
  <label class="field">
    <span>Reason</span>
    <input name="reason" required maxlength="500" />
  </label>
  <button type="submit">Hold</button>
</form>`;

const Holds = ({ holds }) => html`<ul class="plain-list">
  ${holds.map(
    (hold) => html`<li key=${hold.case ?? ''}>
      <span class="warn">■ Held</span> by <b>${hold.by}</b> since${' '}
      <${Time} at=${hold.at} digits=${0} />: ${hold.reason}
      ${
        hold.case &&
        html`
          ${' '}
          · <a href=${href(['cases', hold.case])}>its case</a>
        `
      }
    </li>`,
  )}
</ul>`;

const ownOf = (holds) => holds.find((hold) => !hold.case);
