// The collector's API, as functions. A caller gets the answer's JSON or a Problem; a lost
// session is reported to `onLost` as well, so that the page can ask for the token again.

import { problemInWords } from './api-words.js';

/**
 * What the collector says is wrong, RFC 9457, or that it could not be reached (status 0). The words
 * are `{title, detail, place, hasRemedy}`; see api-words.js.
 */
export class Problem extends Error {
  constructor(status, words, retryAfterSeconds) {
    super(words.detail || words.title);
    Object.assign(this, { status, retryAfterSeconds, ...words });
  }
}

const UNREACHABLE = {
  title: 'The collector cannot be reached',
  detail:
    'Check that it runs, and that this machine has a network connection to it. ' +
    'Views that refresh try again by themselves.',
};

/** Kept while there may be a session; the cookie itself is out of a script's sight. */
const ENTERED = 'whorl.entered';

let csrf = null;
let lost = () => {};

export const onLost = (listener) => (lost = listener);

async function call(method, path, { query, body, signal, text, headers } = {}) {
  const address = path + parameters(query);
  let response;
  try {
    response = await fetch(address, {
      method,
      signal,
      credentials: 'same-origin',
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(method === 'GET' || !csrf ? {} : { 'X-CSRF-Token': csrf }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new Problem(0, UNREACHABLE);
  }
  if (!response.ok) throw await problem(response, path);
  if (response.status === 204) return null;
  return text ? response.text() : response.json();
}

async function problem(response, path) {
  const written = await response.json().catch(() => ({}));
  if (response.status === 401) localStorage.removeItem(ENTERED);
  if (response.status === 401 && path !== '/session') lost();
  const retryAfter = Number(response.headers.get('Retry-After'));
  const words = problemInWords(
    String(written.title ?? response.statusText),
    String(written.detail ?? ''),
  );
  return new Problem(response.status, words, retryAfter || undefined);
}

function parameters(query) {
  const given = Object.entries(query ?? {}).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  return given.length ? '?' + new URLSearchParams(given) : '';
}

const get = (path, query, signal) => call('GET', path, { query, signal });
const part = encodeURIComponent;
const evidencePath = (id, ...rest) => ['/api/v1/evidence', part(id), ...rest].join('/');
const casePath = (id, ...rest) => ['/api/v1/cases', part(id), ...rest].join('/');

async function entered(session) {
  const opened = await session;
  csrf = opened.csrf;
  localStorage.setItem(ENTERED, 'yes');
  return opened;
}

export const session = {
  /** Who is logged in, null for nobody. */
  now: () => (localStorage.getItem(ENTERED) ? entered(get('/session')) : Promise.resolve(null)),
  open: (token) => entered(call('POST', '/session', { body: { token } })),
  /** If it fails, the session goes on, and so does this page when it is loaded again. */
  close: async () => {
    await call('DELETE', '/session');
    localStorage.removeItem(ENTERED);
  },
};

/** Kept where `whorl open` has served this page. */
const OPENED = 'whorl.opened';

/** Whether `whorl open` serves this page now: a collector has no such place. */
const isOpened = async () =>
  (await fetch('/api/v1/opened', { method: 'OPTIONS' }).catch(() => null))?.status === 204;

/** What `whorl open` serves: evidence on this machine, and no collector. */
export const opened = {
  is: () => localStorage.getItem(OPENED) !== null,
  /** Null at a collector. */
  now: async () => {
    if (!localStorage.getItem(OPENED)) return null;
    try {
      return (await get('/api/v1/opened')).evidence;
    } catch (problem) {
      if (problem.status !== 404) throw problem;
      localStorage.removeItem(OPENED); // another program has this port now
      return null;
    }
  },
  /**
   * With the token of the address that `whorl open` has printed. At a collector such an address is
   * from somebody who wants others to work under that name: it changes nothing.
   */
  enter: async (token) => {
    if (!(await isOpened())) return session.now();
    localStorage.setItem(OPENED, 'yes');
    return session.open(token);
  },
};

export const provider = {
  /** The identity provider, null if the collector has none. */
  now: () => get('/login/provider', { optional: true }),
  /** Leaves the page, and comes back to the same place of it. */
  enter: () => {
    localStorage.setItem(ENTERED, 'yes');
    location.assign('/login?' + new URLSearchParams({ return: '/' + location.hash }));
  },
};

export const tokens = {
  list: (query, signal) => get('/api/v1/tokens', query, signal),
  make: (wanted) => call('POST', '/api/v1/tokens', { body: wanted }),
  revoke: (id) => call('DELETE', `/api/v1/tokens/${part(id)}`),
};

export const notifications = {
  list: (signal) => get('/api/v1/notifications', undefined, signal),
  test: (name) => call('POST', `/api/v1/notifications/${part(name)}/test`, { body: {} }),
  dead: (query, signal) => get('/api/v1/notifications/dead', query, signal),
  retry: (id) => call('POST', `/api/v1/notifications/dead/${part(id)}/retry`, { body: {} }),
  discard: (id) => call('DELETE', `/api/v1/notifications/dead/${part(id)}`),
};

export const fleet = {
  agents: (query, signal) => get('/api/v1/agents', query, signal),
  services: (signal) => get('/api/v1/agents/services', undefined, signal),
  /** Which connected agents a capture with this target would ask. */
  matching: (target, signal) => get('/api/v1/agents/matching', target, signal),
  journal: (id, query, signal) => get(`/api/v1/agents/${part(id)}/journal`, query, signal),
  captures: (query, signal) => get('/api/v1/captures', query, signal),
  capture: (id, signal) => get(`/api/v1/captures/${part(id)}`, undefined, signal),
  /** `key` makes a request that is sent twice one capture. */
  start: (wanted, key) =>
    call('POST', '/api/v1/captures', { body: wanted, headers: { 'Idempotency-Key': key } }),
};

export const hunts = {
  list: (query, signal) => get('/api/v1/hunts', query, signal),
  show: (id, signal) => get(`/api/v1/hunts/${part(id)}`, undefined, signal),
  /** `next` of the answer lists what has come since. */
  rows: (id, query, signal) => get(`/api/v1/hunts/${part(id)}/rows`, query, signal),
  agents: (id, query, signal) => get(`/api/v1/hunts/${part(id)}/agents`, query, signal),
  start: (wanted) => call('POST', '/api/v1/hunts', { body: wanted }),
  cancel: (id) => call('POST', `/api/v1/hunts/${part(id)}/cancel`, { body: {} }),
  capture: (id, wanted) => call('POST', `/api/v1/hunts/${part(id)}/captures`, { body: wanted }),
};

export const probes = {
  list: (query, signal) => get('/api/v1/probes', query, signal),
  show: (id, signal) => get(`/api/v1/probes/${part(id)}`, undefined, signal),
  /** `next` of the answer lists what has come since. */
  calls: (id, query, signal) => get(`/api/v1/probes/${part(id)}/calls`, query, signal),
  start: (wanted) => call('POST', '/api/v1/probes', { body: wanted }),
  end: (id) => call('DELETE', `/api/v1/probes/${part(id)}`),
};

export const savedViews = {
  list: (kind, signal) => get('/api/v1/views', { kind }, signal),
  save: (wanted) => call('POST', '/api/v1/views', { body: wanted }),
  change: (id, changes) => call('PATCH', `/api/v1/views/${part(id)}`, { body: changes }),
  remove: (id) => call('DELETE', `/api/v1/views/${part(id)}`),
};

export const search = (q, signal) => get('/api/v1/search', { q }, signal);

/** Searches over the rows of timelines; `next` of the answer lists what has come since. */
export const rowSearch = {
  start: (wanted) => call('POST', '/api/v1/search/rows', { body: wanted }),
  show: (id, query, signal) => get(`/api/v1/search/rows/${part(id)}`, query, signal),
  cancel: (id) => call('DELETE', `/api/v1/search/rows/${part(id)}`),
};

export const libraries = {
  find: (query, signal) => get('/api/v1/libraries', query, signal),
  of: (id, query, signal) => get(`/api/v1/agents/${part(id)}/libraries`, query, signal),
};

export const rules = {
  list: (query, signal) => get('/api/v1/sigma-rules', query, signal),
  show: (id, query, signal) => get(`/api/v1/sigma-rules/${part(id)}`, query, signal),
  check: (text) => call('POST', '/api/v1/sigma-rules/check', { body: { rules: text } }),
  test: (wanted) => call('POST', '/api/v1/sigma-rules/tests', { body: wanted }),
  tested: (id, signal) => get(`/api/v1/sigma-rules/tests/${part(id)}`, undefined, signal),
  sets: (signal) => get('/api/v1/rules', undefined, signal),
  /** `version` in the query for an earlier one. */
  set: (name, query, signal) => get(`/api/v1/rules/${part(name)}`, query, signal),
  push: (name, target, text) =>
    call('PUT', `/api/v1/rules/${part(name)}`, { body: { target, rules: text } }),
  remove: (name) => call('DELETE', `/api/v1/rules/${part(name)}`),
};

export const audit = (query, signal) => get('/api/v1/audit', query, signal);
export const holds = (query, signal) => get('/api/v1/holds', query, signal);
export const retention = (signal) => get('/api/v1/retention', undefined, signal);

export const alerts = {
  list: (query, signal) => get('/api/v1/alerts', query, signal),
  show: (id, signal) => get(`/api/v1/alerts/${part(id)}`, undefined, signal),
  groups: (query, signal) => get('/api/v1/alert-groups', query, signal),
  group: (id, signal) => get(`/api/v1/alert-groups/${part(id)}`, undefined, signal),
  /** `change` has state, assignee or comment, and the version that was seen. */
  decideGroup: (id, change) => call('PATCH', `/api/v1/alert-groups/${part(id)}`, { body: change }),
  decide: (id, change) => call('PATCH', `/api/v1/alerts/${part(id)}`, { body: change }),
  mutes: (query, signal) => get('/api/v1/alert-mutes', query, signal),
  mute: (wanted) => call('POST', '/api/v1/alert-mutes', { body: wanted }),
  unmute: (id) => call('DELETE', `/api/v1/alert-mutes/${part(id)}`),
};

export const evidence = {
  /** Each with `held`: whether something keeps it from being purged. Artifacts are counted. */
  list: async (query, signal) => {
    const asked = { ...query, artifacts: 'counted' };
    const answer = await get('/api/v1/evidence', asked, signal);
    const ids = answer.evidence.map((one) => one.id);
    const { held } = ids.length
      ? await get('/api/v1/holds', { evidence: ids.join(',') }, signal)
      : { held: [] };
    const those = new Set(held.map((one) => one.evidence));
    return {
      ...answer,
      evidence: answer.evidence.map((one) => ({ ...one, held: those.has(one.id) })),
    };
  },
  show: (id, signal) => get(evidencePath(id), undefined, signal),
  compare: (id, other, signal) => get(evidencePath(id, 'compare'), { with: other }, signal),
  index: (id, signal) => get(evidencePath(id, 'index'), undefined, signal),
  findings: (id, signal) => get(evidencePath(id, 'findings'), undefined, signal),
  timeline: (id, query, signal) => get(evidencePath(id, 'timeline'), query, signal),
  histogram: (id, query, signal) => get(evidencePath(id, 'timeline/histogram'), query, signal),
  types: (id, query, signal) => get(evidencePath(id, 'timeline/types'), query, signal),
  flame: (id, query, signal) => get(evidencePath(id, 'timeline/flame'), query, signal),
  /** What people have marked on rows; `row` in the query for one row. */
  marks: (id, query, signal) => get(evidencePath(id, 'marks'), query, signal),
  /** Sets the mark of who is logged in; nothing in it removes it. */
  mark: (id, row, mark) =>
    call('PUT', evidencePath(id, 'rows', part(row), 'mark'), { body: mark }),
  series: (id, signal) => get(evidencePath(id, 'series'), undefined, signal),
  performance: (id, signal) => get(evidencePath(id, 'performance'), undefined, signal),
  /** `start` has a snapshot examined that was not yet. */
  heap: (id, start, signal) => get(evidencePath(id, 'heap'), { start }, signal),
  stopHeap: (id) => call('DELETE', evidencePath(id, 'heap')),
  growth: (id, since, signal) => get(evidencePath(id, 'heap/growth'), { since }, signal),
  lines: (id, artifact, query, signal) =>
    get(evidencePath(id, 'lines', artifactPath(artifact)), query, signal),
  classes: (id, query, signal) => get(evidencePath(id, 'classes'), query, signal),
  classText: (id, sha256, view, signal) =>
    call('GET', evidencePath(id, 'classes', part(sha256)), {
      query: { view },
      signal,
      text: true,
    }),
  /** What custody was before the evidence was imported from a bag. */
  imported: (id, signal) => get(evidencePath(id, 'imported'), undefined, signal),
  custody: (id, query, signal) => get('/api/v1/custody', { evidence: id, ...query }, signal),
  verify: (id, signal) => get(evidencePath(id, 'verify'), undefined, signal),
  json: (id, artifact, signal) =>
    call('GET', evidencePath(id, 'artifacts', artifactPath(artifact)), { signal }),
  holds: (id, signal) => get(evidencePath(id, 'hold'), undefined, signal),
  hold: (id, reason) => call('PUT', evidencePath(id, 'hold'), { body: { reason } }),
  release: (id) => call('DELETE', evidencePath(id, 'hold')),
  purge: (id, reason) => call('DELETE', evidencePath(id), { query: { reason } }),
};

export const cases = {
  list: (query, signal) => get('/api/v1/cases', query, signal),
  show: (id, signal) => get(casePath(id), undefined, signal),
  open: (title, description) => call('POST', '/api/v1/cases', { body: { title, description } }),
  change: (id, changes) => call('PATCH', casePath(id), { body: changes }),
  add: (id, evidenceId) => call('PUT', casePath(id, 'evidence', part(evidenceId))),
  remove: (id, evidenceId) => call('DELETE', casePath(id, 'evidence', part(evidenceId))),
  note: (id, text, row) =>
    call('POST', casePath(id, 'notes'), { body: row ? { text, row } : { text } }),
  hold: (id, reason) => call('PUT', casePath(id, 'hold'), { body: { reason } }),
  release: (id) => call('DELETE', casePath(id, 'hold')),
  /** The rows of all evidence of a case, in one order of time. */
  timeline: (id, query, signal) => get('/api/v1/timeline', { case: id, ...query }, signal),
  histogram: (id, query, signal) =>
    get('/api/v1/timeline/histogram', { case: id, ...query }, signal),
  types: (id, query, signal) => get('/api/v1/timeline/types', { case: id, ...query }, signal),
};

/** Addresses for links that download; all of our own origin. */
export const download = {
  artifact: (id, name) => evidencePath(id, 'artifacts', artifactPath(name)),
  bag: (id) => evidencePath(id, 'bag'),
  classes: (id) => evidencePath(id, 'classes.zip'),
  stix: (id) => evidencePath(id, 'findings') + '?format=stix',
  findings: (id) => evidencePath(id, 'findings'),
  report: (id, format) => evidencePath(id, 'report') + parameters({ format }),
  timeline: (id, query) => evidencePath(id, 'timeline') + parameters(query),
  caseTimeline: (id, query) => '/api/v1/timeline' + parameters({ case: id, ...query }),
};

/** An artifact's name may have one slash, which stays one. */
function artifactPath(name) {
  return name.split('/').map(part).join('/');
}
