// @ts-check
/** The left part of the bar: the name of the product and its pages. */

import { element } from '../../display/deck/dom.js';
import { addressOf } from './places.js';
import { rememberRecording, visitTo } from './visits.js';

/** @typedef {import('./places.js').PageName} PageName */
/** @typedef {import('./places.js').Visit} Visit */

/** @type {[PageName, string][]} */
const PAGES = [['recording', 'Recording'], ['library', 'Library'], ['compare', 'Compare']];

/** @type {WeakMap<Element, {element: HTMLElement, update: (here: PageName) => void}>} */
const mounted = new WeakMap();

/** @param {(visit: Visit) => void} go @param {() => Visit} visit @param {HTMLAnchorElement} link */
function leadTo(go, visit, link) {
  // The address changes while the page is shown, such as when the deck plays.
  const write = () => { link.href = new URL(addressOf(visit()), document.baseURI).href; };
  // Not while another page replaces this one: then path and parameters do not belong together.
  const remember = () => { rememberRecording(); write(); };
  for (const kind of ['pointerdown', 'focus', 'pointerenter']) link.addEventListener(kind, remember);
  link.addEventListener('click', (event) => {
    remember();
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
  const nav = element('nav', { ariaLabel: 'Pages' }, ...links.map(({ link }) => link));
  const box = element('div', 'bar', brand, nav);
  box.addEventListener('keydown', (event) => event.stopPropagation());
  parentElement.append(box);

  /** @param {PageName} here */
  function update(here) {
    for (const write of writes) write();
    for (const { page, link } of links) link.ariaCurrent = page === here ? 'page' : null;
  }
  mounted.set(parentElement, { element: box, update });
}

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: {page: PageName}, setTriggerValue: (name: string, value: Visit) => void}} component
 */
export default function ({ parentElement, data, setTriggerValue }) {
  if (!mounted.has(parentElement)) mountBar(parentElement, (visit) => setTriggerValue('go', visit));
  mounted.get(parentElement)?.update(data.page);
  return () => {
    mounted.get(parentElement)?.element.remove();
    mounted.delete(parentElement);
  };
}
