// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';

import { inOrder, nextOrder } from '../../../viewer/pages/recording/calls_order.js';

/** @typedef {import('../../../viewer/pages/recording/calls_order.js').Sortable} Sortable */

/** @param {number} index @param {number|null} seconds @returns {Sortable} */
const row = (index, seconds, status = 'ok') => ({
  index, status, started: ['', '', null], length: ['', '', seconds], input: ['', seconds], output: ['', null], cost: ['', '', null],
});
const rows = [row(0, 2), row(1, null), row(2, 9), row(3, 2)];
/** @param {import('../../../viewer/pages/recording/calls_order.js').Order} order */
const indexes = (order) => inOrder(rows, order).map((one) => one.index);

test('the largest is first, equal rows keep their order, and unknown ones are last either way', () => {
  assert.deepEqual(indexes({ column: 'length', descending: true }), [2, 0, 3, 1]);
  assert.deepEqual(indexes({ column: 'length', descending: false }), [0, 3, 2, 1]);
  assert.deepEqual(indexes({ column: 'input', descending: true }), [2, 0, 3, 1]);
});

test('what went wrong comes first, errors before failed tools and answers that were cut off', () => {
  const ended = ['ok', 'cut', 'error', 'tool'].map((status, index) => row(index, null, status));
  assert.deepEqual(inOrder(ended, { column: 'ended', descending: true }).map((one) => one.index), [2, 3, 1, 0]);
});

test('a column without values leaves the calls in order', () => {
  assert.deepEqual(indexes({ column: 'cost', descending: true }), [0, 1, 2, 3]);
  assert.deepEqual(indexes({ column: 'index', descending: true }), [3, 2, 1, 0]);
});

test('clicks on a head give the largest first, then the smallest, then the order of the calls', () => {
  const first = nextOrder({ column: 'index', descending: false }, 'length');
  assert.deepEqual(first, { column: 'length', descending: true });
  const second = nextOrder(first, 'length');
  assert.deepEqual(second, { column: 'length', descending: false });
  assert.deepEqual(nextOrder(second, 'length'), { column: 'index', descending: false });
  assert.deepEqual(nextOrder(first, 'started'), { column: 'started', descending: false });
});
