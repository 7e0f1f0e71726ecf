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

/** @param {import('./race.js').Runner} runner @param {boolean} isRace @param {import('./transcript_block.js').Options} options @param {boolean} isGrowing */
export function makeColumn({ track, shift }, isRace, options, isGrowing = false) {
  if (!isRace) {
    const transcript = makeTranscript({ track, shift }, options, isGrowing);
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

/** Let a column show a track that has grown. @param {Column} column @param {import('./race.js').Runner} runner @param {boolean} isGrowing */
export function growColumn(column, { track }, isGrowing) {
  column.track = track;
  column.transcript?.grow(track, isGrowing);
}

/**
 * Show a column as it is at a position of the clock. The newest chunk is marked unless it is the last of all.
 * @param {Column} column @param {number} position @param {boolean} isPlaying @param {boolean} isGrowing
 */
export function showColumn({ track, shift, panes }, position, isPlaying, isGrowing) {
  // Without the nanosecond, rounding would hold back what arrives at this very moment.
  const t = position - shift + 1e-9;
  const newest = Math.max(...panes.map((pane) => pane.newestAt(t)));
  for (const pane of panes) pane.show(t, (isGrowing || t < track.duration) && pane.newestAt(t) === newest, isPlaying);
}
