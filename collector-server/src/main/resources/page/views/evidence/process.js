// What this process was, and what it started.

import { html } from '../../html.js';
import { evidence } from '../../api.js';
import { Loaded } from '../../loaded.js';
import { Empty, Fields, Head, Value } from '../../parts.js';
import { href } from '../../router.js';
import { Time } from '../../time.js';
import { bytes } from '../../words.js';
import { artifactOf, hasEvents } from './lines.js';

/** Starts and ends of processes; the timeline has all. */
const TYPES = 'whorl.ProcessStart,whorl.ProcessExit';
const SHOWN = 200;

export const Process = ({ id, one }) => html`<section class="stack">
  <${Head} level=${2} title="Processes" />
  <${Loaded}
    of=${id}
    what="process starts"
    load=${(signal) =>
      evidence.timeline(
        id,
        { type: TYPES, order: 'asc', limit: SHOWN },
        signal,
      )}
  >
    ${({ rows, next }) => html`
      <${Tree} id=${id} one=${one} rows=${rows} />
      ${
        next &&
        html`<p class="muted small" id="more-processes">
          The first ${SHOWN} starts and ends are shown.${' '}
          <a href=${href(['evidence', id, 'timeline'], { type: TYPES })}>All of them</a>
        </p>`
      }
    `}
  <//>
  <${Head} level=${2} title="This JVM" />
  ${
    artifactOf(one, 'process.json')?.name === 'process.json'
      ? html`<${Loaded}
        of=${id}
        what="process.json"
        load=${(signal) => evidence.json(id, 'process.json', signal)}
      >
        ${(facts) => html`<${Facts} facts=${facts} />`}
      <//>`
      : html`<${Empty}>process.json is not in this evidence, or is encrypted.<//>`
  }
</section>`;

const NONE = 'This JVM started no process while it was recorded.';
const UNKNOWN =
  'It is not known which processes this JVM started: its events are encrypted, or not in this ' +
  'evidence.';

const Tree = ({ id, one, rows }) => {
  const starts = rows.filter((row) => row['event.action'] === 'whorl.ProcessStart');
  const exits = new Map(
    rows.filter((row) => row['event.action'] === 'whorl.ProcessExit').map((row) => [pid(row), row]),
  );
  if (!starts.length) return html`<${Empty}>${hasEvents(one) ? NONE : UNKNOWN}<//>`;
  return html`<ul class="tree panel" aria-label="Processes">
    <li>
      <b>${one.service}</b>
      <ul>
        ${starts.map((row) => {
          const exit = exits.get(pid(row));
          const code = exit?.['process.exit_code'] ?? fields(exit).exitCode;
          return html`<li key=${row['event.id']}>
            <a
              href=${href(['evidence', id, 'timeline'], {
                row: row['event.id'],
                around: row['event.id'],
                span: '2s',
              })}
            >
              <code class="wrap">${row['process.command_line'] ?? row.message}</code>
            </a>
            <span class="muted small block">
              <${Time} at=${row['@timestamp']} /> · process ${pid(row) ?? '?'}
              ${row['process.working_directory'] && ` in ${row['process.working_directory']}`}
              ${exit ? ` · ended with ${code ?? '?'}` : ' · no end seen'}
              ${
                row['http.request.method'] &&
                html`
                  ${' '}
                  · by${' '}
                  <a
                    href=${href(['evidence', id, 'timeline'], {
                      request: row['http.request.id'],
                    })}
                  >
                    ${row['http.request.method']} ${row['url.path']}
                  </a>
                `
              }
            </span>
          </li>`;
        })}
      </ul>
    </li>
  </ul>`;
};

const fields = (row) => {
  try {
    return JSON.parse(row?.['jvm.fields'] ?? '{}');
  } catch {
    return {};
  }
};

const pid = (row) => row['process.pid'] ?? fields(row).pid;

const FIRST = new Set([
  'version',
  'time',
  'agent',
  'pid',
  'startedAt',
  'commandLine',
  'arguments',
  'heap',
  'user',
  'cpus',
  'environment',
  'properties',
]);

const Facts = ({ facts }) => html`<div class="stack">
  <section class="panel">
    <${Fields}
      label="This JVM"
      of=${[
        ['Command line', html`<code class="wrap">${facts.commandLine?.join(' ')}</code>`],
        [
          'JVM arguments',
          facts.arguments && html`<code class="wrap">${facts.arguments.join(' ')}</code>`,
        ],
        ['Process', facts.pid],
        ['Started', html`<${Time} at=${facts.startedAt} />`],
        ['Looked at', html`<${Time} at=${facts.time} />`],
        ['JVM', facts.agent?.jvm],
        ['User', facts.user && `uid ${facts.user.uid?.[0]}, gid ${facts.user.gid?.[0]}`],
        ['Processors', facts.cpus],
        [
          'Heap',
          facts.heap && `${bytes(facts.heap.usedBytes)} used of ${bytes(facts.heap.maxBytes)}`,
        ],
      ]}
    />
  </section>
  <${Pairs} name="Environment (secrets masked)" of=${facts.environment} />
  <${Pairs} name="System properties" of=${facts.properties} />
  ${Object.entries(facts)
    .filter(([name, value]) => !FIRST.has(name) && value !== null)
    .map(
      ([name, value]) => html`<details class="panel" key=${name}>
        <summary>${name}</summary>
        <${Value} value=${value} />
      </details>`,
    )}
</div>`;

const Pairs = ({ name, of }) =>
  of &&
  html`<details class="panel">
    <summary>${name}</summary>
    <${Fields}
      label=${name}
      of=${Object.entries(of).map(([key, value]) => [
        html`<code>${key}</code>`,
        html`<code class="wrap">${String(value)}</code>`,
      ])}
    />
  </details>`;
