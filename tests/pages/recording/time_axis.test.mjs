// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';

import { clock, fitted, ticksOf, zoomed } from '../../../viewer/pages/recording/time_axis.js';

/** Forty seconds, an hour that is drawn as 20 s, and forty seconds. @type {import('../../../viewer/pages/recording/time_axis.js').Axis} */
const axis = { unit: 's', end: 100, pieces: [[0, 40, 0, 40, false], [40, 3640, 40, 60, true], [3640, 3680, 60, 100, false]] };
const texts = (/** @type {number} */ from, /** @type {number} */ to) => ticksOf(axis, { from, to }, 5).map(({ text }) => text);

test('a moment is written as a clock shows it, with as many digits as the step needs', () => {
  assert.deepEqual([clock(5, 1), clock(750, 1), clock(3723, 60), clock(1.25, 0.05)], ['0:05', '12:30', '1:02:03', '0:01.25']);
});

test('ticks are round, tell the time after a cut wait, and none is inside it', () => {
  assert.deepEqual(texts(0, 100), ['0:00', '0:30', '1:01:00']);
  assert.deepEqual(ticksOf(axis, { from: 0, to: 100 }, 5).map(({ at }) => at), [0, 0.3, 0.8]);
});

test('a zoomed view has finer ticks, inside itself', () => {
  assert.deepEqual(texts(2, 3), ['0:02.0', '0:02.2', '0:02.4', '0:02.6', '0:02.8']);
  assert.deepEqual(texts(44, 50), []);
});

test('tokens have ticks of whole numbers', () => {
  /** @type {import('../../../viewer/pages/recording/time_axis.js').Axis} */
  const tokens = { unit: 'tokens', end: 90_000, pieces: [[0, 90_000, 0, 90_000, false]] };
  assert.deepEqual(ticksOf(tokens, { from: 0, to: 90_000 }, 5).map(({ text }) => text), ['0', '20k', '40k', '60k', '80k']);
});

test('a zoom keeps the place under the pointer, and no view leaves the axis', () => {
  assert.deepEqual(zoomed({ from: 0, to: 100 }, 25, 0.5, 100), { from: 12.5, to: 62.5 });
  assert.deepEqual(zoomed({ from: 0, to: 50 }, 0, 4, 100), { from: 0, to: 100 });
  assert.deepEqual(fitted({ from: 90, to: 130 }, 100), { from: 60, to: 100 });
  assert.ok(fitted({ from: 5, to: 5 }, 100).to > 5);
});
