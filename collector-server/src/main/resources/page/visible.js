// Evidence is written by intruders. What would be invisible, or turn a line around, is shown as a
// mark of its own; line ends and tabs stay, for <pre>.

const CONTROLS = '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f';
const FORMATTING =
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f' +
  '\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffc';
/** U+E0000 to U+E01EF: letters that nobody sees, and variations of others. */
const TAGS = '\\udb40[\\udc00-\\uddef]';
const HALF_A_CHARACTER =
  '[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]';
const HIDDEN = new RegExp(`[${CONTROLS}${FORMATTING}]|${TAGS}|${HALF_A_CHARACTER}`, 'g');

const mark = (character) => {
  const code = character.codePointAt(0);
  if (code === 0x0d) return '␍';
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
};

/** The text with control, bidirectional and zero-width characters made visible. */
export const visible = (text) => text.replace(HIDDEN, mark);
