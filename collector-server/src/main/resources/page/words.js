// Numbers and names in a reader's words.

export const bytes = (count) => {
  if (count === undefined || count === null) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  for (; count >= 1024 && unit < units.length - 1; unit++) count /= 1024;
  return `${unit && count < 10 ? count.toFixed(1) : Math.round(count)} ${units[unit]}`;
};

export const count = (number) =>
  Number(number ?? 0)
    .toLocaleString('en-US')
    .replaceAll(',', ' ');

/** The end of an id: the beginning is its time and alike for all of one minute. */
export const short = (id) => (id ? '…' + id.slice(-8) : '–');

/** `credential-access` as `Credential access`. */
export const spoken = (name) => {
  const text = String(name ?? '').replace(/[-_]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export const plural = (number, one, many = one + 's') =>
  `${count(number)} ${number === 1 ? one : many}`;
