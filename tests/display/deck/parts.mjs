// @ts-check
// Lanes and tracks for the tests of the deck.
import { aligned } from '../../../viewer/display/deck/race.js';

/** @typedef {import('../../../viewer/display/deck/race.js').Lane} Lane */
/** @typedef {import('../../../viewer/display/deck/race.js').Track} Track */

/** @type {{[grade: string]: import('../../../viewer/display/deck/race.js').Draws}} */
export const DRAWS = {
  measured: { rate: 'curve', live_rate: true, gaps: true, bounds: false },
  bounded: { rate: 'steps', live_rate: false, gaps: false, bounds: true },
  paced: { rate: 'none', live_rate: false, gaps: false, bounds: false },
};

/** @param {number[]} t @param {Partial<Lane>} more @returns {Lane} */
export const lane = (t, more = {}) => ({
  kind: 'content', label: 'content', t, events: t.map((_, index) => index), bounds: null, tokens: 1, text: t.map(() => 'x'), ...more,
});

/** @param {Lane[]} lanes @param {Partial<Track>} more @returns {Track} */
export const track = (lanes, more = {}) => ({
  name: 'm', grade: 'measured', mark: '●', meaning: '', origin: 'request', axis: 'seconds', draws: DRAWS[more.grade ?? 'measured'],
  duration: Math.max(...lanes.flatMap((one) => one.t)), pace: null, total: '', lanes, blocks: [], stalls: [], steps: [], markers: [],
  anchors: { request: 0, token: lanes[0].t[0], content: lanes[0].t[0] }, thought: '', cost: null, ...more,
});

/** @param {Lane[]} lanes @param {Partial<Track>} more */
export const numbered = (lanes, more = {}) => track(lanes, { grade: 'paced', mark: '○', axis: 'chunks', pace: { all: 20000 }, ...more });

/** @param {number} t */
export const marker = (t, label = '', kind = 'first') => ({ t, label, kind, event: null });

/** @param {Track[]} tracks */
export const run = (tracks) => aligned(tracks, 'token');
