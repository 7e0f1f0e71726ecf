// @ts-check
/** Keeps the selected event in the address, and tells the server, which shows it in the inspector. */

import { onShared, share, sharedValue } from '../../display/shared.js';

// Walking through events with a key held down must not ask the server for each one.
const SETTLED_AFTER_MS = 120;

/** The stream that each element stands for, and the end of its listener. @type {WeakMap<Element, {identity: string, serial: number, listening: AbortController}>} */
const mounted = new WeakMap();

/** @param {number|null} event */
function writeAddress(event) {
  const address = new URL(location.href);
  if (event === null) address.searchParams.delete('event');
  else address.searchParams.set('event', String(event));
  if (address.href !== location.href) history.replaceState(history.state, '', address);
}

/**
 * Streamlit calls this on mount and whenever the data has changed. `serial` is higher each time the server selects an event.
 * @param {{parentElement: HTMLElement, setStateValue: (name: string, value: number|null) => void,
 *   data: {identity: string, event: number|null, serial: number}}} component
 */
export default function ({ parentElement, setStateValue, data }) {
  const before = mounted.get(parentElement);
  if (before?.identity === data.identity) {
    if (data.serial > before.serial) share('event', data.event);
    before.serial = data.serial;
    return () => before.listening.abort();
  }
  before?.listening.abort();
  const listening = new AbortController();
  mounted.set(parentElement, { identity: data.identity, serial: data.serial, listening });
  share('event', data.event);
  let waiting = 0;
  onShared('event', (event) => {
    writeAddress(event);
    clearTimeout(waiting);
    waiting = setTimeout(() => setStateValue('event', sharedValue('event')), SETTLED_AFTER_MS);
  }, listening.signal);
  return () => {
    clearTimeout(waiting);
    listening.abort();
    mounted.delete(parentElement);
  };
}
