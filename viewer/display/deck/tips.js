// @ts-check
/** The lines of the tooltips over the lanes. */

import { pointText, whole } from './axis.js';
import { boundsOf } from './rows.js';

const MAX_CHARACTERS = 60;
/** @type {{[grade: string]: string}} */
const REASONS = { paced: 'time not recorded', span: 'only the total time is recorded' };

/** The lines about one chunk. @param {import('./race.js').Lane} lane @param {number} index @param {import('./race.js').Track} track */
export function chunkLines(lane, index, track) {
  const tokens = Array.isArray(lane.tokens) ? lane.tokens[index] : lane.tokens;
  const text = lane.text?.[index];
  const lines = [`${lane.label}, ${whole(index + 1)} of ${whole(lane.t.length)}`, `${track.mark} ${timeOf(lane, index, track)}`];
  if (tokens) lines.push(`${Number(tokens.toPrecision(3))} token${tokens === 1 ? '' : 's'}, estimated`);
  if (text) lines.push(JSON.stringify(text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text));
  return lines;
}

/** @param {import('./race.js').Lane} lane @param {number} index @param {import('./race.js').Track} track */
function timeOf(lane, index, track) {
  if (track.axis === 'chunks') return REASONS[track.grade] ?? 'shown by number';
  const [, low, high] = boundsOf(lane, index) ?? [];
  const between = low === undefined ? '' : `, ${low.toFixed(3)} to ${high?.toFixed(3) ?? '…'} s`;
  return `${lane.t[index].toFixed(3)} s${between}`;
}

/** The lines about the stalls at a place on the track's own clock. @param {import('./race.js').Track} track @param {(from: number, to: number) => boolean} isNear */
export const stallLines = (track, isNear) => track.stalls.filter(([from, to]) => isNear(from, to))
  .map(([from, to]) => `stalled for ${(to - from).toFixed(3)} s, from ${from.toFixed(3)} s`);

/** The line about a marker. @param {import('./race.js').Marker} marker @param {import('./axis.js').Axis} axis */
export const markerLine = ({ t, label }, axis) => `${pointText(axis, t)} – ${label}`;
