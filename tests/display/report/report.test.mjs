// @ts-check
// The report's core, tested without a page: unpacking columns, filling lanes, finding rows.
import assert from 'node:assert/strict';
import test from 'node:test';

import { columnsOf, lanesOf } from '../../../viewer/display/report/columns.js';
import { foundIn, rowsShown } from '../../../viewer/display/report/search.js';

test('lanes get their rows from the table, and by chunk number their places among all rows', () => {
  const columns = columnsOf({ count: 3, columns: { t: { steps: [0, 500000, 1] }, event: [4, 5, 7], tokens: [1500, null, 250], text: ['a', '', 'c'] } });
  /** @type {import('../../../viewer/display/report/columns.js').PackedLane} */
  const lane = { kind: 'content', label: 'content', bounds: [[0, 0, 1]], rows: { steps: [0, 2] }, hasText: true };
  const other = { ...lane, kind: 'silent', rows: [1], hasText: false };
  const [content, silent] = lanesOf({ axis: 'seconds', lanes: [lane, other] }, columns);
  assert.deepEqual(content, {
    kind: 'content', label: 'content', bounds: [[0, 0, 1]], t: [0, 0.500001], events: [4, 7], tokens: [1.5, 0.25], text: ['a', 'c'],
  });
  assert.deepEqual([silent.tokens, silent.text], [[0], null]);
  assert.deepEqual(lanesOf({ axis: 'chunks', lanes: [lane, other] }, columns).map(({ t }) => t), [[1, 3], [2]]);
});

test('a word split over chunks is found in each of them', () => {
  const found = foundIn(['Hello wo', 'rl', 'd and World', ''], ['c', 'c', 'c', 'c'], 'world');
  assert.deepEqual([...found], [[0, [6, 8]], [1, [0, 2]], [2, [0, 1]]]);
});

test('texts of different lanes are not joined', () => {
  assert.equal(foundIn(['wor', 'ld'], ['reasoning', 'content'], 'world').size, 0);
  assert.deepEqual([...foundIn(['wor', 'x', 'ld'], ['a', 'b', 'a'], 'world').keys()], [0, 2]);
});

test('a search is for literal text, not a pattern', () => {
  assert.deepEqual([...foundIn(['a.c', 'abc'], [1, 2], 'a.c').keys()], [0]);
  assert.equal(foundIn(['aaa'], [1], '(').size, 0);
});

test('every match is found, however many there are', () => {
  const texts = Array.from({ length: 30000 }, () => 'e');
  assert.equal(foundIn(texts, texts.map(() => 0), 'e').size, 30000);
});

test('rows are those of the chosen kinds that have a match', () => {
  const kinds = [0, 1, 1, 6];
  assert.deepEqual(rowsShown(kinds, new Set(), null), [0, 1, 2, 3]);
  assert.deepEqual(rowsShown(kinds, new Set([1, 6]), null), [1, 2, 3]);
  assert.deepEqual(rowsShown(kinds, new Set([1]), new Map([[0, 0], [2, 0]])), [2]);
});
