// A flame graph of {name, value, children}, drawn downwards from the root. A frame is a button:
// press it to see what is below it alone.

import { Component, createRef } from './lib.js';
import { html } from './html.js';
import { Search } from './parts.js';
import { plural } from './words.js';

const MAX_DEPTH = 80;
const MAX_FRAMES = 1500;
const MIN_SHARE = 0.0015;
const CHAR_PIXELS = 6.4;
const PADDING_PIXELS = 8;
const LEAST_CHARS = 8;

/**
 * `format(value)` says how much a value is; `rowsOf(name)`, where given, is the address of the rows
 * with a frame, and `probeOf(name)` the one at which its method can be probed.
 */
export class Flame extends Component {
  box = createRef();
  state = { chosen: [], shown: null, width: 0, words: '', at: '' };

  componentDidMount() {
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.box.current);
    this.fit();
  }

  componentDidUpdate(before) {
    if (before.of !== this.props.of) this.setState({ chosen: [], shown: null, at: '' });
  }

  componentWillUnmount() {
    this.watch.disconnect();
  }

  fit() {
    const width = this.box.current?.clientWidth ?? 0;
    if (width !== this.state.width) this.setState({ width });
  }

  render({ of, format, rowsOf, probeOf }, { chosen, shown, width, words, at }) {
    const root = chosen.reduce((node, index) => node.children?.[index] ?? node, of);
    const { frames, left, depth } = laidOut(root);
    this.frames = frames;
    const current = frames.some(({ path }) => path.join('.') === at) ? at : '';
    const wanted = words.toLowerCase();
    const matches = (node) => wanted && node.name.toLowerCase().includes(wanted);
    return html`<div class="flame">
      <p class="flame-frame mono small" role="status">
        ${
          shown ??
          `${format(root.value)}. Point at a frame, or walk with the arrow keys, to read it; ` +
            'press it to see it alone.'
        }
      </p>
      <div class="filters">
        <${Search}
          label="Find frames"
          name="frames"
          value=${words}
          onSearch=${(found) => this.setState({ words: found })}
        />
        ${wanted && html`<p class="small">${found(root, matches, format)}</p>`}
      </div>
      <p class="flame-path small">
        ${
          chosen.length > 0 &&
          html`
            <button
              type="button"
              class="small"
              onClick=${() => this.choose([])}
            >
              Show all
            </button>
            <button
              type="button"
              class="small"
              onClick=${() => this.choose(chosen.slice(0, -1))}
            >
              One up
            </button>
            ${
              rowsOf &&
              root.name.includes('.') &&
              html`<a href=${rowsOf(root.name)}>rows with this frame</a>`
            }${' '}
            ${
              root.name.includes('.') &&
              probeOf?.(root.name) &&
              html`<a href=${probeOf(root.name)}>probe this method</a>`
            }
          `
        }
      </p>
      <div
        ref=${this.box}
        class="flame-box"
        style=${{ height: `${(depth + 1) * 20}px` }}
        role="group"
        aria-label="Flame graph"
        onKeyDown=${this.walk}
      >
        ${frames.map(
          ({ node, level, from, share, path }) => html`<button
            type="button"
            key=${path.join('.')}
            class=${`frame ${kind(node.name, level)}${matches(node) ? ' frame-found' : ''}`}
            style=${{
              left: `${from * 100}%`,
              width: `${share * 100}%`,
              top: `${level * 20}px`,
            }}
            data-path=${path.join('.')}
            tabIndex=${path.join('.') === current ? 0 : -1}
            title=${`${node.name}\n${format(node.value)}`}
            aria-label=${`${node.name}, ${format(node.value)}`}
            onMouseEnter=${() => this.say(node, of)}
            onFocus=${() => this.say(node, of)}
            onClick=${() => this.choose([...chosen, ...path])}
          >
            ${fitting(node.name, share * width)}
          </button>`,
        )}
      </div>
      ${
        left > 0 &&
        html`<p class="muted small">
          Too narrow or too deep to draw here: ${plural(left, 'frame')}; press a frame above
          to see more.
        </p>`
      }
    </div>`;
  }

  /** Shows what is below this frame alone; it has the focus then. */
  choose(chosen) {
    this.setState({ chosen, at: '' }, () => this.box.current?.firstElementChild?.focus());
  }

  /** Arrow keys go to the frame above, below and beside the one that has the focus. */
  walk = (event) => {
    const from = this.frames.find(({ path }) => path.join('.') === event.target.dataset.path);
    const next = from && neighbour(this.frames, from, event.key);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    const at = next.path.join('.');
    this.setState({ at }, () =>
      this.box.current?.querySelector(`[data-path="${at}"]`)?.focus(),
    );
  };

  say(node, of) {
    const share = ((100 * node.value) / (of.value || 1)).toFixed(1);
    this.setState({ shown: `${node.name} · ${this.props.format(node.value)}, ${share} %` });
  }
}

