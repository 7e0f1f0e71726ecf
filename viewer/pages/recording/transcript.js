// @ts-check
/** The place beside the inspector into which the deck puts its transcript. */

import { share, sharedValue } from '../../display/shared.js';

/** Streamlit calls this on mount and whenever the data has changed. @param {{parentElement: HTMLElement}} component */
export default function ({ parentElement }) {
  let place = /** @type {HTMLElement|null} */ (parentElement.querySelector('.transcript-place'));
  if (!place) {
    place = document.createElement('div');
    place.className = 'transcript-place';
    parentElement.append(place);
  }
  share('transcript', place);
  return () => { if (sharedValue('transcript') === place) share('transcript', null); };
}
