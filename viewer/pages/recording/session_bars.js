// @ts-check
/**
 * The bars of the waterfall of a session. All stand on the axis by two custom properties of the grid, so that a zoom changes only these.
 *
 * @typedef {[kind: 'model'|'tool'|'failed'|'input'|'output', begin: number, end: number, certain: number, lane: number, lanes: number, words: string]} CallBar
 * @typedef {[kind: 'model'|'tool', begin: number, end: number]} GroupBar
 * @typedef {import('./time_axis.js').Piece} Piece
 */

import { element } from '../../display/deck/dom.js';

// Bars closer to each other than this share of a turn are drawn as one: the gap would be thinner than a pixel.
const LEAST_GAP = 1 / 400;
const TOP_PX = 6;
const BAR_PX = 14;

/** @param {HTMLElement} node @param {number} begin @param {number} end */
function stand(node, begin, end) {
  node.style.setProperty('--b', String(begin));
  node.style.setProperty('--w', String(end - begin));
  return node;
}

/** The bars of a call: what the model took, and below each other the tools that ran at once. @param {CallBar[]} bars */
export function callTrack(bars) {
  const track = element('div', { className: 'bar-track', title: bars.map((bar) => bar[6]).join('\n') });
  for (const [kind, begin, end, certain, lane, lanes, words] of bars) {
    const bar = stand(element('span', { className: `part part-${kind}`, title: words }), begin, end);
    if (lanes > 1) {
      bar.style.height = `${BAR_PX / lanes - 1}px`;
      bar.style.top = `${TOP_PX + (BAR_PX / lanes) * lane}px`;
    }
    // What is certain stands at the end: before it, a model may not have begun, and a tool may have waited.
    if (end > begin) bar.style.setProperty('--certain', `${(100 * (certain - begin)) / (end - begin)}%`);
    track.append(bar);
  }
  return track;
}

/**
 * The calls of a turn or a subagent as one bar, which zooms to it.
 * @param {GroupBar[]} bars @param {string} name @param {(begin: number, end: number) => void} zoom
 */
export function groupTrack(bars, name, zoom) {
  const track = element('div', 'bar-track');
  if (!bars.length) return track;
  const [begin, end] = extent(bars);
  const bar = stand(element('button', {
    type: 'button', className: 'group-bar', tabIndex: -1, title: `Zoom to ${name}`, ariaLabel: `Zoom to ${name}`,
    onclick: (event) => { event.stopPropagation(); zoom(begin, end); },
  }), begin, end);
  if (end > begin) bar.style.backgroundImage = ['model', 'tool'].map((kind) => stripes(bars.filter((one) => one[0] === kind), kind, begin, end)).filter(Boolean).join(',');
  track.append(bar);
  return track;
}

/** Where the first of some bars begins, and the last ends. @param {[string, number, number, ...any][]} bars @returns {[begin: number, end: number]} */
export function extent(bars) {
  return bars.reduce(([begin, end], bar) => /** @type {[number, number]} */ ([Math.min(begin, bar[1]), Math.max(end, bar[2])]), [Infinity, -Infinity]);
}

/** Bars of one kind as a gradient. @param {GroupBar[]} bars @param {string} kind @param {number} begin @param {number} end */
function stripes(bars, kind, begin, end) {
  if (!bars.length) return '';
  const colour = `var(--${kind === 'model' ? 'content' : 'tool'})`;
  const percent = (/** @type {number} */ at) => `${((100 * (at - begin)) / (end - begin)).toFixed(2)}%`;
  const stops = union(bars, (end - begin) * LEAST_GAP).map(([from, to]) => `transparent ${percent(from)},${colour} ${percent(from)} ${percent(to)},transparent ${percent(to)}`);
  return `linear-gradient(to right,${stops.join(',')})`;
}

/** The time that is in any of some bars, with small gaps. @param {GroupBar[]} bars @param {number} leastGap @returns {[number, number][]} */
function union(bars, leastGap) {
  /** @type {[number, number][]} */
  const joined = [];
  for (const [, from, to] of [...bars].sort((one, other) => one[1] - other[1])) {
    const last = joined[joined.length - 1];
    if (last && from <= last[1] + leastGap) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** The waits that are cut, as a background behind all bars. @param {Piece[]} pieces @param {{from: number, to: number}} view */
export function breaks(pieces, { from, to }) {
  const percent = (/** @type {number} */ at) => `${Math.min(Math.max((100 * (at - from)) / (to - from), 0), 100).toFixed(2)}%`;
  const cut = pieces.filter((piece) => piece[4] && piece[3] > from && piece[2] < to);
  const stops = cut.map(([, , begin, end]) => `transparent ${percent(begin)},var(--gap) ${percent(begin)} ${percent(end)},transparent ${percent(end)}`);
  return stops.length ? `linear-gradient(to right,${stops.join(',')})` : 'none';
}
