// @ts-check
import { build } from '../../display/nodes.js';

/** @typedef {import('../../display/nodes.js').PageNode} PageNode */

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: {nodes: PageNode[]}}} component
 */
export default function ({ parentElement, data }) {
  parentElement.querySelector('.sheet')?.remove();
  const sheet = document.createElement('div');
  sheet.className = 'sheet';
  sheet.append(...data.nodes.map((node) => build(node, [])));
  parentElement.append(sheet);
}
