// Keys that work everywhere: / searches, j and k walk the table, g and a letter goes somewhere,
// ? explains, Escape leaves.

import { isAtBeginning, leaveField } from './arrival.js';
import { go } from './router.js';
import { walkFirst } from './table.js';

const PLACES = {
  a: 'alerts',
  f: 'fleet',
  l: 'libraries',
  h: 'hunts',
  c: 'captures',
  e: 'evidence',
  k: 'cases',
  s: 'search',
  n: 'capture',
};

export const KEYS = [
  ['/', 'search or filter this view'],
  ['j k  ↓ ↑', 'next, previous row'],
  ['Enter', 'open the row'],
  ['Home End', 'first, last row of the page'],
  ['A R F', 'acknowledge, resolve, or mark as false positive: the alerts of the row'],
  ['S', 'add or remove a star on a row of a timeline'],
  ['Esc', 'close what is open, leave a field'],
  ['g a', 'alerts'],
  ['g f', 'fleet'],
  ['g l', 'libraries'],
  ['g h', 'hunts'],
  ['g c', 'captures'],
  ['g e', 'evidence'],
  ['g k', 'cases'],
  ['g s', 'search'],
  ['g n', 'start a capture'],
  ['?', 'this list'],
];

/** Of evidence that `whorl open` shows there are no other places, and nothing to decide. */
export const OPENED_KEYS = KEYS.filter(
  ([keys]) => keys === 'g e' || (!keys.startsWith('g ') && keys !== 'A R F'),
);

let leading = 0;

/** Closes menus but the one that this element is in; whether one was open. */
function closeMenus(except) {
  const open = [...document.querySelectorAll('details.menu[open]')].filter(
    (menu) => !except || !menu.contains(except),
  );
  for (const menu of open) {
    const within = menu.contains(document.activeElement);
    menu.open = false;
    if (within && !except) menu.querySelector('summary').focus();
  }
  return open.length > 0;
}

/** `onHelp` opens the list, `onEscape` closes what is open, `mayGo(place)` allows a place. */
export function listen({ onHelp, onEscape, mayGo }) {
  // a menu is open until somebody presses beside it
  addEventListener('pointerdown', (event) => closeMenus(event.target));
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const typing = event.target.closest?.('input, select, textarea, [contenteditable]');
    if (event.key === 'Escape') {
      if (typing?.closest('details.menu[open]')) closeMenus();
      else if (typing) leaveField(typing);
      else if (!closeMenus()) onEscape();
      return;
    }
    if (typing) return;
    if (Date.now() - leading < 1200 && PLACES[event.key]) {
      leading = 0;
      if (mayGo(PLACES[event.key])) go([PLACES[event.key]]);
    } else if (event.key === 'g') leading = Date.now();
    else if (event.key === '/') document.querySelector('[data-search]')?.focus();
    else if (event.key === '?') onHelp();
    else if (['j', 'k', 'ArrowDown', 'ArrowUp'].includes(event.key)) {
      const table = document.querySelector('main table[data-rows]');
      if (!table || (event.key.startsWith('Arrow') && !isAtBeginning())) return;
      walkFirst(table, event.key === 'j' || event.key === 'ArrowDown' ? 1 : -1);
    } else return;
    event.preventDefault();
  });
}
