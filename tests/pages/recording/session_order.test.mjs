// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';

import { groupsOf } from '../../../viewer/pages/recording/rail_tree.js';
import { levelOf, levelsOf, placesOf, setLevel } from '../../../viewer/pages/recording/session_order.js';

/** @typedef {import('../../../viewer/pages/recording/session_order.js').OrderedRow} OrderedRow */

/** @param {'turn'|'call'|'agent'} type @param {number} depth @param {number} usd @returns {OrderedRow} */
const row = (type, depth, usd) => ({ type, depth, index: 0, status: 'ok', cost: ['', '', usd] });
/** Turn, call, subagent with a call, turn, call. */
const rows = [row('turn', 0, 3), row('call', 0, 1), row('agent', 1, 2), row('call', 1, 2), row('turn', 0, 5), row('call', 0, 5)];
const groups = groupsOf(rows);

test('each level opens what it names, and is told from what is open', () => {
  const closed = new Set([4]);
  assert.equal(levelOf(rows, closed), '');
  for (const level of /** @type {const} */ (['turns', 'calls', 'all'])) {
    setLevel(rows, closed, level);
    assert.equal(levelOf(rows, closed), level);
  }
  assert.deepEqual(levelsOf(rows), ['turns', 'calls', 'all']);
  assert.deepEqual(levelsOf([row('call', 0, 1)]), ['calls']);
});

test('rows are nested in the order of the session, and sorted by a column otherwise: turns if only they are open, else calls', () => {
  const closed = new Set([2]);
  const byCost = /** @type {const} */ ({ column: 'cost', descending: true });
  assert.deepEqual(placesOf(rows, groups, closed, { column: 'index', descending: false }), [0, 1, 2, 4, 5]);
  assert.deepEqual(placesOf(rows, groups, closed, byCost), [5, 3, 1]);
  setLevel(rows, closed, 'turns');
  assert.deepEqual(placesOf(rows, groups, closed, byCost), [4, 0]);
});
