// What the collector says to programs, in words for people: its problems name requests of the API,
// and people have a menu and buttons.

import { href } from './router.js';

/** The first part of a path of the API, and the place of the page that lists what is there. */
const PLACES = {
  agents: [['fleet'], 'Fleet'],
  alerts: [['alerts'], 'Alerts'],
  'alert-groups': [['alerts'], 'Alerts'],
  'alert-mutes': [['alerts', 'mutes'], 'Mutes'],
  captures: [['captures'], 'Captures'],
  cases: [['cases'], 'Cases'],
  evidence: [['evidence'], 'Evidence'],
  hunts: [['hunts'], 'Hunts'],
  libraries: [['libraries'], 'Libraries'],
  notifications: [['notifications'], 'Notifications'],
  probes: [['probes'], 'Method probes'],
  rules: [['rules'], 'Rules'],
  'sigma-rules': [['rules'], 'Rules'],
  tokens: [['tokens'], 'API tokens'],
};

const LISTED = /\bGET \/api\/v1\/([a-z-]+)/;

/** A part of a text that only a program can use. */
const FOR_PROGRAMS = /\b(?:GET|HEAD|POST|PUT|PATCH|DELETE) \/|\bAuthorization\b|\bBearer\b/;

/** What people do here in place of a request. */
const ACTIONS = [
  [/\bask (?:for one )?with POST \/api\/v1\/captures/g, 'press “Start a capture” to take one'],
  [
    /\brestore the log, or accept it with POST \/api\/v1\/custody\/acknowledge/g,
    'ask the operator of the collector to restore or to accept the custody log',
  ],
];

/** Details that would help a program only, by the title of the problem. */
const DETAILS = {
  'bad cursor': 'The list has changed. Open the view again from the menu.',
  'CSRF token missing': 'The page has lost its session. Load the page again.',
  'foreign origin': 'Open the page at its own address, and try again there.',
  'no earlier evidence': 'There is no earlier evidence of this JVM. Choose other evidence.',
  'not found': 'This collector does not have what the page asked for. Load the page again.',
  nobody: 'Log in again.',
  recovering: 'The collector has just started, and reads what it has.',
};

const TITLES = {
  'bad cursor': 'This page of the list is gone',
  'CSRF token missing': 'The session is lost',
  'foreign origin': 'Refused',
  forbidden: 'You may not do this',
  nobody: 'Not logged in',
  'not found': 'Not available',
  recovering: 'The collector is starting',
  unauthorized: 'Not logged in',
};

/** A text of the collector without what only programs can use. */
export function pageWords(text) {
  const acted = ACTIONS.reduce(
    (words, [request, action]) => words.replace(request, action),
    String(text ?? ''),
  );
  return acted
    .split('; ')
    .filter((part) => part && !FOR_PROGRAMS.test(part))
    .join('; ');
}

/**
 * `{title, detail, place, hasRemedy}` of a problem; `place` is `{href, name}` of what lists such
 * things, `hasRemedy` whether the detail says what to do.
 */
export function problemInWords(title, detail) {
  const [path, name] = PLACES[LISTED.exec(detail)?.[1]] ?? [];
  return {
    title: TITLES[title] ?? titleOf(title),
    detail: DETAILS[title] ?? sentence(pageWords(detail)),
    place: path && { href: href(path), name },
    hasRemedy: title in DETAILS,
  };
}

/** What is malformed for a program was entered in a field here. */
const titleOf = (title) =>
  /^(?:bad|malformed) /.test(title) ? 'What was entered cannot be used' : sentence(title);

/** With a capital at its beginning, unless that is a name such as `q` or `process.json`. */
const sentence = (text) =>
  text.replace(/^[a-z]{2,}(?=[ ,]|$)/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
