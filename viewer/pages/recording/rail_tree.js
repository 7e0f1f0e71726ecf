// @ts-check
/**
 * Which rows of a rail or of a waterfall belong to which turn or subagent, and which of them are in sight.
 *
 * @typedef {{type?: 'turn'|'call'|'agent', depth?: number}} TreeRow
 */

// With more calls, subagents and then turns are closed at first, so that the list is an overview.
const MAX_CALLS_WITH_AGENTS = 60;
const MAX_CALLS_WITH_TURNS = 200;

/** The place of the turn or subagent that each row belongs to; -1 for none. @param {TreeRow[]} rows @returns {number[]} */
export function groupsOf(rows) {
  let turn = -1;
  /** The last subagent of each depth. @type {number[]} */
  const agents = [];
  return rows.map(({ type, depth = 0 }, place) => {
    if (type === 'turn') {
      turn = place;
      return -1;
    }
    const outer = type === 'agent' ? depth - 1 : depth;
    if (type === 'agent') agents[depth] = place;
    return outer > 0 ? agents[outer] ?? turn : turn;
  });
}

/** Whether each row is in sight, as far as turns and subagents are open. @param {number[]} groups @param {Set<number>} closed @returns {boolean[]} */
export function inSight(groups, closed) {
  /** @type {boolean[]} */
  const shown = [];
  groups.forEach((group, place) => { shown[place] = group < 0 || (shown[group] && !closed.has(group)); });
  return shown;
}

/** The turns and subagents that are closed at first. @param {TreeRow[]} rows @returns {Set<number>} */
export function closedAtFirst(rows) {
  const calls = rows.filter(({ type }) => type !== 'turn' && type !== 'agent').length;
  const places = [...rows.keys()].filter((place) => (rows[place].type === 'agent' && calls > MAX_CALLS_WITH_AGENTS)
    || (rows[place].type === 'turn' && calls > MAX_CALLS_WITH_TURNS));
  return new Set(places);
}

/** Open what a row belongs to. @param {number[]} groups @param {Set<number>} closed @param {number} place @returns {boolean} whether anything was closed */
export function openGroups(groups, closed, place) {
  let changed = false;
  for (let group = groups[place]; group >= 0; group = groups[group]) changed = closed.delete(group) || changed;
  return changed;
}

/**
 * The place of the call some steps further. Calls of closed subagents are passed over, but closed turns are not.
 * @param {TreeRow[]} rows @param {number[]} groups @param {Set<number>} closed @param {number} from -1 is before the first row
 * @param {number} steps @returns {number} -1 for before the first call
 */
export function callAfter(rows, groups, closed, from, steps) {
  const shut = new Set([...closed].filter((place) => rows[place].type === 'agent'));
  const shown = inSight(groups, shut);
  const step = Math.sign(steps);
  let last = from;
  for (let place = from + step, left = Math.abs(steps); left && place < rows.length; place += step) {
    if (place < 0) return -1;
    const isCall = rows[place].type !== 'turn' && rows[place].type !== 'agent';
    if (!isCall || !shown[place]) continue;
    last = place;
    left -= 1;
  }
  return last;
}
