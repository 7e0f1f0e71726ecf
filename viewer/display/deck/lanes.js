// @ts-check
/**
 * The lanes, drawn on a canvas that is also the scrubber.
 *
 * @typedef {import('./race.js').Lane} Lane
 * @typedef {import('./race.js').Runner} Runner
 * @typedef {import('./race.js').Marker} Marker
 * @typedef {{kind: 'markers'|'head'|'rate'|'lane'|'stalls', label: string, top: number, height: number,
 *   runner: Runner|null, lane: Lane|null, probe: string}} Row
 */

import { countAt } from './clock.js';
import { element } from './dom.js';
import { formatTime, isPaced, rateCurve } from './race.js';

const HEIGHTS = { markers: 12, head: 22, rate: 34, lane: 20, stalls: 20 };
const BAR_HEIGHT = 12;

/** The rows from top to bottom. @param {Runner[]} runners @returns {{rows: Row[], height: number}} */
export function rowsOf(runners) {
  /** @type {Row[]} */
  const rows = [];
  let top = 0;
  /** @param {Row['kind']} kind @param {string} label @param {Runner|null} runner @param {Lane|null} lane */
  const add = (kind, label, runner = null, lane = null) => {
    const probe = lane ? lane.kind : kind === 'stalls' ? 'error' : 'silent';
    rows.push({ kind, label, top, height: HEIGHTS[kind], runner, lane, probe });
    top += HEIGHTS[kind];
  };
  add('markers', '');
  for (const runner of runners) {
    const { track } = runner;
    if (runners.length > 1) add('head', `${track.mark} ${track.name}`, runner);
    if (!isPaced(track) && track.duration) add('rate', 'tokens/s', runner);
    for (const lane of track.lanes) add('lane', lane.label, runner, lane);
    if (track.stalls.length) add('stalls', 'stalls', runner);
  }
  return { rows, height: top };
}

/**
 * The bars of a lane. Chunks closer than a gap in pixels form one bar, which bounds the work however many there are.
 * @param {ArrayLike<number>} times @param {(t: number) => number} x @param {number} gap
 */
