// @ts-check
/** An address in full, with *Copy* and *Open*. Without a given one, it is the address of this page at the moment of copying. */

import { element } from '../../display/deck/dom.js';

/** @typedef {{address: string, label: string, opens: boolean}} Data */

/** @type {WeakMap<Element, {update: (data: Data) => void, remove: () => void}>} */
const mounted = new WeakMap();

/** @param {HTMLElement} parentElement */
function mountLink(parentElement) {
  const field = element('input', { readOnly: true, type: 'text' });
  const copy = element('button', { type: 'button' }, 'Copy');
  const open = element('a', { target: '_blank', rel: 'noopener' }, 'Open');
  const said = element('span', { className: 'said', role: 'status' });
  const box = element('div', 'link', field, copy, open, said);
  /** @type {Data} */
  let shown = { address: '', label: '', opens: false };
  // The address of this page changes while the deck plays.
  const address = () => shown.address || window.location.href;

  function write() {
    field.value = address();
    open.href = address();
  }
  async function copyAddress() {
    write();
    field.select();
    try {
      await navigator.clipboard.writeText(address());
      said.textContent = 'Copied';
    } catch {
      said.textContent = 'Press Ctrl+C to copy';
    }
  }
  copy.addEventListener('click', () => void copyAddress());
  field.addEventListener('focus', () => { write(); field.select(); });
  box.addEventListener('keydown', (event) => event.stopPropagation());
  parentElement.append(box);
  mounted.set(parentElement, {
    update(data) {
      shown = data;
      field.ariaLabel = data.label;
      copy.ariaLabel = `Copy: ${data.label}`;
      open.ariaLabel = `Open: ${data.label}`;
      open.hidden = !data.opens;
      write();
    },
    remove: () => box.remove(),
  });
}

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: Data}} component
 */
export default function ({ parentElement, data }) {
  if (!mounted.has(parentElement)) mountLink(parentElement);
  mounted.get(parentElement)?.update(data);
  return () => {
    mounted.get(parentElement)?.remove();
    mounted.delete(parentElement);
  };
}
