// @ts-check
/**
 * Tracks by the numbers of their chunks, and how fast such tracks play.
 *
 * @typedef {import('./race.js').Track} Track
 * @typedef {{squeeze: (place: number) => number, stretch: (seconds: number) => number}} Scale places on the axis, and seconds of playing
 */

import { countAt } from './clock.js';
import { unpacked } from './packing.js';

// The numbers of a race have no time in common. They play at a nominal pace.
const RACE_CHUNK_S = 0.02;

/** A track with the numbers of its chunks as its times. Chunks of one event keep the order of the lanes. @param {Track} track @returns {Track} */
export function byNumber(track) {
  if (track.axis === 'chunks') return track;
  const chunks = track.lanes.flatMap((lane, place) => {
    const events = unpacked(lane.events, lane.t.length);
    return lane.t.map((t, index) => ({ event: Number(events[index]), place, t }));
  }).sort((one, other) => one.event - other.event || one.place - other.place);
  /** @type {number[][]} */
  const numbers = track.lanes.map(() => []);
  chunks.forEach(({ place }, index) => numbers[place].push(index + 1));
  const eventsInOrder = chunks.map(({ event }) => event);
  const first = (/** @type {(lane: import('./race.js').Lane) => unknown} */ isWanted) => {
    const found = track.lanes.flatMap((lane, place) => (isWanted(lane) && numbers[place].length ? [numbers[place][0]] : []));
    return found.length ? Math.min(...found) : null;
  };
  return {
    ...track,
    axis: 'chunks',
    draws: { rate: 'none', live_rate: false, gaps: false, bounds: false },
    duration: chunks.length,
    stalls: [],
    steps: [],
    lanes: track.lanes.map((lane, place) => ({ ...lane, t: numbers[place], bounds: null })),
    markers: track.markers.flatMap((marker) =>
      (marker.event === null || marker.kind === 'stall' ? [] : [{ ...marker, t: countAt(eventsInOrder, marker.event) }])),
    anchors: { request: null, token: first((lane) => lane.text && lane.kind !== 'error'), content: first((lane) => lane.kind === 'content') },
  };
}

/** The tracks on one axis: in a race, chunk numbers unless all have seconds. @param {Track[]} tracks */
export const onOneAxis = (tracks) => (tracks.every((track) => track.axis === 'seconds') ? tracks : tracks.map(byNumber));

/** The scale at which tracks with chunk numbers play. @param {Track[]} tracks @returns {Scale} */
export function pacer(tracks) {
  if (tracks.length > 1 || !tracks[0]?.pace) {
    return { squeeze: (place) => place * RACE_CHUNK_S, stretch: (seconds) => seconds / RACE_CHUNK_S };
  }
  const [{ pace, duration }] = tracks;
  const micros = unpacked(pace, duration);
  const until = new Float64Array(micros.length + 1);
  micros.forEach((one, index) => { until[index + 1] = until[index] + Number(one) / 1e6; });
  const last = micros.length;
  return {
    squeeze(place) {
      const number = Math.max(0, Math.min(last, Math.floor(place)));
      return number < last ? until[number] + (place - number) * (until[number + 1] - until[number]) : until[last];
    },
    stretch(seconds) {
      const number = Math.max(0, countAt(until, seconds) - 1);
      return number < last ? number + (seconds - until[number]) / (until[number + 1] - until[number]) : last + seconds - until[last];
    },
  };
}
