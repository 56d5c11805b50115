// Where the focus is in a new view: at its heading, so that somebody without a mouse reads on from
// there and a screen reader says where it is. And a focus that is lost, because what had it is gone
// or can no longer be pressed, goes to what is left beside it.

const WAIT_MILLIS = 10_000;
const FALLBACK = 'tbody tr[tabindex="0"], h1, h2, h3';

let waiting = null;

/** The heading of what the address asks for; of evidence that of its part, if it has its own. */
const heading = () => {
  const part = document.getElementById('part');
  return part && !part.querySelector('.summary')
    ? part.querySelector('h2, h3')
    : document.querySelector('main h1');
};

const isNowhere = () => {
  const { activeElement } = document;
  return !activeElement || activeElement === document.body || activeElement.id === 'main';
};

function focusOn(element) {
  if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/** Moves the focus to the heading of a new view, as soon as it is there. */
export function arrive() {
  waiting?.disconnect();
  document.getElementById('main')?.focus({ preventScroll: true });
  const there = heading();
  if (there) {
    focusOn(there);
    return;
  }
  const observer = new MutationObserver(() => {
    const late = heading();
    if (!late && isNowhere()) return;
    observer.disconnect();
    if (late && isNowhere()) focusOn(late);
  });
  waiting = observer;
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), WAIT_MILLIS);
}

/** Leaves a field: the focus goes to the heading before it, where keys work for the whole view. */
export function leaveField(field) {
  field.blur();
  const next = heading();
  if (next) focusOn(next);
}

/** Whether the focus is where keys of the whole view begin. */
export const isAtBeginning = () =>
  isNowhere() || ['H1', 'H2', 'H3'].includes(document.activeElement.tagName);

/** From now on, a focus that is lost goes to what is left beside it. */
export function keepFocus() {
  let last = null;
  let around = [];
  document.addEventListener('focusin', ({ target }) => {
    last = target;
    around = [];
    for (let each = target.parentElement; each; each = each.parentElement) around.push(each);
  });
  const look = () => {
    if (!last || !isNowhere() || last.id === 'main' || (last.isConnected && !last.disabled)) return;
    last = null;
    const left = around
      .filter((each) => each.isConnected && document.getElementById('main')?.contains(each))
      .map((each) => each.querySelector(FALLBACK))
      .find(Boolean);
    const next = left ?? heading() ?? document.getElementById('main');
    if (next) focusOn(next);
  };
  let due;
  new MutationObserver(() => {
    clearTimeout(due);
    due = setTimeout(look, 30);
  }).observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['disabled'],
  });
}
