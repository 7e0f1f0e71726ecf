// @ts-check
/**
 * The chunk table as the report packs it, and the lanes of the deck, which refer to its rows.
 *
 * @typedef {import('../deck/packing.js').Value} Value
 * @typedef {import('../deck/packing.js').Packed} Packed
 * @typedef {{[name: string]: Value[]}} Columns
 * @typedef {{kind: string, label: string, rows: Packed, hasText: boolean,
 *   bounds: import('../deck/race.js').Lane['bounds']}} PackedLane
 */

import { unpacked } from '../deck/packing.js';

/** @param {{count: number, columns: {[name: string]: Packed}}} table @returns {Columns} */
export function columnsOf({ count, columns }) {
  return Object.fromEntries(Object.entries(columns).map(([name, packed]) => [name, unpacked(packed, count)]));
}

/**
 * The lanes of a track for the deck, with events, tokens and texts from the table. In a track by chunk number, their times are the
 * places of their rows among all rows of the lanes.
 * @param {{axis: string, lanes: PackedLane[]}} track @param {Columns} columns @returns {import('../deck/race.js').Lane[]}
 */
export function lanesOf({ axis, lanes }, columns) {
  const rowsOfLanes = lanes.map((lane) => unpacked(lane.rows, 0).map(Number));
  const drawn = Int32Array.from(rowsOfLanes.flat()).sort();
  const numbers = axis === 'chunks' ? new Map(Array.from(drawn, (row, place) => [row, place + 1])) : null;
  return lanes.map(({ kind, label, hasText, bounds }, index) => {
    const rows = rowsOfLanes[index];
    return {
      kind,
      label,
      bounds,
      t: rows.map((row) => numbers?.get(row) ?? Number(columns.t[row]) / 1e6),
      events: rows.map((row) => columns.event[row]),
      tokens: rows.map((row) => Number(columns.tokens[row] ?? 0) / 1e3),
      text: hasText ? rows.map((row) => String(columns.text[row])) : null,
    };
  });
}
