// @ts-check
/** A link to a recording, or to the library. */

import { element } from '../../display/deck/dom.js';

/** The address of a recording; without a key, that of the library. @param {string} key */
export const addressOfKey = (key) => (key ? `./?${new URLSearchParams({ file: key })}` : 'library');

/**
 * A link that shows a recording without loading the page anew.
 * @param {string} key @param {string} look its class @param {(key: string) => void} show @param {(Node|string)[]} children
 */
export const recordingLink = (key, look, show, ...children) => element('a', {
  className: look,
  href: addressOfKey(key),
  onclick: (event) => {
    // With a modifier, the browser opens the address in a tab or a window of its own.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(key);
  },
}, ...children);
