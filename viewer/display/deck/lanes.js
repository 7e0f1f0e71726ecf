// @ts-check
/**
 * The lanes, drawn on a canvas that is also the scrubber. All chunks are drawn once for each view. Playing then only copies this picture.
 *
 * @typedef {import('./race.js').Runner} Runner
 * @typedef {import('./race.js').Marker} Marker
 * @typedef {import('./rows.js').Row} Row
 * @typedef {{view: import('./view.js').View, axis: import('./axis.js').Axis, runners: Runner[], markers: Marker[], sums: Float64Array[][],
 *   gaps: [number, number][], range: [number, number]|null, selected: number|null}} Stage
 *   what the lanes show. `gaps` are those that are shortened, and `selected` is the number of an event
 */

import { chunkAt, placeText } from './axis.js';
import { element } from './dom.js';
import { makeFlags } from './flags.js';
import { unpacked } from './packing.js';
import { paintGaps, paintLane, paintRate, paintRuler, paintStalls, rateBars } from './paint.js';
import { rowsOf } from './rows.js';

/**
 * The places of a runner's own clock in a view.
 * @param {import('./view.js').View} view @param {Runner} runner @returns {import('./paint.js').Places}
 */
export const placesIn = (view, { shift }) =>
  ({ x: (t) => view.x(t + shift), at: (x) => view.at(x) - shift, get width() { return view.width; } });

/** Where a selected event is: its chunks by row, and its place on the axis; null if no chunk is before it. @param {Row[]} rows @param {number} event */
export function placeOfEvent(rows, event) {
  /** @type {{row: Row, t: number}[]} */
  const chunks = [];
  let [place, nearestEvent] = [0, -1];
  for (const row of rows) {
    if (!row.lane || !row.runner) continue;
    const { lane, runner } = row;
    unpacked(lane.events, lane.t.length).forEach((one, index) => {
      const number = Number(one);
      if (number === event) chunks.push({ row, t: lane.t[index] + runner.shift });
      if (number <= event && number >= nearestEvent) [place, nearestEvent] = [lane.t[index] + runner.shift, number];
    });
  }
  return nearestEvent < 0 ? null : { place, chunks };
}

