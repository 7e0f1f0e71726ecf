// @ts-check
/**
 * Tokens per second, where the grade of a track supports them. Windows stop at the ends of the stream and at stalls: the silence
 * beyond is no slow flow.
 *
 * @typedef {import('./race.js').Track} Track
 */

import { countAt } from './clock.js';

// In a shorter window, single chunks would be peaks.
const MIN_WINDOW_S = 0.2;
const NOW_WINDOW_S = 1;

/** Cumulative tokens of a lane: at index n, those of its first n chunks. @param {import('./race.js').Lane} lane */
export function tokensUpTo({ t, tokens }) {
  const sums = new Float64Array(t.length + 1);
  for (let index = 0; index < t.length; index += 1) sums[index + 1] = sums[index] + (Array.isArray(tokens) ? tokens[index] : tokens);
  return sums;
}

/** The tokens that came after one place and until another. @param {Track} track @param {Float64Array[]} sums @param {number} from @param {number} to */
export const tokensBetween = (track, sums, from, to) =>
  track.lanes.reduce((all, { t }, index) => all + sums[index][countAt(t, to)] - sums[index][countAt(t, from)], 0);

/** The parts of a track in which chunks came: from the first chunk to the last, without stalls. @param {Track} track */
export function flowsOf(track) {
  const times = track.lanes.filter((lane) => lane.kind !== 'keep_alive' && lane.t.length).map(({ t }) => t);
  /** @type {[number, number][]} */
  const flows = [];
  let begin = Math.min(...times.map((t) => t[0]));
  const end = Math.max(...times.map((t) => t[t.length - 1]));
  for (const [from, to] of track.stalls) {
    if (from > begin) flows.push([begin, from]);
    begin = to;
  }
  if (end > begin) flows.push([begin, end]);
  return flows;
}

/**
 * The rate in a window, moved or cut so that it stays in the flow that has its middle; 0 outside of all flows.
 * @param {Track} track @param {Float64Array[]} sums @param {[number, number][]} flows @param {number} from @param {number} to
 */
function rateBetween(track, sums, flows, from, to) {
  const middle = (from + to) / 2;
  const flow = flows.find((one) => one[0] <= middle && middle <= one[1]);
  if (!flow) return 0;
  const end = Math.min(flow[1], Math.max(to, flow[0] + to - from));
  const begin = Math.max(flow[0], Math.min(from, end - to + from));
  return tokensBetween(track, sums, begin, end) / Math.max(end - begin, MIN_WINDOW_S);
}

/**
 * The rate in each interval between two edges on the track's own clock, for the curve above its lanes.
 * @param {Track} track @param {Float64Array[]} sums @param {ArrayLike<number>} edges ascending
 */
export function rateCurve(track, sums, edges) {
  const flows = flowsOf(track);
  const curve = new Float64Array(Math.max(0, edges.length - 1));
  for (let index = 0; index < curve.length; index += 1) {
    const missing = Math.max(0, MIN_WINDOW_S - (edges[index + 1] - edges[index])) / 2;
    curve[index] = rateBetween(track, sums, flows, edges[index] - missing, edges[index + 1] + missing);
  }
  return curve;
}

/**
 * A function that returns the rate of the last second, or null if a track has none at that moment: before its first chunk, at its
 * end, and at any time if its grade does not support it.
 * @param {Track} track @param {Float64Array[]} sums
 */
export function rateNow(track, sums) {
  const flows = flowsOf(track);
  return (/** @type {number} */ t) => {
    if (!track.draws.live_rate || !flows.length || t < flows[0][0] || t >= track.duration) return null;
    const flow = flows.find((one) => one[0] <= t && t <= one[1]);
    if (!flow) return 0;
    const begin = Math.max(flow[0], t - NOW_WINDOW_S);
    return tokensBetween(track, sums, begin, t) / Math.max(t - begin, MIN_WINDOW_S);
  };
}
