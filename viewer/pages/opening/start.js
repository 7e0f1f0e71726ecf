// @ts-check
/**
 * The page while nothing is open: tiles of samples, and links to what else can be opened here. Names of recordings are text nodes.
 *
 * @typedef {{key: string, title: string, detail: string, file: string, look: string}} Tile
 * @typedef {{title: string, links: {key: string, label: string}[]}} Group
 * @typedef {{headline: string, lead: string, tiles: Tile[], groups: Group[]}} StartData
 */

import { element } from '../../display/deck/dom.js';
import { recordingLink } from './recording_link.js';

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: StartData, setTriggerValue: (name: string, value: string) => void}} component
 */
export default function ({ parentElement, data, setTriggerValue }) {
  const show = (/** @type {string} */ key) => setTriggerValue('show', key);
  const tiles = data.tiles.map(({ key, title, detail, file, look }) => element('li', '',
    recordingLink(key, `tile ${look}`, show, element('b', '', title), element('span', 'reads', detail), element('span', 'file', file))));
  const groups = data.groups.map(({ title, links }) => element('section', { className: 'group', ariaLabel: title },
    element('h2', '', title), element('ul', 'others', ...links.map(({ key, label }) => element('li', '', recordingLink(key, '', show, label))))));
  const start = element('div', 'start',
    element('h1', '', data.headline), element('p', 'lead', data.lead), element('ul', 'tiles', ...tiles), ...groups);
  parentElement.querySelector('.start')?.remove();
  parentElement.append(start);
  return () => start.remove();
}
