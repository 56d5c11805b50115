// Numbers and names in a reader's words.

export const bytes = (count) => {
  if (count === undefined || count === null) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  for (; count >= 1024 && unit < units.length - 1; unit++) count /= 1024;
  return `${unit && count < 10 ? count.toFixed(1) : Math.round(count)} ${units[unit]}`;
};

const shortly = (number) => {
  if (number >= 100) return count(Math.round(number));
  return String(Number(number.toPrecision(number >= 10 ? 3 : 2)));
};

/** A number of a unit as the API names it: ratio, bytes, bytes/s, 1/s, s, count. */
export function measured(value, unit) {
  if (value === undefined || value === null) return '–';
  if (unit === 'ratio') return `${shortly(100 * value)} %`;
  if (unit === 'bytes') return bytes(value);
  if (unit === 'bytes/s') return `${bytes(value)}/s`;
  if (unit === '1/s') return `${shortly(value)}/s`;
  if (unit === 's') {
    if (value >= 1 || value === 0) return `${shortly(value)} s`;
    return value >= 0.001 ? `${shortly(1000 * value)} ms` : `${shortly(1e6 * value)} µs`;
  }
  return shortly(value);
}

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

/** The paragraphs of a text that somebody broke into lines, each without its breaks. */
export const paragraphs = (text) =>
  text
    .split(/\n\s*\n/)
    .map((each) => each.replace(/\s*\n\s*/g, ' ').trim())
    .filter(Boolean);
