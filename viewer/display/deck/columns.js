// @ts-check
/**
 * One column for each track: its name in a race, its live figures, and its panes of text.
 *
 * @typedef {import('./panes.js').Pane} Pane
 * @typedef {ReturnType<typeof makeColumn>} Column
 */

import { element, setText } from './dom.js';
import { makePane } from './panes.js';
import { countersOf } from './race.js';
import { makeTranscript } from './transcript.js';

/** @param {number} usd */
const dollars = (usd) => `$${usd >= 0.1 ? usd.toFixed(2) : usd.toPrecision(2)}`;

/**
 * The live figures in words.
 * @param {ReturnType<ReturnType<typeof countersOf>>} counters @param {boolean} isEstimate whether the cost is an estimate
 */
export function figuresText({ byKind, rate, spent }, isEstimate) {
  const parts = [...byKind].map(([kind, tokens]) => `${kind.replace('_', ' ')} ${Math.round(tokens)} tokens`);
  if (rate !== null) parts.push(`${rate.toPrecision(2).replace(/e.*/, '')} tokens/s now`);
  if (spent !== null) parts.push(dollars(spent) + (isEstimate ? ', estimated' : ''));
  return parts.join(' · ');
}

/**
 * In a race each column has the panes of its lanes; a single track has its transcript.
 * @param {import('./race.js').Runner} runner @param {Float64Array[]} sums @param {boolean} isRace
 * @param {import('./transcript_block.js').Options} options
 */
export function makeColumn({ track, shift }, sums, isRace, options) {
  const figures = element('div', 'deck-figures');
  const rest = { track, shift, countersAt: countersOf(track, sums), figures };
  if (!isRace) {
    const transcript = makeTranscript({ track, shift }, options);
    return { ...rest, panes: /** @type {Pane[]} */ ([transcript]), transcript, node: element('div', 'deck-column', figures, transcript.node) };
  }
  const lanes = track.lanes.filter((lane) => lane.text);
  // Reasoning folds when it ends, unless it is the only text.
  /** @type {Pane[]} */
  const panes = lanes.map((lane) =>
    ({ ...makePane(lane, lane.kind === 'reasoning' && lanes.length > 1 ? track.thought : ''), shift }));
  const node = element('div', 'deck-column', element('div', 'deck-name', track.name), figures, ...panes.map((pane) => pane.node));
  return { ...rest, panes, transcript: null, node };
}

/** Show a column as it is at a position of the clock. @param {Column} column @param {number} position @param {boolean} isPlaying */
export function showColumn({ track, shift, panes, countersAt, figures }, position, isPlaying) {
  // Without the nanosecond, rounding would hold back what arrives at this very moment.
  const t = position - shift + 1e-9;
  const newest = Math.max(...panes.map((pane) => pane.newestAt(t)));
  for (const pane of panes) pane.show(t, t < track.duration && pane.newestAt(t) === newest, isPlaying);
  setText(figures, figuresText(countersAt(t), Boolean(track.cost?.estimate)));
}
