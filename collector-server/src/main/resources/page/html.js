// Element trees from templates: html`<p class="note">${text}</p>`.
//
// Only the template's own text, which is ours, is read as markup, once. A value becomes an
// attribute, an element's children or a component, and never markup; text among the children goes
// through visible().
//
// White space is as in JSX: a line end with the spaces around it is nothing beside a tag or a
// value, and one space within a text. Spaces on one line stay; ${' '} is a space at a line's end.

import { h } from './lib.js';
import { visible } from './visible.js';

const HOLE = '\u0001';
const TOKEN =
  /<(\/?)([^\s>/]*)((?:\s+[^\s=>/]+(?:=(?:"[^"]*"|[^\s>]+?(?=\s|\/?>)))?)*)\s*(\/?)>|([^<]+)/g;
const ATTRIBUTE = /([^\s=]+)(?:=(?:"([^"]*)"|(\S+)))?/g;
const SHOWN = new Set(['title', 'aria-label', 'placeholder', 'alt']);

const parsed = new WeakMap();

/** The tag of the templates. One root or several; nothing for an empty template. */
export function html(strings, ...values) {
  let roots = parsed.get(strings);
  if (!roots) parsed.set(strings, (roots = parse(strings)));
  const built = roots.map((node) => build(node, values));
  return built.length === 1 ? built[0] : built;
}

function parse(strings) {
  const root = { children: [] };
  const open = [root];
  let holes = 0;
  const numbered = (text, each = (part) => part) =>
    text
      .split(HOLE)
      .flatMap((part, i) => (i === 0 ? [each(part)] : [holes++, each(part)]))
      .filter((part) => part !== '');
  for (const [, closing, name, attributes, empty, text] of strings.join(HOLE).matchAll(TOKEN)) {
    const parent = open[open.length - 1];
    if (text !== undefined) {
      parent.children.push(...numbered(text, joined));
    } else if (closing) {
      open.pop();
    } else {
      const node = { type: numbered(name)[0], props: [], children: [] };
      for (const [, key, quoted, bare] of attributes.matchAll(ATTRIBUTE)) {
        if (key === '...' + HOLE) node.props.push([null, [holes++]]);
        else
          node.props.push([
            key,
            quoted === undefined && bare === undefined ? [true] : numbered(quoted ?? bare),
          ]);
      }
      parent.children.push(node);
      if (!empty) open.push(node);
    }
  }
  if (open.length !== 1)
    throw new Error('a template with an element left open: ' + strings.join('…'));
  return root.children;
}

/** The lines of a text between two tags or values, joined as JSX joins them. */
const joined = (text) =>
  text.replace(/^[ \t\r]*\n\s*|\s*\n[ \t\r]*$/g, '').replace(/\s*\n\s*/g, ' ');

function build(node, values) {
  if (typeof node === 'number') return shown(values[node]);
  if (typeof node === 'string') return node;
  const props = {};
  for (const [key, parts] of node.props) {
    if (key === null) Object.assign(props, values[parts[0]]);
    else props[key] = attribute(key, parts, values);
  }
  const type = typeof node.type === 'number' ? values[node.type] : node.type;
  return h(type, props, ...node.children.map((child) => build(child, values)));
}

function attribute(key, parts, values) {
  const resolved = parts.map((part) => (typeof part === 'number' ? values[part] : part));
  const value = resolved.length === 1 ? resolved[0] : resolved.map((part) => part ?? '').join('');
  return SHOWN.has(key) && typeof value === 'string' ? visible(value) : value;
}

function shown(value) {
  if (typeof value === 'string') return visible(value);
  return Array.isArray(value) ? value.map(shown) : value;
}
