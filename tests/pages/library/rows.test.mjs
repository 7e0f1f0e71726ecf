// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';

import {
  beginnings, compareQuery, facetCounts, nextSort, passing, readSort, rowAt, sorted, splitPath, writeSort,
} from '../../../viewer/pages/library/rows.js';

const figures = (/** @type {(number|null)[]} */ key) => ({ text: key.map(String), key });
const none = figures([null, null, null, null]);
/** @type {import('../../../viewer/pages/library/rows.js').Table} */
const table = {
  recordings: [['k1', 'b/10.har'], ['k2', 'b/9.har']],
  rows: {
    recording: [0, 0, 1, 1], interaction: [0, 1, 0, 1], text: ['', '', '', ''], source: ['', '', '', ''], kind: ['', '', '', ''],
    model: ['m2', '', 'm1', 'm10'], recorder: ['', '', '', ''], finish: ['', '', '', ''], first_token: figures([10.2, null, 0.9, 2]),
    length: none, input: none, output: none, cost: none, recorded: none,
  },
  facets: [
    { name: 'kind', title: 'Kind', values: ['error', 'stream'], codes: [1, 0, 1, 1] },
    { name: 'model', title: 'Model', values: ['a', 'b'], codes: [0, 0, 1, -1] },
  ],
};
const all = [0, 1, 2, 3];

test('figures sort as numbers, with unknown ones last in both directions', () => {
  assert.deepEqual(sorted(table, all, { by: 'first_token', down: false }), [2, 3, 0, 1]);
  assert.deepEqual(sorted(table, all, { by: 'first_token', down: true }), [0, 3, 2, 1]);
});

test('paths and models sort by the numbers in them', () => {
  assert.deepEqual(sorted(table, all, { by: 'path', down: false }), [2, 3, 0, 1]);
  assert.deepEqual(sorted(table, all, { by: 'model', down: false }), [2, 0, 3, 1]);
  assert.deepEqual(sorted(table, all, null), all);
});

test('a click sorts up, then down, then as listed, and an address keeps it', () => {
  const up = nextSort(null, 'cost');
  assert.equal(writeSort(up), 'cost');
  assert.deepEqual(readSort(writeSort(nextSort(up, 'cost'))), { by: 'cost', down: true });
  assert.equal(nextSort({ by: 'cost', down: true }, 'cost'), null);
  assert.equal(readSort('-constructor'), null);
});

test('the counts of a facet follow all other facets, but not its own choice', () => {
  const chosen = new Map([['kind', new Set(['stream'])], ['model', new Set()]]);
  assert.deepEqual(passing(table, all, chosen), [0, 2, 3]);
  assert.deepEqual(facetCounts(table, all, chosen), [[1, 3], [1, 1]]);
  chosen.set('model', new Set(['a']));
  assert.deepEqual(facetCounts(table, all, chosen), [[1, 1], [1, 1]]);
  assert.deepEqual(passing(table, all, new Map([['model', new Set(['not read yet'])]])), []);
});

test('a row is found by the place where it begins', () => {
  const begins = beginnings([54, 78, 54]);
  assert.deepEqual(begins, [0, 54, 132, 186]);
  assert.deepEqual([-5, 0, 53, 54, 131, 132, 9999].map((place) => rowAt(begins, place)), [0, 0, 0, 1, 1, 2, 2]);
  assert.equal(rowAt(beginnings([]), 10), 0);
});

test('a path gives way in its folders, and the end of a very long name stays', () => {
  assert.deepEqual(splitPath('a/b/c.yaml'), ['a/b', '/c.yaml']);
  assert.deepEqual(splitPath('c.yaml'), ['', 'c.yaml']);
  assert.deepEqual(splitPath(`a/${'x'.repeat(60)}end`).map((part) => part.length), [37, 28]);
});

test('the first two ticks are A and B of Compare, and each other recording is named once', () => {
  const tick = (/** @type {string} */ key, /** @type {number} */ interaction) => ({ key, interaction });
  const query = compareQuery([tick('x/a b', 0), tick('y', 3), tick('z', 0), tick('z', 1)]);
  assert.equal(query.toString(), 'a=x%2Fa+b&a_stream=0&b=y&b_stream=3&more=z');
});
