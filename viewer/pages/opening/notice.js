// @ts-check
/** What could not be opened, and why, until it is dismissed. Names and reasons are text nodes. */

import { button, element } from '../../display/deck/dom.js';

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: {lines: string[]}, setTriggerValue: (name: string, value: boolean) => void}} component
 */
export default function ({ parentElement, data, setTriggerValue }) {
  const [title, ...lines] = data.lines;
  /** @type {HTMLElement} */
  const notice = element('div', { className: 'notice', role: 'status' },
    element('ul', '', element('li', 'title', title), ...lines.map((line) => element('li', '', line))),
    button('×', 'Dismiss', () => {
      // At once: the server may be busy with the page.
      notice.remove();
      setTriggerValue('dismissed', true);
    }, 'close'));
  parentElement.querySelector('.notice')?.remove();
  parentElement.append(notice);
  return () => notice.remove();
}