export function barsOf(times, x, gap) {
  /** @type {[number, number][]} */
  const bars = [];
  for (let index = 0; index < times.length; index += 1) {
    const at = x(times[index]);
    const last = bars.at(-1);
    if (last && at - last[1] <= gap) last[1] = at;
    else bars.push([at, at]);
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

/** The lines of the tooltip of one chunk. @param {Lane} lane @param {number} index @param {import('./race.js').Track} track */
export function chunkLines(lane, index, track) {
  const [, low, high] = boundsOf(lane, index) ?? [];
  const tokens = Array.isArray(lane.tokens) ? lane.tokens[index] : lane.tokens;
  const between = low === undefined ? '' : `, ${low.toFixed(3)} to ${high?.toFixed(3) ?? '…'} s`;
  const text = lane.text?.[index];
  const lines = [
    `${lane.label}, ${index + 1} of ${lane.t.length}`,
    isPaced(track) ? 'time not recorded' : `${track.mark} ${lane.t[index].toFixed(3)} s${between}`,
  ];
  if (tokens) lines.push(`${Number(tokens.toPrecision(3))} tokens, estimated`);
  if (text) lines.push(JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text));
  return lines;
}

/**
 * @param {Runner[]} runners @param {Marker[]} markers @param {number} end @param {Float64Array[][]} sums
 * @param {import('./clock.js').Clock} clock its scale lays out the lanes @param {() => [number, number][]} squeezed the shortened gaps
 */
export function makeLanes(runners, markers, end, sums, clock, squeezed) {
  const { rows, height } = rowsOf(runners);
  const canvas = element('canvas', 'deck-canvas');
  const picture = document.createElement('canvas');
  const labels = element('div', 'deck-labels', ...rows.map((row) => {
    const label = element('div', { className: `deck-label deck-label-${row.kind}`, title: row.label }, row.label);
    label.style.height = `${row.height}px`;
    return label;
  }));
  const tip = element('div', { className: 'deck-tip', hidden: true });
  const scrubber = element('div',
    { className: 'deck-scrubber', tabIndex: 0, role: 'slider', ariaLabel: 'Position', ariaValueMax: end.toFixed(3) }, canvas, tip);
  // The stylesheet has the colours: each probe gets one, and the canvas reads its computed value.
  const probes = rows.map((row) => element('span', `deck-probe deck-${row.probe}`));
  canvas.style.height = `${height}px`;
  let width = 0;
  let drawn = -1;

  /** @param {number} t */
  const x = (t) => (end ? (clock.scale.squeeze(t) / clock.scale.squeeze(end)) * (width - 3) : 0);
  /** @param {number} offset in pixels from the left */
  const timeAt = (offset) => clock.scale.stretch((offset / Math.max(1, width - 3)) * clock.scale.squeeze(end));

  /** @param {CanvasRenderingContext2D} pen @param {Row} row @param {string} colour */
  function drawRow(pen, row, colour) {
    const { runner, lane } = row;
    if (!runner) {
      for (const { t } of markers) {
        pen.fillRect(x(t), 2, 2, 8);
        pen.globalAlpha = 0.25;
        pen.fillRect(x(t), 10, 1, height);
        pen.globalAlpha = 1;
      }
    } else if (lane) {
      const place = (/** @type {number} */ t) => x(t + runner.shift);
      const hidden = lane.kind === 'hidden';
      pen.globalAlpha = 0.16;
      for (const [, low, high] of lane.bounds ?? []) {
        const left = place(Math.max(low, -runner.shift));
        const right = high === null ? width : place(Math.min(high, end - runner.shift));
        pen.fillRect(left, row.top + 2, Math.max(1, right - left), BAR_HEIGHT + 4);
      }
      pen.globalAlpha = 1;
      const hatched = hidden || isPaced(runner.track);
      if (hatched) pen.fillStyle = hatch(pen, colour, hidden);
      // Hidden reasoning and a nominal pace have no moments to mark, so they are drawn as intervals.
      for (const [from, to] of barsOf(lane.t, place, hatched ? 16 : 2.5)) {
        pen.fillRect(from, row.top + 4, to - from + (hatched ? 5 : 2), BAR_HEIGHT);
      }
    } else if (row.kind === 'stalls') {
      pen.fillStyle = hatch(pen, colour, false);
      for (const [from, to] of runner.track.stalls) {
        const left = x(from + runner.shift);
        pen.fillRect(left, row.top + 4, Math.max(2, x(to + runner.shift) - left), BAR_HEIGHT);
      }
    } else if (row.kind === 'rate') {
      const { track, shift } = runner;
      const count = Math.min(400, Math.ceil(width / 3));
      const curve = rateCurve(track, sums[runners.indexOf(runner)], count);
      const peak = Math.max(...curve);
      const floor = row.top + row.height - 3;
      pen.globalAlpha = 0.35;
      pen.beginPath();
      pen.moveTo(x(shift), floor);
      curve.forEach((rate, index) => {
        const y = floor - (peak ? (rate / peak) * (row.height - 8) : 0);
        pen.lineTo(x(shift + (index / count) * track.duration), y);
        pen.lineTo(x(shift + ((index + 1) / count) * track.duration), y);
      });
      pen.lineTo(x(shift + track.duration), floor);
      pen.fill();
      pen.globalAlpha = 1;
      labels.children[rows.indexOf(row)].textContent = `tokens/s, peak ${Number(peak.toPrecision(2))}`;
    }
  }

  /** Draw every chunk once. Playing then only copies this picture. */
  function redraw() {
    const ratio = devicePixelRatio;
    width = Math.max(1, scrubber.clientWidth);
    for (const one of [canvas, picture]) {
      one.width = Math.round(width * ratio);
      one.height = Math.round(height * ratio);
    }
    const pen = /** @type {CanvasRenderingContext2D} */ (picture.getContext('2d'));
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const quiet = getComputedStyle(probes[0]).color;
    rows.forEach((row, index) => {
      pen.fillStyle = getComputedStyle(probes[index]).color;
      drawRow(pen, row, pen.fillStyle);
    });
    for (const [from, to] of squeezed()) {
      const wide = x(to) - x(from);
      pen.globalAlpha = 0.5;
      pen.fillStyle = hatch(pen, quiet, true);
      pen.fillRect(x(from), 0, wide, height);
      pen.globalAlpha = 1;
      pen.fillStyle = quiet;
      const skipped = `+${(to - from - clock.scale.squeeze(to) + clock.scale.squeeze(from)).toFixed(1)} s skipped`;
      if (pen.measureText(skipped).width < wide) pen.fillText(skipped, x(from) + 3, height - 4);
    }
    drawn = -1;
  }

  /** @param {number} position */
  function draw(position) {
    if (!scrubber.clientWidth) return;
    if (scrubber.clientWidth !== width) redraw();
    const ratio = canvas.width / width;
    const past = Math.round((x(position) + 2) * ratio);
    scrubber.ariaValueNow = position.toFixed(3);
    if (drawn === past) return;
    drawn = past;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.globalAlpha = 0.35;
    pen.drawImage(picture, 0, 0);
    pen.globalAlpha = 1;
    if (past) pen.drawImage(picture, 0, 0, past, canvas.height, 0, 0, past, canvas.height);
    pen.fillStyle = getComputedStyle(scrubber).color;
    pen.fillRect(past - 2 * ratio, 0, 2 * ratio, canvas.height);
    scrubber.ariaValueText = `${formatTime(position)} of ${formatTime(end)}`;
  }

  /** @param {PointerEvent} event */
  function offsetOf(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** Show the tooltip of what is under the pointer. @param {PointerEvent} event */
  function hover(event) {
    const [left, down] = offsetOf(event);
    const row = rows.find((one) => down < one.top + one.height) ?? rows[0];
    const shift = row.runner?.shift ?? 0;
    /** @param {number} from @param {number} to */
    const isNear = (from, to = from) => x(from + shift) - 8 < left && left < x(to + shift) + 8;
    /** @type {string[]} */
    let lines = [];
    if (row.lane && row.runner) {
      const index = nearest(row.lane, timeAt(left) - shift);
      if (isNear(row.lane.t[index])) lines = chunkLines(row.lane, index, row.runner.track);
    } else if (row.kind === 'stalls') {
      lines = (row.runner?.track.stalls ?? []).filter(([from, to]) => isNear(from, to))
        .map(([from, to]) => `stalled for ${(to - from).toFixed(3)} s, from ${from.toFixed(3)} s`);
    } else if (!row.runner) {
      lines = markers.filter((marker) => isNear(marker.t)).map((marker) => `${formatTime(marker.t)} – ${marker.label}`);
    }
    tip.hidden = !lines.length;
    tip.replaceChildren(...lines.map((line) => element('div', '', line)));
    tip.style.top = `${row.top + row.height + 6}px`;
    tip.style.left = `${Math.max(0, Math.min(left - 20, width - 260))}px`;
  }
  scrubber.addEventListener('pointermove', hover);
  scrubber.addEventListener('pointerleave', () => { tip.hidden = true; });

  return {
    node: element('div', 'deck-lanes', labels, scrubber, ...probes),
    scrubber,
    redraw,
    draw,
    /** @param {PointerEvent} event */
    positionOf: (event) => timeAt(offsetOf(event)[0]),
  };
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
