// @ts-check
/** The line under the pointer, and the tooltip that says what is there. */

import { pointText, whole } from './axis.js';
import { element } from './dom.js';
import { placesIn } from './lanes.js';
import { flowsOf, rateCurve } from './rates.js';
import { nearest } from './rows.js';
import { chunkLines, markerLine, stallLines } from './tips.js';

const NEAR_PX = 8;
const TIP_WIDTH_PX = 260;

/** The place and, if it may be given, the rate there. @param {import('./lanes.js').Stage} stage @param {import('./rows.js').Row} row @param {number} place */
export function placeLine({ axis, runners, sums, view }, row, place) {
  const runner = row.runner ?? runners[0];
  const { track, shift } = runner;
  if (axis === 'chunks') return `${pointText(axis, Math.max(1, Math.ceil(place - shift)))} of ${whole(track.duration || view.end)}`;
  const t = place - shift;
  let rate = null;
  if (track.draws.rate === 'curve' && flowsOf(track).length) [rate] = rateCurve(track, sums[runners.indexOf(runner)], [t - 0.1, t + 0.1]);
  else rate = track.steps.find(([from, to]) => from <= t && t < to)?.[2] ?? null;
  return `${pointText(axis, place)}${rate === null ? '' : `, ${Number(rate.toPrecision(2))} tokens/s`}`;
}

/**
 * The row and the chunk under a point of the scrubber. `index` is -1 if no chunk is near.
 * @param {import('./lanes.js').Stage} stage @param {import('./rows.js').Row[]} rows @param {number} x @param {number} y
 */
export function chunkUnder({ view, axis }, rows, x, y) {
  const row = rows.find((one) => y < one.top + one.height) ?? rows[rows.length - 1];
  if (!row.lane || !row.runner || !row.lane.t.length) return { row, index: -1 };
  const places = placesIn(view, row.runner);
  const at = places.at(x);
  const index = nearest(row.lane, axis === 'chunks' ? Math.ceil(at) : at);
  const t = row.lane.t[index];
  const isNear = places.x(axis === 'chunks' ? t - 1 : t) - NEAR_PX < x && x < places.x(t) + NEAR_PX;
  return { row, index: isNear ? index : -1 };
}

/** @param {import('./lanes.js').Stage} stage @param {{readonly rows: import('./rows.js').Row[]}} lanes */
export function makeHover(stage, lanes) {
  const { view, axis } = stage;
  const line = element('div', { className: 'deck-hover', hidden: true });
  const tip = element('div', { className: 'deck-tip', hidden: true });

  /** @param {number} x @param {number} y */
  function linesAt(x, y) {
    const { row, index } = chunkUnder(stage, lanes.rows, x, y);
    const { runner, lane } = row;
    const lines = [placeLine(stage, row, Math.max(0, Math.min(view.end, view.at(x))))];
    if (lane && runner && index >= 0) lines.push(...chunkLines(lane, index, runner.track));
    else if (row.kind === 'stalls' && runner) {
      const places = placesIn(view, runner);
      lines.push(...stallLines(runner.track, (from, to) => places.x(from) - NEAR_PX < x && x < places.x(to) + NEAR_PX));
    } else if (!runner) {
      lines.push(...stage.markers.filter((marker) => Math.abs(view.x(marker.t) - x) < NEAR_PX).map((marker) => markerLine(marker, axis)));
    }
    return { lines, top: row.top + row.height + 6 };
  }

  return {
    line,
    tip,
    hide() { line.hidden = tip.hidden = true; },
    /** @param {number} x @param {number} y in pixels from the corner of the scrubber */
    show(x, y) {
      const { lines, top } = linesAt(x, y);
      line.hidden = tip.hidden = false;
      line.style.left = `${x}px`;
      tip.replaceChildren(...lines.map((one) => element('div', '', one)));
      tip.style.top = `${top}px`;
      tip.style.left = `${Math.max(0, Math.min(x + 12, view.width - TIP_WIDTH_PX))}px`;
    },
  };
}
