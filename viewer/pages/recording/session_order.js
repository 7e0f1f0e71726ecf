// @ts-check
/**
 * Which rows of a session's table are shown, and in which order.
 *
 * @typedef {import('./calls_order.js').Order} Order
 * @typedef {import('./calls_order.js').Sortable & import('./rail_tree.js').TreeRow} OrderedRow
 * @typedef {'turns'|'calls'|'all'} Level what is open: turns alone, the calls of the main agent, or subagents too
 */

import { inOrder } from './calls_order.js';
import { inSight } from './rail_tree.js';

/** Whether calls stand beneath their turns, and not sorted by a column. @param {Order} order */
export const isNested = ({ column, descending }) => column === 'index' && !descending;

/** What is open; "" for a mix. @param {OrderedRow[]} rows @param {Set<number>} closed @returns {Level|''} */
export function levelOf(rows, closed) {
  const areOpen = (/** @type {string} */ type) => rows.flatMap((row, place) => (row.type === type ? [!closed.has(place)] : []));
  const [turns, agents] = [areOpen('turn'), areOpen('agent')];
  if (turns.length && !turns.includes(true)) return 'turns';
  if (turns.includes(false) || (agents.includes(true) && agents.includes(false))) return '';
  return agents.includes(true) ? 'all' : 'calls';
}

/** Open and close turns and subagents. @param {OrderedRow[]} rows @param {Set<number>} closed @param {Level} level */
export function setLevel(rows, closed, level) {
  rows.forEach((row, place) => {
    if (row.type === 'call') return;
    if (row.type === 'turn' ? level !== 'turns' : level === 'all') closed.delete(place);
    else closed.add(place);
  });
}

/** The levels that differ from each other. @param {OrderedRow[]} rows @returns {Level[]} */
export function levelsOf(rows) {
  const has = (/** @type {string} */ type) => rows.some((row) => row.type === type);
  return [.../** @type {Level[]} */ (has('turn') ? ['turns'] : []), 'calls', .../** @type {Level[]} */ (has('agent') ? ['all'] : [])];
}

/**
 * The places of the rows to show: those that are open or, sorted by a column, turns alone or calls alone, whichever is open.
 * @param {OrderedRow[]} rows @param {number[]} groups @param {Set<number>} closed @param {Order} order @returns {number[]}
 */
export function placesOf(rows, groups, closed, order) {
  if (isNested(order)) {
    const shown = inSight(groups, closed);
    return rows.flatMap((_, place) => (shown[place] ? [place] : []));
  }
  const type = levelOf(rows, closed) === 'turns' ? 'turn' : 'call';
  const chosen = rows.flatMap((row, place) => (row.type === type ? [{ ...row, place }] : []));
  return inOrder(chosen, order).map((row) => row.place);
}
