// @ts-check
/** The left part of the bar: the name of the product, the pages, and the search in everything. */

import { element } from '../../display/deck/dom.js';
import { addressOf, pageAt, queryFor } from './places.js';

/** @typedef {import('./places.js').PageName} PageName */
/** @typedef {import('./places.js').Visit} Visit */

/** @type {[PageName, string][]} */
const PAGES = [['recording', 'Recording'], ['library', 'Library'], ['compare', 'Compare']];
const LEFT_KEY = 'cassette-viewer-left';

/** @type {WeakMap<Element, {element: HTMLElement, update: () => void}>} */
const mounted = new WeakMap();

/** The visit that a link of the bar stands for now. @param {PageName} page @returns {Visit} */
function visitTo(page) {
  return { page, query: queryFor(page, new URL(location.href), sessionStorage.getItem(LEFT_KEY) ?? '') };
}

/** Note the address of the recording's page, so that the link back leads to the same tab, event and moment. */
function rememberRecording() {
  if (pageAt(location.pathname) === 'recording' && location.search) sessionStorage.setItem(LEFT_KEY, location.search);
}

/** @param {(visit: Visit) => void} go @param {() => Visit} visit @param {HTMLAnchorElement} link */
function leadTo(go, visit, link) {
  // The address changes while the page is shown, such as when the deck plays.
  const write = () => { rememberRecording(); link.href = new URL(addressOf(visit()), document.baseURI).href; };
  for (const kind of ['pointerdown', 'focus', 'pointerenter']) link.addEventListener(kind, write);
  link.addEventListener('click', (event) => {
    write();
    // With a modifier, the browser opens the address in a tab or a window of its own.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(visit());
  });
  return write;
}

/** @param {HTMLElement} parentElement @param {(visit: Visit) => void} go */
function mountBar(parentElement, go) {
  const brand = element('a', { className: 'brand' }, 'Cassette viewer');
  const links = PAGES.map(([page, label]) => ({ page, link: element('a', {}, label) }));
  const writes = [
    leadTo(go, () => ({ page: 'recording', query: [] }), brand),
    ...links.map(({ page, link }) => leadTo(go, () => visitTo(page), link)),
  ];
  const field = element('input', { type: 'search', placeholder: 'search all', ariaLabel: 'Search all recordings', name: 'q' });
  const search = element('form', { className: 'search', role: 'search', onsubmit: (event) => {
    event.preventDefault();
    rememberRecording();
    const query = visitTo('library').query.filter(([name]) => name !== 'q');
    go({ page: 'library', query: field.value.trim() ? [...query, ['q', field.value.trim()]] : query });
  } }, field);
  const nav = element('nav', { ariaLabel: 'Pages' }, ...links.map(({ link }) => link));
  const box = element('div', 'bar', brand, nav, search);
  box.addEventListener('keydown', (event) => event.stopPropagation());
  parentElement.append(box);

  function update() {
    for (const write of writes) write();
    const here = pageAt(location.pathname);
    for (const { page, link } of links) link.ariaCurrent = page === here ? 'page' : null;
    const isTyping = field.getRootNode() instanceof ShadowRoot && /** @type {ShadowRoot} */ (field.getRootNode()).activeElement === field;
    if (!isTyping) field.value = new URL(location.href).searchParams.get('q') ?? '';
  }
  update();
  mounted.set(parentElement, { element: box, update });
}

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, setTriggerValue: (name: string, value: Visit) => void}} component
 */
export default function ({ parentElement, setTriggerValue }) {
  const before = mounted.get(parentElement);
  if (before) before.update();
  else mountBar(parentElement, (visit) => setTriggerValue('go', visit));
  return () => {
    mounted.get(parentElement)?.element.remove();
    mounted.delete(parentElement);
  };
}
