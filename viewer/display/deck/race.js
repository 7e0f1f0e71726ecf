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
  const untimed = tracks.filter((track) => track.axis === 'chunks').map((track) => track.name);
  if (tracks.length < 2 || new Set(tracks.map((track) => track.grade)).size + untimed.length < 2) return '';
  if (untimed.length) return `No arrival times are recorded for ${untimed.join(' and ')}, so this race goes by chunk number instead of time.`;
  return `The times are not equally exact: ${tracks.map((track) => `${track.name} is ${track.grade}`).join(', ')}. Differences within the bounds mean nothing.`;
}

/** Every moment at which something appears, in ascending order without duplicates. @param {Runner[]} runners */
export function moments(runners) {
  const all = runners.flatMap(({ track, shift }) =>
    track.lanes.flatMap((lane) => (lane.kind === 'keep_alive' ? [] : lane.t.map((t) => t + shift))));
  return Float64Array.from(new Set(all)).sort();
}

/**
 * The gaps longer than a limit in which nothing appears, if all tracks have recorded gaps.
 * @param {Runner[]} runners @param {ArrayLike<number>} times @returns {[number, number][]}
 */
export function gapsOf(runners, times) {
  if (!runners.every(({ track }) => track.draws.gaps)) return [];
  return Array.from(times, (t, index) => /** @type {[number, number]} */ ([index ? times[index - 1] : 0, t]))
    .filter(([before, t]) => t - before > IDLE_LIMIT_S);
}

/** The markers of all runners in order. In a race, each has the name of its track. @param {Runner[]} runners */
export function markersOf(runners) {
  return runners.flatMap(({ track, shift }) => track.markers.map((marker) =>
    ({ ...marker, t: marker.t + shift, label: runners.length > 1 ? `${track.name}: ${marker.label}` : marker.label }))).sort((one, other) => one.t - other.t);
}

/**
 * The marker before or after a position. One that was just passed is skipped while playing, or one could never get past it.
 * @param {Marker[]} markers @param {number} position @param {number} direction @param {number} end
 * @param {number} passed a marker after this place was just passed
 */
export function markerFrom(markers, position, direction, end, passed = position) {
  const margin = 1e-6;
  if (direction > 0) return markers.find((marker) => marker.t > position + margin)?.t ?? end;
  return markers.filter((marker) => marker.t < passed - margin).at(-1)?.t ?? 0;
}
