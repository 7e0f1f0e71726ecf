// @ts-check
/**
 * The page while nothing is open: tiles of samples, and links to what else can be opened here. Names of recordings are text nodes.
 *
 * @typedef {{key: string, title: string, detail: string, file: string, look: string}} Tile
 * @typedef {{title: string, links: {key: string, label: string}[]}} Group
 * @typedef {{headline: string, lead: string, tiles: Tile[], groups: Group[]}} StartData
 */

import { element } from '../../display/deck/dom.js';

/** The address of a recording; without a key, that of the library. @param {string} key */
export const addressOfKey = (key) => (key ? `./?${new URLSearchParams({ file: key })}` : 'library');

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: StartData, setTriggerValue: (name: string, value: string) => void}} component
 */
export default function ({ parentElement, data, setTriggerValue }) {
  /** @param {string} key @param {string} look @param {(Node|string)[]} children */
  const link = (key, look, ...children) => element('a', {
    className: look,
    href: addressOfKey(key),
    onclick: (event) => {
      // With a modifier, the browser opens the address in a tab or a window of its own.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      setTriggerValue('show', key);
    },
  }, ...children);
  const tiles = data.tiles.map(({ key, title, detail, file, look }) => element('li', '',
    link(key, `tile ${look}`, element('b', '', title), element('span', 'reads', detail), element('span', 'file', file))));
  const groups = data.groups.map(({ title, links }) => element('section', { className: 'group', ariaLabel: title },
    element('h2', '', title), element('ul', 'others', ...links.map(({ key, label }) => element('li', '', link(key, '', label))))));
  const start = element('div', 'start',
    element('h1', '', data.headline), element('p', 'lead', data.lead), element('ul', 'tiles', ...tiles), ...groups);
  parentElement.querySelector('.start')?.remove();
  parentElement.append(start);
  return () => start.remove();
}
