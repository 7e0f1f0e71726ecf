// @ts-check
/**
 * The figures of a part of a track.
 *
 * @typedef {import('./race.js').Track} Track
 * @typedef {{chunks: number, tokens: number, rate: number|null, wholeSeconds: number, spent: number|null}} Figures
 *   `wholeSeconds` is how many whole seconds `rate` is of, if only whole seconds have one; `spent` is in US dollars
 */

import { formatTime, whole } from './axis.js';
import { countAt } from './clock.js';
import { dollars } from './figures.js';
import { flowsOf, tokensBetween } from './rates.js';

// Without it, rounding would leave out a chunk at the very begin.
const ROUNDING = 1e-9;

/** @param {Track} track @param {Float64Array[]} sums @param {number} from @param {number} to on the track's own clock @returns {Figures} */
export function figuresOf(track, sums, from, to) {
  const begin = track.axis === 'chunks' ? from : from - ROUNDING;
  const tokens = tokensBetween(track, sums, begin, to);
  const chunks = track.lanes.reduce((all, { kind, t }) => all + (kind === 'keep_alive' ? 0 : countAt(t, to) - countAt(t, begin)), 0);
  const total = sums.reduce((all, sum) => all + sum[sum.length - 1], 0);
  const { cost } = track;
  const spent = cost && cost.input !== null && total ? (cost.total - cost.input) * (tokens / total) : null;
  return { chunks, tokens, spent, ...rateOf(track, sums, from, to) };
}

/** @param {Track} track @param {Float64Array[]} sums @param {number} from @param {number} to */
function rateOf(track, sums, from, to) {
  if (track.draws.rate === 'curve') {
    const flows = flowsOf(track);
    const begin = Math.max(from, flows[0]?.[0] ?? 0);
    const end = Math.min(to, flows.at(-1)?.[1] ?? 0);
    return { rate: end > begin ? tokensBetween(track, sums, begin, end) / (end - begin) : null, wholeSeconds: 0 };
  }
  const within = track.steps.filter((step) => from <= step[0] + ROUNDING && step[1] <= to + ROUNDING);
  return { rate: within.length ? within.reduce((all, step) => all + step[2], 0) / within.length : null, wholeSeconds: within.length };
}

/** The figures in words. @param {Figures} figures @param {Track} track */
export function figuresInWords({ chunks, tokens, rate, wholeSeconds, spent }, { cost }) {
  const parts = [`${whole(chunks)} chunk${chunks === 1 ? '' : 's'}`, `${whole(tokens)} tokens`];
  const seconds = wholeSeconds > 1 ? `${wholeSeconds} whole seconds` : 'one whole second';
  if (rate !== null) parts.push(`${whole(rate)} tokens/s${wholeSeconds ? ` in ${seconds}` : ''}`);
  if (spent && cost) parts.push(`${dollars(spent)}, ${Math.round((100 * spent) / cost.total)} % of the cost`);
  return parts.join(' · ');
}

/** A part of the axis in words. @param {import('./axis.js').Axis} axis @param {number} from @param {number} to */
export const partInWords = (axis, from, to) => (axis === 'chunks'
  ? `chunks ${whole(from + 1)} to ${whole(to)}`
  : `${formatTime(from)} to ${formatTime(to)} (${(to - from).toFixed(to - from < 1 ? 3 : 2)} s)`);
