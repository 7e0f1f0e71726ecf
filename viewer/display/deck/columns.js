// @ts-check
/**
 * One column for each track: its name in a race, and its panes of text.
 *
 * @typedef {ReturnType<typeof makeColumn>} Column
 */

import { element } from './dom.js';
import { makePane } from './panes.js';

/** @param {import('./race.js').Runner} runner @param {boolean} isRace */
export function makeColumn({ track, shift }, isRace) {
  const lanes = track.lanes.filter((lane) => lane.text);
  // Reasoning folds when it ends, unless it is the only text.
  const panes = lanes.map((lane) =>
    ({ ...makePane(lane, lane.kind === 'reasoning' && lanes.length > 1 ? track.thought : ''), shift }));
  const node = element('div', 'deck-column', element('div', 'deck-name', isRace ? track.name : ''), ...panes.map((pane) => pane.node));
  return { track, shift, panes, node };
}

/** Show a column as it is at a position of the clock. @param {Column} column @param {number} position @param {boolean} isPlaying */
export function showColumn({ track, shift, panes }, position, isPlaying) {
  // Without the nanosecond, rounding would hold back what arrives at this very moment.
  const t = position - shift + 1e-9;
  const newest = Math.max(...panes.map((pane) => pane.newestAt(t)));
  for (const pane of panes) pane.show(t, t < track.duration && pane.newestAt(t) === newest, isPlaying);
}
