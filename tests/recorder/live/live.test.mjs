// @ts-check
// The page that follows a recording, tested without a page: how its state changes, and what its list says.
import assert from 'node:assert/strict';
import test from 'node:test';

import { changed } from '../../../viewer/recorder/live/delta.js';
import { durationOf, factsOf, sizeOf } from '../../../viewer/recorder/live/list.js';

/** @type {import('../../../viewer/recorder/live/list.js').Row} */
const ROW = {
  method: 'POST', path: '/v1', host: 'h', status: '200', model: 'm', counts: '', bytes: 12345, started: 100, isRunning: true, seconds: null, trouble: '', hasFailed: false,
};

test('a change replaces, adds and removes members, and leaves the value of before as it was', () => {
  const before = { same: [1], old: 1, gone: 2 };
  const after = changed(before, { o: { old: { v: 'new' }, added: { v: [] } }, x: ['gone'] });
  assert.deepEqual(after, { same: [1], old: 'new', added: [] });
  assert.deepEqual(before, { same: [1], old: 1, gone: 2 });
  // What did not change is the same object, so that nothing is drawn again.
  assert.ok(after.same === before.same);
});

test('a change of a list keeps its beginning, changes elements and adds others', () => {
  assert.deepEqual(changed([1, 2, 3], { a: [2, [], [9, 8]] }), [1, 2, 9, 8]);
  assert.deepEqual(changed([{ t: [1] }, { t: [2] }], { a: [2, [[1, { o: { t: { a: [1, [], [5]] } } }]], [{ t: [] }]] }), [{ t: [1] }, { t: [2, 5] }, { t: [] }]);
  assert.deepEqual(changed(null, { v: [1] }), [1]);
});

test('the list says how long an exchange runs or took, and how much came', () => {
  assert.equal(durationOf(ROW, 103.26), 'running, 3.3 s');
  assert.equal(durationOf({ ...ROW, started: 104 }, 103), 'running, 0.0 s');
  assert.deepEqual([0.00239, 0.7678, 5.224, 61.23, 612.3].map((seconds) => durationOf({ ...ROW, seconds }, 0)), ['2.39 ms', '768 ms', '5.22 s', '61.2 s', '612 s']);
  assert.deepEqual([999, 12345, 2_400_000].map(sizeOf), ['999 bytes', '12.3 kB', '2.4 MB']);
  assert.equal(factsOf(ROW, 101), 'm · 12.3 kB · running, 1.0 s');
  assert.equal(factsOf({ ...ROW, counts: '7 chunks', seconds: 2, trouble: 'the client hung up' }, 0), 'm · 7 chunks · 2.00 s · the client hung up');
});
