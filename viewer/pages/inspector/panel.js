// @ts-check
/**
 * Nodes, recorded texts and buttons that copy, below each other.
 *
 * @typedef {{nodes: import('../../display/nodes.js').PageNode[]}} NodePart
 * @typedef {{text: string, label: string}} TextPart
 * @typedef {{copies: {label: string, title: string, text: string}[]}} CopyPart
 * @typedef {NodePart | TextPart | CopyPart} Part
 */

import { copyButton } from '../../display/copy.js';
import { element } from '../../display/deck/dom.js';
import { jsonTree } from '../../display/json_tree.js';
import { parseJson } from '../../display/json_values.js';
import { build, onEventSelected } from '../../display/nodes.js';
import { selectEvent } from '../../display/shared.js';
import { openTab } from '../parts/tabs.js';

const INTERACTION = /^#interaction-(\d+)$/;

/** A recorded text: a tree if it is a JSON object or array. @param {TextPart} part */
function recordedText({ text, label }) {
  try {
    const value = parseJson(text);
    if ('values' in value) return jsonTree(value, label);
  } catch {
    // Not JSON, or nested so deeply that the browser cannot follow.
  }
  const bar = element('div', 'json-bar', copyButton('Copy text', `Copy the ${label}`, () => text));
  return element('div', 'plain', bar, element('pre', { tabIndex: 0, role: 'group', ariaLabel: label }, text));
}

/** @param {Part} part @returns {Node[]} */
function elementsOf(part) {
  if ('nodes' in part) return part.nodes.map((node) => build(node, []));
  if ('copies' in part) return [element('div', 'copies', ...part.copies.map(({ label, title, text }) => copyButton(label, title, () => text)))];
  return [recordedText(part)];
}

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, setTriggerValue: (name: string, value: number) => void, data: {parts: Part[], opensEvents: boolean}}} component
 *   `opensEvents` if the tab of the event opens once one is selected
 */
export default function ({ parentElement, setTriggerValue, data }) {
  const panel = element('div', 'panel', ...data.parts.flatMap(elementsOf));
  onEventSelected(panel, (event) => {
    selectEvent(event);
    if (data.opensEvents) openTab('Event');
  });
  panel.addEventListener('click', (event) => {
    const link = /** @type {Element} */ (event.target).closest('a');
    const [, interaction] = INTERACTION.exec(link?.getAttribute('href') ?? '') ?? [];
    if (!interaction) return;
    event.preventDefault();
    setTriggerValue('interaction', Number(interaction));
  });
  // Streamlit reruns the page on r and opens a dialog on c.
  panel.addEventListener('keydown', (event) => {
    if ((event.key === 'r' || event.key === 'c') && !event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
  const root = /** @type {Document|ShadowRoot} */ (parentElement.getRootNode());
  const focused = root.activeElement?.id;
  const before = parentElement.querySelector('.panel');
  if (before) before.replaceWith(panel);
  else parentElement.append(panel);
  // Whoever steps through events by the keyboard stays on the button.
  if (focused && before) /** @type {HTMLElement|null} */ (panel.querySelector(`#${CSS.escape(focused)}`))?.focus();
}
