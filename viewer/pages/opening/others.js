// @ts-check
/**
 * The other recordings that can be shown, in the sidebar of one that has no calls to list. Their names are text nodes.
 *
 * @typedef {{title: string, links: {key: string, label: string}[]}} Group
 */

import { element } from '../../display/deck/dom.js';
import { recordingLink } from './recording_link.js';

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: {groups: Group[]}, setTriggerValue: (name: string, value: string) => void}} component
 */
export default function ({ parentElement, data, setTriggerValue }) {
  const show = (/** @type {string} */ key) => setTriggerValue('show', key);
  const groups = data.groups.map(({ title, links }) => element('section', { ariaLabel: title },
    element('h2', '', title), element('ul', '', ...links.map(({ key, label }) => element('li', '', recordingLink(key, '', show, label))))));
  const others = element('nav', { className: 'beside', ariaLabel: 'Other recordings' }, ...groups);
  parentElement.querySelector('.beside')?.remove();
  parentElement.append(others);
  return () => others.remove();
}
