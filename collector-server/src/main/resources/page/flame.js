// A flame graph of {name, value, children}, drawn downwards from the root. A frame is a button:
// press it to see what is below it alone.

import { Component } from './lib.js';
import { html } from './html.js';
import { count } from './words.js';

const MAX_DEPTH = 80;
const MAX_FRAMES = 1500;
const MIN_SHARE = 0.0015;

export class Flame extends Component {
  state = { chosen: [], shown: null };

  componentDidUpdate(before) {
    if (before.of !== this.props.of) this.setState({ chosen: [], shown: null });
  }

  render({ of, unit }, { chosen, shown }) {
    const root = chosen.reduce((node, index) => node.children?.[index] ?? node, of);
    const { frames, left, depth } = laidOut(root);
    return html`<div class="flame">
      <p class="flame-frame mono small" role="status">
        ${
          shown ??
          `${count(root.value)} ${unit}. Point at a frame to read it, press it to see it alone.`
        }
      </p>
      <p class="flame-path small">
        ${
          chosen.length > 0 &&
          html`
            <button
              type="button"
              class="small"
              onClick=${() => this.setState({ chosen: [] })}
            >
              Show all
            </button>
            <button
              type="button"
              class="small"
              onClick=${() => this.setState({ chosen: chosen.slice(0, -1) })}
            >
              One up
            </button>
          `
        }
      </p>
      <div
        class="flame-box"
        style=${{ height: `${(depth + 1) * 20}px` }}
        role="group"
        aria-label="Flame graph"
      >
        ${frames.map(
          ({ node, level, from, share, path }) => html`<button
            type="button"
            key=${path.join('.')}
            class=${`frame ${kind(node.name, level)}`}
            style=${{
              left: `${from * 100}%`,
              width: `${share * 100}%`,
              top: `${level * 20}px`,
            }}
            tabIndex=${share > 0.02 ? 0 : -1}
            title=${`${node.name}\n${count(node.value)} ${unit}`}
            onMouseEnter=${() => this.say(node, of)}
            onFocus=${() => this.say(node, of)}
            onClick=${() => this.setState({ chosen: [...chosen, ...path] })}
          >
            ${share > 0.012 ? brief(node.name) : ''}
          </button>`,
        )}
      </div>
      ${
        left > 0 &&
        html`<p class="muted small">
          ${count(left)} frames are too narrow or too deep to draw here; press a frame above
          them.
        </p>`
      }
    </div>`;
  }

  say(node, of) {
    const share = ((100 * node.value) / (of.value || 1)).toFixed(1);
    this.setState({
      shown: `${node.name} · ${count(node.value)} ${this.props.unit}, ${share} %`,
    });
  }
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
