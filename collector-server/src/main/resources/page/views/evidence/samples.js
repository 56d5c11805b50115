// Where time and memory went while the JVM was recorded, as flame graphs of the stacks.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Flame } from '../../flame.js';
import { Loaded } from '../../loaded.js';
import { Choice, Empty, Head } from '../../parts.js';
import { href, refine } from '../../router.js';
import { bytes, count, measured, plural } from '../../words.js';

const samples = (value) => plural(value, 'sample');
const time = (nanos) => measured(nanos / 1e9, 's');

/** Name, label, the events, what makes a frame wide, and how that reads. */
const KINDS = [
  ['', 'CPU', ['jdk.ExecutionSample'], 'samples', samples],
  ['native', 'native methods', ['jdk.NativeMethodSample'], 'samples', samples],
  [
    'allocation',
    'allocation',
    [
      'jdk.ObjectAllocationSample',
      'jdk.ObjectAllocationInNewTLAB',
      'jdk.ObjectAllocationOutsideTLAB',
    ],
    'bytes',
    bytes,
  ],
  [
    'exceptions',
    'exceptions and errors',
    ['jdk.JavaExceptionThrow', 'jdk.JavaErrorThrow'],
    'samples',
    (value) => `${count(value)} thrown`,
  ],
  ['locks', 'waiting for locks', ['jdk.JavaMonitorEnter', 'jdk.ThreadPark'], 'time', time],
  [
    'io',
    'slow reads and writes',
    ['jdk.FileRead', 'jdk.FileWrite', 'jdk.SocketRead', 'jdk.SocketWrite'],
    'time',
    time,
  ],
];

export const Samples = ({ id, query, probeOf }) => {
  const kind = KINDS.find(([name]) => name === (query.of ?? '')) ?? KINDS[0];
  const [, label, types, weight, format] = kind;
  const asked = {
    type: types.join(','),
    from: query.from,
    to: query.to,
    weight,
    own: query.own === 'true' ? 'true' : undefined,
  };
  const rowsOf = (frame) =>
    href(['evidence', id, 'timeline'], {
      type: asked.type,
      from: query.from,
      to: query.to,
      q: frame,
    });
  return html`<div class="stack">
    <${Head} level=${3} title="Where it went">
      <${Choice}
        label="Show"
        name="of"
        value=${query.of}
        onChange=${(of) => refine({ of }, true)}
        options=${KINDS.map(([name, text]) => [name, text])}
      />
      <label class="check">
        <input
          type="checkbox"
          name="own"
          checked=${query.own === 'true'}
          onChange=${(event) =>
            refine({ own: event.currentTarget.checked ? 'true' : undefined }, true)}
        />
        <span>Whorl's own threads too</span>
      </label>
    <//>
    <${Loaded}
      of=${JSON.stringify(asked)}
      what="samples"
      load=${(signal) => evidence.flame(id, asked, signal)}
    >
      ${(tree) => html`<div>
        ${
          tree.value
            ? html`<${Flame} of=${tree} format=${format} rowsOf=${rowsOf} probeOf=${probeOf} />`
            : html`<${Empty}>The recording has nothing of this: ${label}.<//>`
        }
        ${
          tree.leftOut > 0 &&
          html`<p class="muted small">
            Left out: ${plural(tree.leftOut, 'sample')} of Whorl's own threads.
          </p>`
        }
      </div>`}
    <//>
  </div>`;
};
