// @ts-check
/**
 * The bar above the lanes: buttons, menus, grades, and the field to find a text.
 *
 * @typedef {ReturnType<typeof makeControls>} Controls
 */

import { SPEEDS, speedName } from './clock.js';
import { button, element } from './dom.js';
import { IDLE_LIMIT_S, isPaced } from './race.js';

const ALIGNMENTS = { request: 'the request', token: 'the first token', content: 'the first content' };

/** @param {string} name @param {[string, string][]} options value and text */
const select = (name, options) =>
  element('select', { ariaLabel: name }, ...options.map(([value, text]) => new Option(text, value)));

/** The badge of each grade that the tracks have. @param {import('./race.js').Track[]} tracks */
function gradeBadges(tracks) {
  const byGrade = new Map(tracks.map((track) => [track.grade, track]));
  return [...byGrade.values()].map((track) => element('span',
    { className: 'deck-grade', title: track.meaning },
    `${track.mark} ${isPaced(track) ? 'speed not recorded' : track.grade}`));
}

/**
 * @param {import('./race.js').Track[]} tracks
 * @param {{align: import('./race.js').Anchor, possible: import('./race.js').Anchor[], hasGaps: boolean, hasLink: boolean, longestTime: string}} shown
 * @param {(command: string) => void} run
 */
export function makeControls(tracks, { align, possible, hasGaps, hasLink, longestTime }, run) {
  const play = button('Play', 'Play or pause', () => run('toggle'), 'deck-play');
  const live = button('Live', 'Go to the newest chunk and stay there', () => run('live'), 'deck-live');
  live.hidden = true;
  const restart = button('Restart', 'Go back to the start', () => run('restart'));
  const time = element('span', 'deck-time');
  // As wide as its longest text, so that nothing beside it moves.
  time.style.minWidth = `${longestTime.length}ch`;
  const speed = select('Speed', SPEEDS.map((one) => [String(one), speedName(one)]));
  const loop = button('Loop', 'Play in a loop (l)', () => run('loop'));
  const idle = button('Skip idle', `Shorten gaps to ${IDLE_LIMIT_S} s (i)`, () => run('idle'));
  idle.hidden = !hasGaps;
  const alignBy = select('Aligned at', possible.map((one) => [one, ALIGNMENTS[one]]));
  alignBy.value = align;
  alignBy.hidden = tracks.length < 2 || possible.length < 2;
  const total = element('span', 'deck-total', tracks.length === 1 && tracks[0].total ? `${tracks[0].total} in all` : '');
  const find = element('input', { className: 'deck-find', type: 'search', placeholder: 'Find', ariaLabel: 'Find in the text' });
  const status = element('span', { className: 'deck-status', role: 'status' });
  const link = button('Copy link', 'Copy a link to this moment', () => run('copyLink'));
  link.hidden = !hasLink;
  const keys = button('?', 'Keys', () => run('help'));
  const bar = element('div', 'deck-bar', play, live, restart, time, total, speed, loop, idle, alignBy, ...gradeBadges(tracks), find, status, link, keys);
  return { bar, play, live, time, speed, loop, idle, alignBy, find, status };
}
