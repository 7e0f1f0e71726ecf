// @ts-check
/** Visits to other pages from where the browser is now. */

import { pageAt, queryFor } from './places.js';
import { storageOf } from './storage.js';

/** @typedef {import('./places.js').PageName} PageName */
/** @typedef {import('./places.js').Visit} Visit */

const LEFT_KEY = 'cassette-viewer-left';

/** The visit that a link to a page stands for now. @param {PageName} page @returns {Visit} */
export function visitTo(page) {
  return { page, query: queryFor(page, new URL(location.href), storageOf('sessionStorage')?.getItem(LEFT_KEY) ?? '') };
}

/** Note the address of the recording's page, so that the link back leads to the same tab, event and moment. */
export function rememberRecording() {
  if (pageAt(location.pathname) === 'recording' && location.search) storageOf('sessionStorage')?.setItem(LEFT_KEY, location.search);
}
