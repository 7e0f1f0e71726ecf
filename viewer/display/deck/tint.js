// @ts-check
/**
 * Chunks in classes of colour, by the gap before them or by their tokens.
 *
 * @typedef {import('./race.js').Track} Track
 * @typedef {{classes: (lane: number, chunk: number) => number, limits: number[]}} Tint
 *   the class of a chunk, from 0 (not tinted) to 3, and the least value of each class from 1
 */

import { countAt } from './clock.js';

/** The share of chunks below each class. */
const QUANTILES = [0.75, 0.9, 0.99];

/** Classes by quantiles of all values, so that the unusual chunks stand out. @param {ArrayLike<number>} values */
export function limitsOf(values) {
  const sorted = Float64Array.from(values).sort();
  if (!sorted.length || sorted[0] === sorted[sorted.length - 1]) return [];
  return QUANTILES.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
}

/** The tints that a track can have. @param {Track} track */
export function tintsOf(track) {
  const hasTokens = track.lanes.some((lane) => lane.text && Array.isArray(lane.tokens));
  return ['none', ...(track.draws.gaps ? ['gap'] : []), ...(hasTokens ? ['tokens'] : [])];
}

/** @param {Track} track @param {string} by `gap` or `tokens` @returns {Tint} */
export function tintOf(track, by) {
  const all = Float64Array.from(track.lanes.flatMap((lane) => (lane.kind === 'keep_alive' ? [] : lane.t))).sort();
  const values = track.lanes.map((lane) => (by === 'gap'
    ? lane.t.map((t) => { const before = countBelow(all, t); return before ? t - all[before - 1] : 0; })
    : lane.t.map((_, index) => (Array.isArray(lane.tokens) ? lane.tokens[index] : lane.tokens))));
  const limits = limitsOf(values.flatMap((of, index) => (track.lanes[index].text ? of : [])));
  // A value at the limit of several classes belongs to the highest; one that all of the lowest share is not unusual.
  const least = Math.min(...limits, Infinity);
  return { limits, classes: (lane, chunk) => (values[lane][chunk] > 0 && values[lane][chunk] >= least ? countAt(limits, values[lane][chunk]) : 0) };
}

/** How many ascending numbers are below a limit. @param {ArrayLike<number>} numbers @param {number} limit */
function countBelow(numbers, limit) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