/** How many frames match, and how much is in them or below. */
function found(root, matches, format) {
  let frames = 0;
  let value = 0;
  const look = (node, within) => {
    const here = matches(node);
    if (here) frames++;
    if (here && !within) value += node.value;
    for (const child of node.children ?? []) look(child, within || here);
  };
  look(root, false);
  const share = ((100 * value) / (root.value || 1)).toFixed(1);
  return frames
    ? `${plural(frames, 'frame')} match, with ${format(value)}, ${share} %`
    : 'No frame matches.';
}

/** Places of the frames as shares of the width; those too small are counted instead. */
function laidOut(root) {
  const frames = [];
  let left = 0;
  let depth = 0;
  const place = (node, level, from, share, path) => {
    if (share < MIN_SHARE || level > MAX_DEPTH || frames.length >= MAX_FRAMES) {
      left++;
      return;
    }
    frames.push({ node, level, from, share, path });
    depth = Math.max(depth, level);
    let at = from;
    (node.children ?? []).forEach((child, index) => {
      const width = root.value ? child.value / root.value : 0;
      place(child, level + 1, at, width, [...path, index]);
      at += width;
    });
  };
  if (root.value) place(root, 0, 0, 1, []);
  return { frames, left, depth };
}

/** The frame to which a key leads, if there is one. */
function neighbour(frames, from, key) {
  const ends = (path) => path.join('.');
  const beside = frames.filter(({ level }) => level === from.level);
  const at = beside.indexOf(from);
  const parent = from.path.slice(0, -1);
  switch (key) {
    case 'ArrowUp':
      return from.path.length ? frames.find(({ path }) => ends(path) === ends(parent)) : undefined;
    case 'ArrowDown':
      return frames.find(
        ({ path, level }) => level > from.level && ends(path.slice(0, -1)) === ends(from.path),
      );
    case 'ArrowLeft':
      return beside[at - 1];
    case 'ArrowRight':
      return beside[at + 1];
    case 'Home':
      return frames[0];
    default:
      return undefined;
  }
}

/** The class and method of a frame, or the method alone, or nothing, as there is room. */
function fitting(frame, pixels) {
  const room = Math.floor((pixels - PADDING_PIXELS) / CHAR_PIXELS);
  const call = brief(frame);
  const method = call.slice(call.lastIndexOf('.') + 1);
  if (call.length <= room) return call;
  if (method.length <= room) return method;
  return room >= LEAST_CHARS ? method.slice(0, room - 1) + '…' : '';
}

/** The class and method of a frame, without package, module and line. */
const brief = (frame) => {
  const call = frame
    .replace(/\(.*$/, '')
    .replace(/^[\w.]+(@[\w.+-]+)?\//, '')
    .replace(/\/0x[0-9a-f]+/, '');
  return call.split('.').slice(-2).join('.');
};

const PLATFORM = /^(?:[\w.@]+\/)?(?:java|jdk|sun|javax|jakarta|com\.sun|whorl\.agent)\./;
const LIBRARY =
  /^(?:org\.(?:apache|springframework|eclipse)|io\.(?:netty|undertow)|kotlin|scala)\./;

function kind(frame, level) {
  if (level === 0 || !frame.includes('.')) return 'frame-group';
  return PLATFORM.test(frame) || LIBRARY.test(frame) ? 'frame-library' : 'frame-own';
}

/** Adds a stack, outermost frame first, to a tree. */
export function grow(root, frames, value = 1) {
  root.value += value;
  let node = root;
  for (const frame of frames) {
    node.children ??= [];
    let child = node.children.find((other) => other.name === frame);
    if (!child) node.children.push((child = { name: frame, value: 0, children: [] }));
    child.value += value;
    node = child;
  }
}