/** @param {Stage} stage @param {(marker: Marker) => void} onFlag */
export function makeLanes(stage, onFlag) {
  const { view, axis } = stage;
  let { rows, height } = rowsOf(stage.runners, axis);
  const canvas = element('canvas', 'deck-canvas');
  const picture = document.createElement('canvas');
  const labels = element('div', 'deck-labels');
  const scrubber = element('div', { className: 'deck-scrubber', tabIndex: 0, role: 'slider', ariaLabel: 'Position', ariaValueMin: '0' }, canvas);
  let flags = makeFlags(stage.markers, axis, onFlag);
  const thumb = element('div', 'deck-thumb');
  const overview = element('div', { className: 'deck-overview', ariaHidden: 'true' }, thumb);
  /** The stylesheet has the colours: each probe gets one, and the canvas reads its computed value. @type {HTMLElement[]} */
  let probes = [];
  let drawn = '';
  /** @type {string[]} */
  let colours = [];
  /** @type {ReturnType<typeof placeOfEvent>} */
  let selected = null;

  const node = element('div', 'deck-lanes', labels, element('div', 'deck-stage', flags.node, scrubber, overview));

  /** Put the label of each row beside it, and find out its colour. */
  function showRows() {
    canvas.style.height = `${height}px`;
    labels.replaceChildren(...rows.map((row) => {
      const label = element('div', { className: `deck-label deck-label-${row.kind}`, title: row.label }, row.label);
      label.style.height = `${row.height}px`;
      return label;
    }));
    for (const probe of probes) probe.remove();
    probes = [...rows.map((row) => row.probe), 'ink', 'playhead'].map((name) => element('span', `deck-probe deck-${name}`));
    node.append(...probes);
  }

  /** @param {CanvasRenderingContext2D} pen */
  function paint(pen) {
    const { runners, sums } = stage;
    const rates = rows.map(({ kind, runner }) =>
      (kind === 'rate' && runner ? rateBars(runner.track, sums[runners.indexOf(runner)], placesIn(view, runner)) : []));
    const peaks = rates.map((bars) => bars.reduce((most, bar) => Math.max(most, bar[2]), 0));
    const peak = Math.max(...peaks);
    const ink = colours[rows.length];
    rows.forEach((row, index) => {
      pen.fillStyle = colours[index];
      const brush = { pen, colour: colours[index], ink, height };
      if (row.kind === 'ruler') paintRuler(brush, row, view, axis, stage.markers);
      if (!row.runner) return;
      const places = placesIn(view, row.runner);
      if (row.kind === 'lane') paintLane(brush, row, places);
      else if (row.kind === 'stalls') paintStalls(brush, row, places);
      else if (row.kind === 'rate') {
        paintRate(brush, row, rates[index], peak);
        if (row.runner.track.draws.live_rate) labels.children[index].textContent = `tokens/s, peak ${Number(peaks[index].toPrecision(2))}`;
      }
    });
    paintGaps({ pen, colour: colours[0], ink, height }, stage.gaps, view);
  }

  /** Draw all chunks in sight, for a changed view, size or theme. */
  function redraw() {
    const ratio = devicePixelRatio;
    view.width = Math.max(1, scrubber.clientWidth);
    for (const one of [canvas, picture]) {
      one.width = Math.round(view.width * ratio);
      one.height = Math.round(height * ratio);
    }
    colours = probes.map((probe) => getComputedStyle(probe).color);
    const pen = /** @type {CanvasRenderingContext2D} */ (picture.getContext('2d'));
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.font = `11px ${getComputedStyle(scrubber).fontFamily}`;
    paint(pen);
    flags.place(view);
    const length = view.length || 1;
    overview.classList.toggle('deck-overview-shown', view.isZoomed);
    thumb.style.left = `${(100 * view.from) / length}%`;
    thumb.style.width = `${(100 * (view.to - view.from)) / length}%`;
    drawn = '';
  }

  /** Draw the range, the selected event and the playhead. @param {CanvasRenderingContext2D} pen @param {number} position */
  function paintMarks(pen, position) {
    const colour = colours[rows.length + 1];
    pen.fillStyle = colour;
    if (stage.range) {
      const [left, right] = stage.range.map((place) => view.x(place));
      pen.globalAlpha = 0.12;
      pen.fillRect(left, 0, right - left, height);
      pen.globalAlpha = 0.7;
      for (const edge of [left, right]) pen.fillRect(edge, 0, 1, height);
      pen.globalAlpha = 1;
    }
    if (selected) {
      pen.strokeStyle = colour;
      pen.lineWidth = 1.5;
      for (const { row, t } of selected.chunks) {
        const from = view.x(axis === 'chunks' ? t - 1 : t);
        pen.strokeRect(from - 2, row.top + 1, Math.max(6, view.x(t) - from + 3), row.height - 3);
      }
      const x = view.x(selected.place);
      pen.beginPath();
      pen.moveTo(x - 4, rows[0].height - 8);
      pen.lineTo(x + 6, rows[0].height - 8);
      pen.lineTo(x + 1, rows[0].height - 1);
      pen.fill();
    }
    if (view.has(position)) pen.fillRect(view.x(position), rows[0].height - 6, 2, height);
  }

  /** @param {number} position */
  function draw(position) {
    if (!scrubber.clientWidth) return;
    if (scrubber.clientWidth !== view.width || !colours.length) redraw();
    const ratio = canvas.width / view.width;
    const past = Math.round(Math.max(0, Math.min(view.width, view.x(position) + 2)) * ratio);
    const value = axis === 'chunks' ? String(chunkAt(position)) : position.toFixed(3);
    const key = `${past} ${value} ${stage.range} ${stage.selected}`;
    if (drawn === key) return;
    drawn = key;
    scrubber.ariaValueMax = axis === 'chunks' ? String(view.end) : view.end.toFixed(3);
    scrubber.ariaValueNow = value;
    scrubber.ariaValueText = placeText(axis, position, view.end);
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.globalAlpha = 0.35;
    pen.drawImage(picture, 0, 0);
    pen.globalAlpha = 1;
    if (past) pen.drawImage(picture, 0, 0, past, canvas.height, 0, 0, past, canvas.height);
    // The ruler is as legible ahead of the playhead as behind it.
    pen.clearRect(0, 0, canvas.width, Math.round((rows[0].height - 6) * ratio));
    pen.drawImage(picture, 0, 0, canvas.width, (rows[0].height - 6) * ratio, 0, 0, canvas.width, (rows[0].height - 6) * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintMarks(pen, position);
  }

  showRows();
  return {
    node,
    get rows() { return rows; },
    scrubber,
    overview,
    redraw,
    draw,
    /** Show the rows and the flags of a stage that has grown. Draw it afterwards. */
    grow() {
      const before = rows;
      ({ rows, height } = rowsOf(stage.runners, axis));
      const isSame = rows.length === before.length && rows.every((row, index) => row.label === before[index].label && row.probe === before[index].probe);
      if (!isSame) showRows();
      const next = makeFlags(stage.markers, axis, onFlag);
      if (next.key === flags.key) return;
      flags.node.replaceWith(next.node);
      flags = next;
    },
    /** Mark an event, and return its place on the axis. @param {number|null} event */
    select(event) {
      stage.selected = event;
      selected = event === null ? null : placeOfEvent(rows, event);
      drawn = '';
      return selected?.place ?? null;
    },
  };
}
