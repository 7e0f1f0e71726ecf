// @ts-check
/**
 * Columns in the short form that `viewer/display/packing.py` writes: one value, runs of values, or steps between whole numbers.
 *
 * @typedef {number|string|null} Value
 * @typedef {{all: Value} | {runs: Value[]} | {steps: (number|null)[]} | Value[]} Packed
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
