// @ts-check
/** Keeps the selected event in the address, and tells the server, which shows it in the inspector. */

import { onShared, share, sharedValue } from '../../display/shared.js';

// Walking through events with a key held down must not ask the server for each one.
const SETTLED_AFTER_MS = 120;

/** The stream that each element stands for, and the end of its listener. @type {WeakMap<Element, {identity: string, serial: number, stop: () => void}>} */
const mounted = new WeakMap();

/** Ends the element that keeps the selection now. Streamlit can mount that of the next stream before it removes this. @type {(() => void)|null} */
let stopCurrent = null;
/** What was selected when the last element ended. @type {number|null} */
let left = null;

/** @returns {number|null} */
function eventInAddress() {
  const text = new URL(location.href).searchParams.get('event') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** @param {number|null} event */
function writeAddress(event) {
  const address = new URL(location.href);
  if (event === null) address.searchParams.delete('event');
  else address.searchParams.set('event', String(event));
  if (address.href !== location.href) history.replaceState(history.state, '', address);
}

/**
 * Streamlit calls this on mount and whenever the data has changed. `event` is the one that the server shows. `asked` is an event that
 * the server selects; `serial` is then higher than before.
 * @param {{parentElement: HTMLElement, setStateValue: (name: string, value: number|null) => void,
 *   data: {identity: string, event: number|null, asked: number|null, serial: number}}} component
 */
export default function ({ parentElement, setStateValue, data }) {
  const before = mounted.get(parentElement);
  if (before?.identity === data.identity) {
    if (data.serial > before.serial) share('event', data.asked);
    before.serial = data.serial;
    // When a tab is chosen, Streamlit writes the address anew, without the event.
    writeAddress(sharedValue('event'));
    return before.stop;
  }
  stopCurrent?.();
  const listening = new AbortController();
  let waiting = 0;
  const tell = () => {
    writeAddress(sharedValue('event'));
    clearTimeout(waiting);
    waiting = setTimeout(() => setStateValue('event', sharedValue('event')), SETTLED_AFTER_MS);
  };
  const stop = () => {
    clearTimeout(waiting);
    listening.abort();
    if (mounted.get(parentElement)?.stop === stop) mounted.delete(parentElement);
    if (stopCurrent === stop) {
      stopCurrent = null;
      left = sharedValue('event');
    }
  };
  stopCurrent = stop;
  mounted.set(parentElement, { identity: data.identity, serial: data.serial, stop });
  // The head is drawn first, so an event may have been selected there already.
  if (sharedValue('event') === left) share('event', eventInAddress());
  onShared('event', tell, listening.signal);
  if (sharedValue('event') !== data.event) tell();
  return stop;
}
