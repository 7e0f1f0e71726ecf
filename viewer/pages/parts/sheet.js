// @ts-check
import { build } from '../../display/nodes.js';

/** Streamlit calls this on mount and whenever the data has changed. @param {any} component */
export default function ({ parentElement, data }) {
  parentElement.querySelector('.sheet')?.remove();
  const sheet = document.createElement('div');
  sheet.className = 'sheet';
  sheet.append(...data.nodes.map((/** @type {import('../../display/nodes.js').PageNode} */ node) => build(node, [])));
  parentElement.append(sheet);
}
