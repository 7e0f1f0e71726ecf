// @ts-check
/**
 * The chunk table as the report packs it: each column is one value, runs of values, or steps between whole numbers.
 *
 * @typedef {number|string|null} Value
 * @typedef {{all: Value} | {runs: Value[]} | {steps: (number|null)[]} | Value[]} Packed
 * @typedef {{[name: string]: Value[]}} Columns
 * @typedef {{kind: string, label: string, rows: Packed, hasText: boolean,
 *   bounds: import('../deck/race.js').Lane['bounds']}} PackedLane
 */

/** The values of a column. @param {Packed} packed @param {number} count @returns {Value[]} */
export function unpacked(packed, count) {
  if (Array.isArray(packed)) return packed;
  if ('all' in packed) return new Array(count).fill(packed.all);
  if ('runs' in packed) {
    const values = [];
    for (let index = 0; index < packed.runs.length; index += 2) {
      for (let times = Number(packed.runs[index + 1]); times > 0; times -= 1) values.push(packed.runs[index]);
    }
    return values;
  }
  let value = 0;
  return packed.steps.map((step) => (step === null ? null : (value += step)));
}

/** @param {{count: number, columns: {[name: string]: Packed}}} table @returns {Columns} */
export function columnsOf({ count, columns }) {
  return Object.fromEntries(Object.entries(columns).map(([name, packed]) => [name, unpacked(packed, count)]));
}

/** Microseconds as seconds. @param {Value} micros */
export const secondsOf = (micros) => (micros === null ? null : Number(micros) / 1e6);

/** A lane for the deck, with times, tokens and texts from the table. @returns {import('../deck/race.js').Lane} @param {PackedLane} lane @param {Columns} columns */
export function laneOf({ kind, label, rows, hasText, bounds }, columns) {
  const places = unpacked(rows, 0).map(Number);
  return {
    kind,
    label,
    bounds,
    t: places.map((row) => Number(columns.t[row]) / 1e6),
    tokens: places.map((row) => Number(columns.tokens[row] ?? 0) / 1e3),
    text: hasText ? places.map((row) => String(columns.text[row])) : null,
  };
}
