// @ts-check
/**
 * One column for each track: its transcript or, in a race, its name and the panes of its lanes.
 *
 * @typedef {import('./panes.js').Pane} Pane
 * @typedef {ReturnType<typeof makeColumn>} Column
 */

import { element } from './dom.js';
import { makePane } from './panes.js';
import { makeTranscript } from './transcript.js';

/** @param {import('./race.js').Runner} runner @param {boolean} isRace @param {import('./transcript_block.js').Options} options */
export function makeColumn({ track, shift }, isRace, options) {
  if (!isRace) {
    const transcript = makeTranscript({ track, shift }, options);
    return { track, shift, panes: /** @type {Pane[]} */ ([transcript]), transcript, node: element('div', 'deck-column', transcript.node) };
  }
  const lanes = track.lanes.filter((lane) => lane.text);
  // Reasoning folds when it ends, unless it is the only text.
  /** @type {Pane[]} */
  const panes = lanes.map((lane) =>
    ({ ...makePane(lane, lane.kind === 'reasoning' && lanes.length > 1 ? track.thought : ''), shift }));
  const node = element('div', 'deck-column', element('div', 'deck-name', track.name), ...panes.map((pane) => pane.node));
  return { track, shift, panes, transcript: null, node };
}

/** Show a column as it is at a position of the clock. @param {Column} column @param {number} position @param {boolean} isPlaying */
export function showColumn({ track, shift, panes }, position, isPlaying) {
  // Without the nanosecond, rounding would hold back what arrives at this very moment.
  const t = position - shift + 1e-9;
  const newest = Math.max(...panes.map((pane) => pane.newestAt(t)));
  for (const pane of panes) pane.show(t, t < track.duration && pane.newestAt(t) === newest, isPlaying);
}
