// @ts-check
// The pure parts of the table of very many rows.
import assert from 'node:assert/strict';
import test from 'node:test';

import { placeOf } from '../../viewer/display/virtual_table.js';

test('the place of a number is the first of equal ones, or -1', () => {
  assert.equal(placeOf([0, 0, 1, 1, 1, 4], 1), 2);
  assert.equal(placeOf([0, 0, 1, 1, 1, 4], 4), 5);
  assert.equal(placeOf([0, 0, 1], 2), -1);
  assert.equal(placeOf([3], 2), -1);
  assert.equal(placeOf([], 0), -1);
});
