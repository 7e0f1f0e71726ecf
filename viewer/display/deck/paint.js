// @ts-check
/**
 * Drawing the rows of the lanes on a canvas.
 *
 * @typedef {import('./rows.js').Row} Row
 * @typedef {{x: (t: number) => number, at: (x: number) => number, width: number}} Places where a time of one clock is in pixels
 * @typedef {{pen: CanvasRenderingContext2D, colour: string, ink: string, height: number}} Brush
 *   `ink` is the colour of text on the colour of a lane, `height` that of all rows
 */

import { niceStep, tickText, ticksOf } from './axis.js';
import { countAt } from './clock.js';
import { rateCurve } from './rates.js';
import { barsOf } from './rows.js';

const BAR_HEIGHT = 12;
const MIN_TICK_PX = 70;
// A narrower block has no room for a gap beside it.
const MIN_BLOCK_PX = 4;
// A narrower block has no room for a word.
const MIN_TEXT_PX = 22;
// A bar of the rate covers so many pixels.
const RATE_PX = 3;

/** @param {Brush} brush @param {Row} row @param {import('./view.js').View} view @param {import('./axis.js').Axis} axis @param {import('./race.js').Marker[]} markers */
export function paintRuler({ pen, height }, row, view, axis, markers) {
  const step = niceStep(view.to - view.from, view.width / MIN_TICK_PX, axis);
  let free = -Infinity;
  pen.textBaseline = 'alphabetic';
  for (const tick of ticksOf(view.at(0), Math.min(view.end, view.at(view.width)), step)) {
    // A block of a chunk ends at its number.
    const x = view.x(tick);
    if (x < free) continue;
    pen.globalAlpha = 0.16;
    pen.fillRect(Math.round(x), row.height - 5, 1, height);
    pen.globalAlpha = 1;
    const text = tickText(tick, step, axis);
    const wide = pen.measureText(text).width;
    pen.fillText(text, Math.max(0, Math.min(x - (x < wide / 2 ? 0 : wide / 2), view.width - wide)), 11);
    free = x + wide + 12;
  }
  for (const { t } of markers) if (view.has(t)) pen.fillRect(view.x(t), row.height - 6, 2, 6);
}

/** @param {Brush} brush @param {Row} row @param {Places} places */
export function paintLane({ pen, colour, ink }, row, places) {
  const { lane, runner } = row;
  if (!lane || !runner) return;
  const byNumber = runner.track.axis === 'chunks';
  paintBounds(pen, row, places);
  // Hidden reasoning has no text of its own, so it does not look like text that arrived.
  if (lane.kind === 'hidden') pen.fillStyle = hatch(pen, colour, true);
  const block = byNumber ? places.x(1) - places.x(0) : 0;
  if (block < MIN_BLOCK_PX) {
    const bars = barsOf(lane.t, places, byNumber ? 0.01 : 2.5, byNumber ? 1 : 0);
    for (const [from, to] of bars) pen.fillRect(from, row.top + 4, Math.max(2, to - from + (byNumber ? 0 : 2)), BAR_HEIGHT);
    return;
  }
  const end = countAt(lane.t, places.at(places.width) + 1);
  for (let index = countAt(lane.t, places.at(0)); index < end; index += 1) {
    const from = places.x(lane.t[index] - 1);
    pen.fillRect(from, row.top + 3, block - 1, BAR_HEIGHT + 2);
    if (block >= MIN_TEXT_PX && lane.text) paintText(pen, lane.text[index], ink, from, row.top, block - 1);
  }
}

/** Write the beginning of a chunk's text into its block. @param {CanvasRenderingContext2D} pen @param {string} text @param {string} ink @param {number} left @param {number} top @param {number} wide */
function paintText(pen, text, ink, left, top, wide) {
  pen.save();
  pen.beginPath();
  pen.rect(left + 2, top, wide - 4, BAR_HEIGHT + 8);
  pen.clip();
  pen.fillStyle = ink;
  pen.fillText(text.slice(0, 80).replace(/\s+/g, ' '), left + 3, top + BAR_HEIGHT + 2);
  pen.restore();
}

