// @ts-check
/**
 * Where the links of the bar lead: to another page, with the recording that is open.
 *
 * @typedef {'recording'|'library'|'compare'} PageName
 * @typedef {{page: PageName, query: [string, string][]}} Visit
 */

const OF_RECORDING = ['file', 'name', 'stream'];

/** @type {{[page in PageName]: string}} */
const PATHS = { recording: './', library: 'library', compare: 'compare' };

/** @param {string} path @returns {PageName} */
export function pageAt(path) {
  const last = path.replace(/\/$/, '').split('/').pop();
  return last === 'library' || last === 'compare' ? last : 'recording';
}

/**
 * The parameters of a page, coming from an address.
 * @param {PageName} page @param {URL} here
 * @param {string} left the query of the recording's page when it was left: it has the tab, the event and the moment
 * @returns {[string, string][]}
 */
export function queryFor(page, here, left) {
  const now = here.searchParams;
  const from = pageAt(here.pathname);
  const before = new URLSearchParams(left);
  if (page === 'recording') {
    const isSame = ['file', 'stream'].every((name) => now.get(name) === before.get(name));
    return [...(from !== 'recording' && (isSame || !now.has('file')) ? before : from === page ? now : kept(now))];
  }
  if (page === from) return [...now];
  const query = kept(now.has('file') ? now : before);
  const [file, stream] = [query.get('file'), query.get('stream')];
  if (page === 'library' && now.get('q')) query.set('q', now.get('q') ?? '');
  if (page === 'compare' && file) query.set('a', file);
  if (page === 'compare' && file && stream) query.set('a_stream', stream);
  return [...query];
}

/** @param {URLSearchParams} query */
function kept(query) {
  return new URLSearchParams(OF_RECORDING.flatMap((name) => { const value = query.get(name); return value === null ? [] : [[name, value]]; }));
}

/** The address of a visit, relative to the page's base. @param {Visit} visit */
export function addressOf({ page, query }) {
  const text = new URLSearchParams(query).toString();
  return PATHS[page] + (text ? `?${text}` : '');
}
