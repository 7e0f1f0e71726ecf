// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';

import { callAfter, closedAtFirst, groupsOf, inSight, openGroups } from '../../../viewer/pages/recording/rail_tree.js';

/** @typedef {import('../../../viewer/pages/recording/rail_tree.js').TreeRow} TreeRow */

/** Turn 0, call, subagent with a call and a nested subagent with a call, call, turn 1, call. @type {TreeRow[]} */
const rows = [
  { type: 'turn', depth: 0 }, { type: 'call', depth: 0 }, { type: 'agent', depth: 1 }, { type: 'call', depth: 1 },
  { type: 'agent', depth: 2 }, { type: 'call', depth: 2 }, { type: 'call', depth: 0 }, { type: 'turn', depth: 0 }, { type: 'call', depth: 0 },
];
const groups = groupsOf(rows);

test('each row belongs to its subagent or its turn', () => {
  assert.deepEqual(groups, [-1, 0, 0, 2, 2, 4, 0, -1, 7]);
  assert.deepEqual(groupsOf([{}, {}]), [-1, -1]);
});

test('what is in a closed group, at any depth, is out of sight', () => {
  assert.deepEqual(inSight(groups, new Set([2])), [true, true, true, false, false, false, true, true, true]);
  assert.deepEqual(inSight(groups, new Set([0])), [true, false, false, false, false, false, false, true, true]);
});

test('walking passes over closed subagents, goes into closed turns, and stops at both ends', () => {
  assert.equal(callAfter(rows, groups, new Set(), 1, 1), 3);
  assert.equal(callAfter(rows, groups, new Set([2]), 1, 1), 6);
  assert.equal(callAfter(rows, groups, new Set([2, 7]), 6, 1), 8);
  assert.equal(callAfter(rows, groups, new Set([0]), 8, -1), 6);
  assert.equal(callAfter(rows, groups, new Set(), 1, -1), -1);
  assert.equal(callAfter(rows, groups, new Set(), 8, 1), 8);
  assert.equal(callAfter(rows, groups, new Set(), -1, 1), 1);
});

test('a call that is shown opens all groups around it', () => {
  const closed = new Set([0, 2, 4, 7]);
  assert.equal(openGroups(groups, closed, 5), true);
  assert.deepEqual([...closed], [7]);
  assert.equal(openGroups(groups, closed, 5), false);
});

test('a short session is open at first, a longer one without its subagents, and a long one with its turns alone', () => {
  const session = (/** @type {number} */ calls) => [...rows, .../** @type {TreeRow[]} */ (Array(calls).fill({ type: 'call', depth: 0 }))];
  assert.deepEqual([...closedAtFirst(session(10))], []);
  assert.deepEqual([...closedAtFirst(session(100))], [2, 4]);
  assert.deepEqual([...closedAtFirst(session(1000))], [0, 2, 4, 7]);
});
