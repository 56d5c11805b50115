// Where the page is, as its address says: #/evidence/ID/timeline?type=whorl.FileOpen. Every state
// that matters is there, so that any of them can be sent to a colleague.

/** `{path: ['evidence', 'ID', 'timeline'], query: {type: 'whorl.FileOpen'}}` of the address. */
export function here() {
  const hash = location.hash.replace(/^#\/?/, '');
  const question = hash.indexOf('?');
  const path = question < 0 ? hash : hash.slice(0, question);
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: question < 0 ? {} : Object.fromEntries(new URLSearchParams(hash.slice(question + 1))),
  };
}

/** The address of a place; what is empty in the query is left out. */
export function href(path, query = {}) {
  const written = new URLSearchParams(
    Object.entries(query).filter(
      ([, value]) => value !== undefined && value !== null && value !== '',
    ),
  ).toString();
  return '#/' + path.map(encodeURIComponent).join('/') + (written && '?' + written);
}

export function go(path, query) {
  location.hash = href(path, query).slice(1);
}

/** Changes parts of the query and stays; `quietly` makes no step in the browser's history. */
export function refine(changes, quietly = false) {
  const { path, query } = here();
  const address = href(path, { ...query, ...changes });
  if (!quietly) location.hash = address.slice(1);
  else if (address !== location.hash) {
    history.replaceState(null, '', address);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }
}

function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