/** Draw between which times the chunks of each run arrived: a hairline with caps at its ends. @param {CanvasRenderingContext2D} pen @param {Row} row @param {Places} places */
function paintBounds(pen, row, places) {
  const { lane } = row;
  const start = places.x(0);
  (lane?.bounds ?? []).forEach(([, low, high], index) => {
    const left = Math.max(-2, Math.min(places.x(Math.max(0, low)), places.width));
    const right = high === null ? places.width + 2 : Math.min(places.x(high), places.width + 2);
    if (right < 0 || right - left < 1 || right < start) return;
    // Neighbours overlap by a second, so they take turns on two lines.
    const y = row.top + 17.5 + 2 * (index % 2);
    pen.fillRect(left, y - 0.5, right - left, 1);
    pen.fillRect(left, y - 2, 1, 4);
    if (high !== null) pen.fillRect(right - 1, y - 2, 1, 4);
  });
}

/** @param {Brush} brush @param {Row} row @param {Places} places */
export function paintStalls({ pen, colour }, row, places) {
  pen.fillStyle = hatch(pen, colour, false);
  for (const [from, to] of row.runner?.track.stalls ?? []) {
    pen.fillRect(places.x(from), row.top + 4, Math.max(2, places.x(to) - places.x(from)), BAR_HEIGHT);
  }
}

/**
 * The bars of the rate in sight: from and to in pixels, and tokens per second.
 * @param {import('./race.js').Track} track @param {Float64Array[]} sums @param {Places} places @returns {[number, number, number][]}
 */
export function rateBars(track, sums, places) {
  if (track.draws.rate === 'steps') return track.steps.map(([from, to, rate]) => [places.x(from), places.x(to), rate]);
  const count = Math.ceil(places.width / RATE_PX);
  const edges = Float64Array.from({ length: count + 1 }, (_, index) => places.at(index * RATE_PX));
  return Array.from(rateCurve(track, sums, edges), (rate, index) => [index * RATE_PX, (index + 1) * RATE_PX, rate]);
}

/** Draw the rate on the scale of the highest one in sight, of any track. @param {Brush} brush @param {Row} row @param {[number, number, number][]} bars @param {number} peak */
export function paintRate({ pen }, row, bars, peak) {
  const floor = row.top + row.height - 3;
  pen.globalAlpha = 0.45;
  for (const [from, to, rate] of bars) {
    const high = peak ? (rate / peak) * (row.height - 8) : 0;
    pen.fillRect(from, floor - high, to - from, high);
  }
  pen.globalAlpha = 1;
}

/** Hatch the gaps that are shortened. @param {Brush} brush @param {[number, number][]} gaps @param {import('./view.js').View} view */
export function paintGaps({ pen, colour, height }, gaps, view) {
  for (const [from, to] of gaps) {
    const wide = view.x(to) - view.x(from);
    pen.globalAlpha = 0.5;
    pen.fillStyle = hatch(pen, colour, true);
    pen.fillRect(view.x(from), 20, wide, height);
    pen.globalAlpha = 1;
    pen.fillStyle = colour;
    const skipped = `+${(to - from - view.scale.squeeze(to) + view.scale.squeeze(from)).toFixed(1)} s skipped`;
    if (pen.measureText(skipped).width < wide) pen.fillText(skipped, view.x(from) + 3, height - 4);
  }
}

/** @param {CanvasRenderingContext2D} pen @param {string} colour @param {boolean} rising */
function hatch(pen, colour, rising) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const brush = /** @type {CanvasRenderingContext2D} */ (tile.getContext('2d'));
  brush.strokeStyle = colour;
  brush.lineWidth = 1.4;
  for (const shift of [-6, 0, 6]) {
    brush.moveTo(shift, rising ? 6 : 0);
    brush.lineTo(shift + 6, rising ? 0 : 6);
  }
  brush.stroke();
  return pen.createPattern(tile, 'repeat') ?? colour;
}
