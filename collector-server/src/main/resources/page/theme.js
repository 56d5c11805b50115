// Light or dark: what the system says, unless the reader has chosen otherwise.

const KEY = 'whorl.theme';
const CHOICES = ['system', 'light', 'dark'];

export const theme = () => {
  const kept = localStorage.getItem(KEY);
  return CHOICES.includes(kept) ? kept : 'system';
};

export function applyTheme(choice = theme()) {
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  dispatchEvent(new Event('whorl-theme'));
}

/** The next of system, light, dark; returns it. */
export function switchTheme() {
  const next = CHOICES[(CHOICES.indexOf(theme()) + 1) % CHOICES.length];
  localStorage.setItem(KEY, next);
  applyTheme(next);
  return next;
}

/** A colour of the style sheet as it is now, for canvases. */
export const colour = (name) => {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
};
