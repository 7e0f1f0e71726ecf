// @ts-check
/**
 * The tracks of a tape on one clock.
 *
 * @typedef {import('./packing.js').Packed} Packed
 * @typedef {{kind: string, label: string, t: number[], events: Packed, bounds: [number, number, number|null][]|null,
 *   tokens: number[]|number, text: string[]|null}} Lane
 *   `events` are the event numbers of the chunks, and `bounds` runs: the index of the first chunk, and between which seconds the
 *   chunks of the run arrived
 * @typedef {{t: number, label: string, kind: string, event: number|null}} Marker
 *   `kind` is first, tool_call, error, headers, stall, finish, usage or cut_off
 * @typedef {'request'|'token'|'content'} Anchor
 * @typedef {'seconds'|'chunks'} Axis
 * @typedef {{rate: 'curve'|'steps'|'none', live_rate: boolean, gaps: boolean, bounds: boolean}} Draws what may be drawn of a grade
 * @typedef {{kind: string, label: string, lane: number|null, from: number, to: number, [more: string]: unknown}} Block
 *   one block of the transcript: the chunks `from` up to, but not including, `to` of a lane
 * @typedef {{name: string, grade: string, mark: string, meaning: string, origin: string, axis: Axis, draws: Draws, duration: number,
 *   pace: Packed|null, total: string, lanes: Lane[], blocks: Block[], stalls: [number, number][], steps: [number, number, number][],
 *   markers: Marker[], anchors: {[name in Anchor]: number|null}, thought: string,
 *   cost: {input: number|null, total: number, estimate: boolean}|null}} Track
 *   if `axis` is chunks, every time of the track is the number of a chunk, counted from 1 in the order of the wire. `pace` then has
 *   the microseconds that each chunk plays, and `total` how long all took, in words, if only that is recorded. `steps` are the
 *   tokens per second of whole seconds: from, to, rate
 * @typedef {{version: number, streams: Track[]}} Tape
 * @typedef {{track: Track, shift: number}} Runner a track, and what to add to its times on the clock
 */

import { countAt } from './clock.js';

export const IDLE_LIMIT_S = 1;

/** @param {Track} track */
export const isPaced = (track) => track.grade === 'paced';

/** The anchors that every track has, by which they can be aligned. @param {Track[]} tracks */
export function alignments(tracks) {
  const names = /** @type {const} */ (['request', 'token', 'content']);
  return names.filter((name) => tracks.every((track) => track.anchors[name] !== null));
}

/**
 * The tracks on one clock, shifted so that their anchors coincide. A single track keeps its own time.
 * @param {Track[]} tracks @param {Anchor} align @returns {Runner[]}
 */
export function aligned(tracks, align) {
  if (tracks.length < 2) return tracks.map((track) => ({ track, shift: 0 }));
  const at = tracks.map((track) => track.anchors[align] ?? 0);
  const latest = align === 'request' ? Math.max(0, ...at) : Math.max(...at);
  return tracks.map((track, index) => ({ track, shift: latest - at[index] }));
}

/** Why the times of a race cannot be compared, or "" if they can. @param {Track[]} tracks */
export function warningOf(tracks) {
  const paced = tracks.filter(isPaced).map((track) => track.name);
  if (tracks.length < 2 || new Set(tracks.map((track) => track.grade)).size + paced.length < 2) return '';
  if (paced.length) return `The speed of ${paced.join(' and ')} is not recorded, so it cannot be compared.`;
  return `The times are not equally exact: ${tracks.map((track) => `${track.name} is ${track.grade}`).join(', ')}. Differences within the bounds mean nothing.`;
}

/** Every moment at which something appears, in ascending order without duplicates. @param {Runner[]} runners */
export function moments(runners) {
  const all = runners.flatMap(({ track, shift }) =>
    track.lanes.flatMap((lane) => (lane.kind === 'keep_alive' ? [] : lane.t.map((t) => t + shift))));
  return Float64Array.from(new Set(all)).sort();
}

