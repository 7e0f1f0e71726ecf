// @ts-check
/**
 * What the parts of one page share: the selected event, the range in view, and so on. Each part is a script of its own, so the values
 * are kept in the window. A part that sets a value tells all others.
 *
 * @typedef {{
 *   event: number|null,
 *   view: [number, number]|null,
 *   range: [number, number]|null,
 *   transcript: HTMLElement|null,
 * }} Shared
 *   `event` is the number of the selected event in its stream. `view` is the part of the deck's axis in sight and `range` the part
 *   that is marked, both in the unit of that axis; null is all of it or nothing. `transcript` is where the deck puts its transcript.
 * @typedef {{values: Partial<Shared>, listeners: {[name: string]: Set<(value: any) => void>}}} Store
 */

/** @returns {Store} */
function store() {
  const page = /** @type {{cassetteViewer?: Store}} */ (globalThis);
  page.cassetteViewer ??= { values: {}, listeners: {} };
  return page.cassetteViewer;
}

/** @template {keyof Shared} K @param {K} name @returns {Shared[K]|null} */
export const sharedValue = (name) => store().values[name] ?? null;

/** Set a value and tell the listeners, unless it is set already. @template {keyof Shared} K @param {K} name @param {Shared[K]} value */
export function share(name, value) {
  if (store().values[name] !== value) tell(name, value);
}

/** Select an event. The listeners are told even if it is selected already: the deck may have moved on, and then seeks it again. @param {number} event */
export const selectEvent = (event) => tell('event', event);

/** @template {keyof Shared} K @param {K} name @param {Shared[K]} value */
function tell(name, value) {
  const { values, listeners } = store();
  values[name] = value;
  for (const listener of [...(listeners[name] ?? [])]) listener(value);
}

/**
 * Call a listener whenever a value is set, until the signal aborts.
 * @template {keyof Shared} K @param {K} name @param {(value: Shared[K]) => void} listener @param {AbortSignal} signal
 */
export function onShared(name, listener, signal) {
  const { listeners } = store();
  listeners[name] ??= new Set();
  const known = listeners[name];
  known.add(listener);
  signal.addEventListener('abort', () => known.delete(listener));
}
