// @ts-check
/**
 * A table of chunks or events. The selected event is marked and in sight, and selecting a row selects its event.
 *
 * @typedef {import('../../display/deck/packing.js').Packed} Packed
 * @typedef {{count: number, columns: {[name: string]: Packed}, shown: string[], label: string} &
 *   ({kinds: string[], grades: string[]} | {types: string[]})} TableData with kinds it is a table of chunks, with types one of events
 */

import { element } from '../../display/deck/dom.js';
import { unpacked } from '../../display/deck/packing.js';
import { onShared, share, sharedValue } from '../../display/shared.js';
import { chunkCells, eventCells } from '../../display/table_cells.js';
import { placeOf, VirtualTable } from '../../display/virtual_table.js';

/** The listener of each element's table. @type {WeakMap<Element, AbortController>} */
const mounted = new WeakMap();

/** @param {TableData} data @param {AbortSignal} signal */
function tableOf(data, signal) {
  const columns = Object.fromEntries(Object.entries(data.columns).map(([name, packed]) => [name, unpacked(packed, data.count)]));
  const events = columns.event.map(Number);
  const table = new VirtualTable({
    columns: 'kinds' in data ? chunkCells(columns, data.kinds, data.grades, () => undefined) : eventCells(columns, data.types),
    shown: data.shown,
    label: data.label,
    onSelect: (row) => share('event', events[row]),
  });
  table.list(events.map((_, row) => row));
  /** Mark the first row of an event, unless another of its rows was selected. @param {number|null} event */
  const follow = (event) => {
    if (event !== null && table.selected !== null && events[table.selected] === event) return;
    const row = event === null ? -1 : placeOf(events, event);
    table.select(row < 0 ? null : row);
  };
  onShared('event', follow, signal);
  // The table has no height before the browser has laid it out.
  requestAnimationFrame(() => follow(sharedValue('event')));
  return table;
}

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: {table: string}}} component `table` is the JSON of `TableData`
 */
export default function ({ parentElement, data }) {
  mounted.get(parentElement)?.abort();
  const listening = new AbortController();
  mounted.set(parentElement, listening);
  const place = element('div', 'rows-place', tableOf(JSON.parse(data.table), listening.signal).box);
  // Streamlit reruns the page on r and opens a dialog on c.
  place.addEventListener('keydown', (event) => {
    if ((event.key === 'r' || event.key === 'c') && !event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
  parentElement.querySelector('.rows-place')?.remove();
  parentElement.append(place);
  return () => listening.abort();
}
