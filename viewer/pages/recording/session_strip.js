// @ts-check
/**
 * The strip above the waterfall: the whole session at a glance. A drag over it, or the wheel, zooms the waterfall.
 *
 * @typedef {import('./time_axis.js').Axis} Axis
 * @typedef {import('./time_axis.js').View} View
 * @typedef {import('./session_bars.js').CallBar} CallBar
 * @typedef {{number: string, words: string, begin: number, end: number}} StripTurn
 * @typedef {{depth: number, bars: CallBar[]}} StripCall
 */

import { element } from '../../display/deck/dom.js';
import { zoomed } from './time_axis.js';

const SVG = 'http://www.w3.org/2000/svg';
const MOST_LANES = 4;
// A shorter drag is a click.
const LEAST_DRAG_PX = 4;
const WHEEL_FACTOR = 1.25;

/** @param {string} tag @param {{[name: string]: string|number}} attributes */
function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/** @param {number} lengthS */
function length(lengthS) {
  if (lengthS >= 3600) return `${Math.floor(lengthS / 3600)} h ${Math.round((lengthS % 3600) / 60)} min`;
  return lengthS >= 60 ? `${Math.round(lengthS / 60)} min` : `${Math.round(lengthS)} s`;
}

/** @param {Axis} axis @param {StripCall[]} calls */
function drawing({ end }, calls) {
  const lanes = calls.reduce((high, call) => Math.min(Math.max(high, call.depth + 1), MOST_LANES), 1);
  const svg = shape('svg', { viewBox: `0 0 1000 ${lanes * 10}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  for (const { depth, bars } of calls) {
    const top = Math.min(depth, MOST_LANES - 1) * 10;
    for (const [kind, from, to] of bars) {
      const isTool = kind === 'tool' || kind === 'failed';
      svg.append(shape('rect', { class: `strip-${kind}`, x: (1000 * from) / end, width: Math.max(0.6, (1000 * (to - from)) / end), y: top + (isTool ? 6 : 1), height: isTool ? 3 : 5 }));
    }
  }
  return { svg, lanes };
}

/**
 * @param {Axis} axis @param {StripTurn[]} turns @param {StripCall[]} calls @param {() => View} viewOf @param {(view: View) => void} onView
 */
export function stripElement(axis, turns, calls, viewOf, onView) {
  const { svg, lanes } = drawing(axis, calls);
  const percent = (/** @type {number} */ at) => `${(100 * at) / axis.end}%`;
  const shown = element('span', 'strip-view');
  const labels = turns.map(({ number, words, begin, end }) => {
    const label = element('span', { className: 'strip-turn', title: `Turn ${number}: ${words}` }, number);
    label.style.left = percent(begin);
    label.style.width = percent(end - begin);
    return label;
  });
  const waits = axis.pieces.filter((piece) => piece[4]).map(([beginS, endS, begin, end]) => {
    const wait = element('span', { className: 'strip-wait', title: `${length(endS - beginS)} waiting for you, drawn shorter` }, '//');
    wait.style.left = percent(begin);
    wait.style.width = percent(end - begin);
    return wait;
  });
  const strip = element('div', { className: 'strip', title: 'Drag to zoom, or use the wheel. Double-click shows the whole session.' }, ...labels, svg, ...waits, shown);
  strip.style.setProperty('--lanes', String(lanes));

  /** Where on the axis the pointer is. @param {MouseEvent} event */
  function placeOf(event) {
    const box = strip.getBoundingClientRect();
    return (axis.end * Math.min(Math.max(event.clientX - box.left, 0), box.width)) / box.width;
  }

  /** @param {View} view */
  function show({ from, to }) {
    shown.hidden = to - from >= axis.end * 0.999;
    shown.style.left = percent(from);
    shown.style.width = percent(to - from);
  }

  strip.addEventListener('pointerdown', (event) => {
    if (event.button) return;
    const [start, startX] = [placeOf(event), event.clientX];
    strip.setPointerCapture(event.pointerId);
    const dragged = (/** @type {PointerEvent} */ one) => Math.abs(one.clientX - startX) >= LEAST_DRAG_PX;
    const rangeTo = (/** @type {PointerEvent} */ one) => ({ from: Math.min(start, placeOf(one)), to: Math.max(start, placeOf(one)) });
    const onMove = (/** @type {PointerEvent} */ one) => { if (dragged(one)) show(rangeTo(one)); };
    const onUp = (/** @type {PointerEvent} */ one) => {
      strip.removeEventListener('pointermove', onMove);
      if (dragged(one)) return onView(rangeTo(one));
      const turn = turns.find(({ begin, end }) => start >= begin && start <= end);
      if (turn) onView({ from: turn.begin, to: turn.end });
    };
    strip.addEventListener('pointermove', onMove);
    strip.addEventListener('pointerup', onUp, { once: true });
  });
  strip.addEventListener('dblclick', () => onView({ from: 0, to: axis.end }));
  strip.addEventListener('wheel', (event) => {
    event.preventDefault();
    onView(zoomed(viewOf(), placeOf(event), event.deltaY < 0 ? 1 / WHEEL_FACTOR : WHEEL_FACTOR, axis.end));
  }, { passive: false });
  return { strip, show };
}
