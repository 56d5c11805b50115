// Threads at the moment of the capture: as a flame graph by state, as a list, as HotSpot's text;
// and where the JVM spent its time while it was recorded.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Flame, grow } from '../../flame.js';
import { Loaded } from '../../loaded.js';
import { Pages } from '../../paged.js';
import { Choice, Empty, Head, Search } from '../../parts.js';
import { href, refine } from '../../router.js';
import { bytes, count, plural } from '../../words.js';
import { Stack } from '../alert.js';
import { Probing } from '../probing.js';
import { Lines, artifactOf } from './lines.js';
import { Samples } from './samples.js';

const PAGE = 50;
const MAX_BYTES = 24 << 20;

export const Threads = ({ id, one, query, user }) => {
  const View = { text: Dump, samples: Samples }[query.as] ?? Frozen;
  return html`<section class="stack">
    <${Head} level=${2} title="Threads">
      <${Choice}
        label="Show as"
        name="as"
        value=${query.as}
        onChange=${(as) => refine({ as, q: undefined, cursor: undefined })}
        options=${[
          ['', 'flame graph'],
          ['list', 'list'],
          ['text', 'thread dump'],
          ['samples', 'samples of the recording'],
        ]}
      />
    <//>
    <${Probing} user=${user} service=${one.service} agent=${one.agent}>
      ${(probeOf) => html`<${View} id=${id} one=${one} query=${query} probeOf=${probeOf} />`}
    <//>
  </section>`;
};

const OWN = 'whorl-';
const OWN_FRAME = 'whorl.agent.';

/** Any code can name a thread so; the agent's also have its frames on their stacks. */
const isOwn = ({ name, frames }) =>
  String(name ?? '').startsWith(OWN) &&
  (frames ?? []).some(({ at }) => String(at ?? '').includes(OWN_FRAME));

const sorted = new WeakMap();

/** The threads of a dump without Whorl's own, and how many those are. */
export function ofApplication(dump) {
  let answer = sorted.get(dump);
  if (!answer) {
    const all = dump.threads ?? [];
    const threads = all.filter((each) => !isOwn(each));
    sorted.set(dump, (answer = { threads, own: all.length - threads.length }));
  }
  return answer;
}

const Dump = ({ one, query }) => html`<${Lines} one=${one} artifact="threads.txt" query=${query}>
  ${(lines) => html`<pre class="text" tabIndex="0" aria-label="Thread dump">
    ${lines.join('\n')}
  </pre>`}
<//>`;

/** The threads as they stood, by state or one by one. */
const Frozen = ({ id, one, query, probeOf }) => {
  const kept = artifactOf(one, 'threads.json');
  if (kept?.name !== 'threads.json')
    return html`<${Empty}>threads.json is not in this evidence, or is encrypted.<//>`;
  if (kept.size > MAX_BYTES)
    return html`<${Empty}>
      Too many threads to draw: threads.json has ${bytes(kept.size)}. Show the thread dump
      instead; it comes in pages.
    <//>`;
  return html`<${Loaded}
    of=${id}
    what="threads"
    load=${(signal) => evidence.json(id, kept.name, signal)}
  >
    ${(dump) => html`<${Dumped} dump=${dump} id=${id} query=${query} probeOf=${probeOf} />`}
  <//>`;
};

const Dumped = ({ dump, id, query, probeOf }) => {
  const { deadlocked = [] } = dump;
  const { threads, own } = ofApplication(dump);
  const shown = query.own === 'true' ? (dump.threads ?? []) : threads;
  return html`<div class="stack">
    ${deadlocked.length > 0 && html`<p class="warn">▲ Deadlocked: ${deadlocked.join(', ')}</p>`}
    ${
      query.as === 'list'
        ? html`<${List} id=${id} threads=${shown} query=${query} probeOf=${probeOf} />`
        : html`<${States} threads=${shown} probeOf=${probeOf} />`
    }
    ${
      own > 0 &&
      html`<label class="check">
        <input
          type="checkbox"
          name="own"
          checked=${query.own === 'true'}
          onChange=${(event) =>
            refine({ own: event.currentTarget.checked ? 'true' : undefined }, true)}
        />
        <span>Whorl's own ${plural(own, 'thread')} too</span>
      </label>`
    }
  </div>`;
};

const trees = new WeakMap();

/** Kept, since a tree that is a new one each time would lose what is chosen in it. */
function treeOf(threads) {
  let root = trees.get(threads);
  if (!root) {
    root = { name: 'all threads', value: 0, children: [] };
    for (const thread of threads)
      grow(root, [
        thread.state ?? 'unknown',
        ...[...(thread.frames ?? [])].reverse().map((frame) => frame.at),
      ]);
    trees.set(threads, root);
  }
  return root;
}

const States = ({ threads, probeOf }) => html`<div class="stack">
  <p class="muted">
    ${plural(threads.length, 'thread')} by state, then outermost call first. Calls of the
    application stand out.
  </p>
  <${Flame}
    of=${treeOf(threads)}
    format=${(value) => plural(value, 'thread')}
    probeOf=${probeOf}
  />
</div>`;

const List = ({ id, threads, query, probeOf }) => {
  const words = (query.q ?? '').toLowerCase();
  const matching = threads.filter(
    (thread) => !words || JSON.stringify(thread).toLowerCase().includes(words),
  );
  return html`<div class="stack">
    <div class="filters">
      <${Search}
        main
        label="Name, state or frame"
        name="q"
        value=${query.q}
        onSearch=${(q) => refine({ q })}
      />
    </div>
    <p class="muted">
      ${count(matching.length)} of ${plural(threads.length, 'thread')}
    </p>
    <${Pages} key=${words} rows=${matching} size=${PAGE}>
      ${(some) => html`<div class="stack">
        ${some.map(
          (thread) => html`<${Thread}
            key=${thread.id}
            id=${id}
            thread=${thread}
            probeOf=${probeOf}
          />`,
        )}
      </div>`}
    <//>
  </div>`;
};

const Thread = ({ id, thread, probeOf }) => html`<details class="panel">
  <summary>
    <b>${thread.name}</b>${' '}
    <span class="muted">
      ${thread.state}
      ${thread.virtual && ', virtual'}
      ${thread.daemon && ', daemon'} · ${thread.cpuMillis ?? '?'} ms of CPU
      ${
        thread.waitingFor &&
        html`
          ${' '}
          · waits for <code>${thread.waitingFor.className}</code>
        `
      }
    </span>
  </summary>
  <p>
    <a href=${href(['evidence', id, 'timeline'], { thread: thread.name })}>
      rows of this thread
    </a>
  </p>
  <${Stack} frames=${(thread.frames ?? []).map((frame) => frame.at)} probeOf=${probeOf} />
</details>`;
