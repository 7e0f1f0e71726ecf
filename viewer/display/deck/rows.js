// @ts-check
/**
 * The rows of the lanes, and which chunks are where in them.
 *
 * @typedef {import('./race.js').Lane} Lane
 * @typedef {import('./race.js').Runner} Runner
 * @typedef {{kind: 'ruler'|'head'|'rate'|'lane'|'stalls', label: string, top: number, height: number,
 *   runner: Runner|null, lane: Lane|null, probe: string}} Row
 */

import { countAt } from './clock.js';

const HEIGHTS = { ruler: 20, head: 22, rate: 34, lane: 20, stalls: 20 };
const RATE_LABELS = { curve: 'tokens/s', steps: 'tokens in 1 s', none: '' };

/** The rows from top to bottom. @param {Runner[]} runners @param {import('./axis.js').Axis} axis @returns {{rows: Row[], height: number}} */
export function rowsOf(runners, axis) {
  /** @type {Row[]} */
  const rows = [];
  let top = 0;
  /** @param {Row['kind']} kind @param {string} label @param {Runner|null} runner @param {Lane|null} lane */
  const add = (kind, label, runner = null, lane = null) => {
    const probe = lane ? lane.kind : kind === 'stalls' ? 'error' : 'silent';
    rows.push({ kind, label, top, height: HEIGHTS[kind], runner, lane, probe });
    top += HEIGHTS[kind];
  };
  add('ruler', axis === 'chunks' ? 'chunk' : 'seconds');
  for (const runner of runners) {
    const { track } = runner;
    if (runners.length > 1) add('head', `${track.mark} ${track.name}`, runner);
    if (track.draws.rate !== 'none' && track.duration) add('rate', RATE_LABELS[track.draws.rate], runner);
    for (const lane of track.lanes) add('lane', lane.label, runner, lane);
    if (track.stalls.length) add('stalls', 'stalls', runner);
  }
  return { rows, height: top };
}

/**
 * The bars of the chunks in sight, in pixels. Chunks closer than a gap form one bar. If there are far more chunks than pixels, each
 * pixel is looked up instead of each chunk, which bounds the work however many there are.
 * @param {ArrayLike<number>} times @param {{x: (t: number) => number, at: (x: number) => number, width: number}} view of the lane's own clock
 * @param {number} gap @param {number} size of one chunk on the axis, which ends at its time
 */
export function barsOf(times, view, gap, size = 0) {
  /** @type {[number, number][]} */
  const bars = [];
  /** @param {number} from @param {number} to */
  const add = (from, to) => {
    const last = bars[bars.length - 1];
    if (last && from - last[1] <= gap) last[1] = Math.max(last[1], to);
    else bars.push([from, to]);
  };
  const first = Math.max(0, countAt(times, view.at(-2)) - 1);
  const end = Math.min(times.length, countAt(times, view.at(view.width)) + 1);
  if (end - first <= 2 * view.width) {
    for (let index = first; index < end; index += 1) add(view.x(times[index] - size), view.x(times[index]));
    return bars;
  }
  let before = first;
  for (let pixel = 0; pixel < view.width && before < end; pixel += 1) {
    const until = countAt(times, view.at(pixel + 1));
    if (until > before) add(pixel, pixel + 1);
    before = Math.max(before, until);
  }
  return bars;
}

/** The index of the chunk nearest to a time on the lane's own clock, or -1 if it has no chunk. @param {Lane} lane @param {number} t */
export function nearest(lane, t) {
  const after = countAt(lane.t, t);
  return after === lane.t.length || (after && t - lane.t[after - 1] < lane.t[after] - t) ? after - 1 : after;
}

/** The run of bounds of a chunk. @param {Lane} lane @param {number} index */
export function boundsOf(lane, index) {
  const runs = lane.bounds ?? [];
  return runs[countAt(runs.map((run) => run[0]), index) - 1] ?? null;
}
