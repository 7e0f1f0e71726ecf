// @ts-check
/** Tells the server which part of the deck's axis is in sight, so that the charts show the same part. */

import { onShared, sharedValue } from '../../display/shared.js';

// Zooming by the wheel must not ask the server for each step.
const SETTLED_AFTER_MS = 250;

/** @type {WeakMap<Element, AbortController>} */
const mounted = new WeakMap();

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, setStateValue: (name: string, value: [number, number]|null) => void}} component
 */
export default function ({ parentElement, setStateValue }) {
  mounted.get(parentElement)?.abort();
  const listening = new AbortController();
  mounted.set(parentElement, listening);
  let waiting = 0;
  let told = JSON.stringify(null);
  const tell = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const view = sharedValue('view');
      if (JSON.stringify(view) === told) return;
      told = JSON.stringify(view);
      setStateValue('view', view);
    }, SETTLED_AFTER_MS);
  };
  onShared('view', tell, listening.signal);
  tell();
  return () => {
    clearTimeout(waiting);
    listening.abort();
  };
}
