// Captures, and one while it goes on.

import { html } from '../html.js';
import { fleet } from '../api.js';
import { Loaded } from '../loaded.js';
import { Paged } from '../paged.js';
import { Choice, EvidenceLink, Fields, Head, Level, State } from '../parts.js';
import { go, href, refine } from '../router.js';
import { AgentSearch, ServiceSearch } from '../suggest.js';
import { Table } from '../table.js';
import { Time } from '../time.js';
import { bytes, short } from '../words.js';

const STATES = ['requested', 'running', 'shipping', 'sealed', 'partial', 'failed'];

const NONE =
  'No capture matches. Alerts of level medium and above start captures; ' +
  '“Start a capture” asks for one.';

/** The states in which nothing more happens. */
export const ENDED = new Set(['sealed', 'partial', 'failed']);

/** A capture names its evidence from its beginning; sealed evidence can be opened. */
const isThere = ({ evidence, sealedAt }) => evidence && sealedAt;

export const Captures = ({ id, query }) => {
  if (id)
    return html`<section>
      <${Head} title="Capture">
        <a href=${href(['captures'])}>all captures</a>
      <//>
      <${CaptureProgress} id=${id} />
    </section>`;
  const { cursor, ...filter } = query;
  const set = (name) => (value) => refine({ [name]: value, cursor: undefined });
  return html`<section>
    <${Head} title="Captures" />
    <div class="filters">
      <${ServiceSearch} main value=${query.service} onSearch=${set('service')} />
      <${Choice}
        label="State"
        name="state"
        value=${query.state}
        onChange=${set('state')}
        options=${[['', 'all'], ...STATES.map((state) => [state, state])]}
      />
      <${AgentSearch}
        value=${query.agent}
        query=${{ service: query.service }}
        onSearch=${set('agent')}
      />
    </div>
    <${Paged}
      of="captures"
      load=${fleet.captures}
      items="captures"
      query=${filter}
      cursor=${cursor}
      limit=${50}
      every=${3000}
      what="captures"
      empty=${NONE}
    >
      ${(rows) => html`<${Table}
        label="Captures"
        className="table-compact"
        columns=${COLUMNS}
        rows=${rows}
        rowKey=${(capture) => capture.id}
        onOpen=${(capture) => go(['captures', capture.id])}
      />`}
    <//>
  </section>`;
};

/** What a state means for who waits, or reads what came. */
export const MEANING = {
  requested: 'The agent has not answered yet.',
  running: 'The agent collects; after an alert it also records on for a while.',
  shipping: 'The evidence is on its way to the collector.',
  sealed:
    'All that the agent lists in its signed manifest is here, checked, and kept unchangeably. ' +
    'What could not be taken is listed under Acquisition.',
  partial:
    'The agent was gone before it signed. What arrived is kept, but no signature says that it ' +
    'is all or who sent it.',
  failed: 'There is no evidence that can be trusted.',
};

/** In how many ms a capture is asked for again. What came of a partial one can be read later. */
const again = (capture) => {
  if (!ENDED.has(capture.state)) return 1000;
  return capture.state === 'partial' && !isThere(capture) ? 30000 : 0;
};

/** One capture, asked for again until it has ended; `onState(state)` hears how it goes on. */
export const CaptureProgress = ({ id, onState }) => html`<${Loaded}
  of=${id}
  what="capture"
  every=${again}
  load=${async (signal) => {
    const capture = await fleet.capture(id, signal);
    onState?.(capture.state);
    return capture;
  }}
>
  ${(capture) => html`<article class="panel stack capture-progress" aria-live="polite">
    <p class="lede">
      <${State} state=${capture.state} /> <b>${capture.service ?? short(capture.agent)}</b>${' '}
      <span class="muted">${capture.reason}</span>
    </p>
    <p class="muted" id="meaning">${MEANING[capture.state]}</p>
    ${
      capture.state === 'partial' &&
      !isThere(capture) &&
      html`<p class="muted">
        Its agent may come back and complete it, so what arrived can be read only ten minutes after
        the agent left. Capture again if the JVM still runs.
      </p>`
    }
    <${Progress} capture=${capture} />
    ${
      capture.failure &&
      html`<p class="note note-problem" role="alert">
        ${capture.failure}
      </p>`
    }
    ${
      isThere(capture) &&
      html`<p>
        <a class="button primary" href=${href(['evidence', capture.evidence])}>
          Open the evidence
        </a>
      </p>`
    }
    <${Fields}
      label="Capture"
      of=${[
        ['Capture', html`<code>${capture.id}</code>`],
        ['Agent', html`<code>${capture.agent}</code>`],
        [
          'Artifacts',
          capture.artifacts?.length ? capture.artifacts.join(', ') : 'all but the heap',
        ],
        [
          'Alert',
          capture.alert &&
            html`<a href=${href(['alerts', capture.alert])}>
              <code>${capture.alert}</code>
            </a>`,
        ],
        ['Requested', html`<${Time} at=${capture.requestedAt} />`],
        ['Sealed', capture.sealedAt && html`<${Time} at=${capture.sealedAt} />`],
      ]}
    />
  </article>`}
<//>`;

const Progress = ({ capture: { state, progress } }) => {
  const known = progress.of > 0;
  const text = known
    ? `${bytes(progress.bytes)} of ${bytes(progress.of)}`
    : progress.bytes > 0
      ? bytes(progress.bytes)
      : state === 'requested'
        ? 'waiting for the agent'
        : 'the agent is capturing';
  if (ENDED.has(state)) return html`<p class="muted">${known || progress.bytes ? text : ''}</p>`;
  return html`<p>
    <progress
      aria-label="Progress"
      max=${known ? progress.of : undefined}
      value=${known ? progress.bytes : undefined}
    ></progress>${' '}
    <span class="muted">${text}</span>
  </p>`;
};

const COLUMNS = [
  {
    name: 'state',
    label: 'State',
    className: 'fit first',
    cell: (capture) => html`<${State} state=${capture.state} />`,
  },
  {
    name: 'asked',
    label: 'Requested (UTC)',
    className: 'fit first',
    cell: (capture) => html`<${Time} at=${capture.requestedAt} digits=${0} />`,
  },
  {
    name: 'service',
    label: 'Service',
    cell: (capture) => html`<a href=${href(['captures', capture.id])}>
      ${capture.service ?? short(capture.agent)}
    </a>`,
  },
  {
    name: 'reason',
    label: 'Reason',
    className: 'grow what',
    cell: (capture) => html`
      ${
        capture.gravest?.level &&
        html`<span class="block">
          <${Level} level=${capture.gravest.level} /> ${capture.gravest.title}
        </span>`
      }${' '}
      ${capture.reason}
      ${capture.failure && html`<span class="warn block small">${capture.failure}</span>`}
    `,
  },
  {
    name: 'size',
    label: 'Size',
    className: 'fit number named',
    cell: (capture) => bytes(capture.progress.bytes),
  },
  {
    name: 'sealed',
    label: 'Sealed (UTC)',
    className: 'fit named',
    cell: (capture) => html`<${Time} at=${capture.sealedAt} digits=${0} />`,
  },
  {
    name: 'evidence',
    label: 'Evidence',
    className: 'fit',
    cell: (capture) =>
      isThere(capture)
        ? html`<${EvidenceLink} id=${capture.evidence}>Open<//>`
        : html`<span class="muted absent">–</span>`,
  },
];