/** The gaps longer than a limit in which nothing appears. @param {ArrayLike<number>} times @returns {[number, number][]} */
export const gapsOf = (times) => Array.from(times, (t, index) => /** @type {[number, number]} */ ([index ? times[index - 1] : 0, t]))
  .filter(([before, t]) => t - before > IDLE_LIMIT_S);

/** The markers of all runners in order. In a race, each has the name of its track. @param {Runner[]} runners */
export function markersOf(runners) {
  return runners.flatMap(({ track, shift }) => track.markers.map((marker) =>
    ({ ...marker, t: marker.t + shift, label: runners.length > 1 ? `${track.name}: ${marker.label}` : marker.label }))).sort((one, other) => one.t - other.t);
}

/**
 * The marker before or after a position. While playing, the one just passed is skipped, or one could never get past it.
 * @param {Marker[]} markers @param {number} position @param {number} direction @param {boolean} playing @param {number} end
 */
export function markerFrom(markers, position, direction, playing, end) {
  const margin = 1e-6;
  if (direction > 0) return markers.find((marker) => marker.t > position + margin)?.t ?? end;
  return markers.filter((marker) => marker.t < position - (playing ? 1 : margin)).at(-1)?.t ?? 0;
}

/** Minutes, seconds and hundredths, rounded. @param {number} seconds */
export function formatTime(seconds) {
  const hundredths = Math.round(Math.max(0, seconds) * 100);
  const rest = (hundredths % 6000) / 100;
  return `${Math.floor(hundredths / 6000)}:${rest.toFixed(2).padStart(5, '0')}`;
}

/** Cumulative tokens of a lane: at index n, those of its first n chunks. @param {Lane} lane */
export function tokensUpTo({ t, tokens }) {
  const sums = new Float64Array(t.length + 1);
  for (let index = 0; index < t.length; index += 1) sums[index + 1] = sums[index] + (Array.isArray(tokens) ? tokens[index] : tokens);
  return sums;
}

/**
 * Live figures of a track at a position on its own clock.
 * @param {Track} track @param {Float64Array[]} sums `tokensUpTo` of each lane
 */
export function countersOf(track, sums) {
  const total = sums.reduce((all, sum) => all + sum[sum.length - 1], 0);
  return (/** @type {number} */ position) => {
    /** @type {Map<string, number>} */
    const byKind = new Map();
    let soFar = 0;
    let recent = 0;
    const window = Math.min(1, Math.max(position, 0.001));
    track.lanes.forEach((lane, index) => {
      const sum = sums[index];
      const here = sum[countAt(lane.t, position)];
      if (!sum.at(-1)) return;
      byKind.set(lane.kind, (byKind.get(lane.kind) ?? 0) + here);
      soFar += here;
      recent += here - sum[countAt(lane.t, position - window)];
    });
    const { cost } = track;
    const isOver = position >= track.duration;
    let spent = null;
    if (isOver) spent = cost?.total ?? null;
    else if (cost && cost.input !== null) spent = cost.input + (cost.total - cost.input) * (soFar / (total || 1));
    const rate = isOver || isPaced(track) ? null : recent / window;
    return { byKind, rate, spent };
  };
}

/**
 * Tokens per second over equal intervals of a track, for the curve above its lanes.
 * @param {Track} track @param {Float64Array[]} sums @param {number} count
 */
export function rateCurve(track, sums, count) {
  const curve = new Float64Array(count);
  const width = track.duration / count;
  // With a window shorter than a fifth of a second, single chunks would be peaks.
  const reach = Math.max(width, 0.2) / 2;
  track.lanes.forEach((lane, place) => {
    for (let index = 0; index < count; index += 1) {
      const middle = (index + 0.5) * width;
      const came = sums[place][countAt(lane.t, middle + reach)] - sums[place][countAt(lane.t, middle - reach)];
      curve[index] += came / (2 * reach);
    }
  });
  return curve;
}
