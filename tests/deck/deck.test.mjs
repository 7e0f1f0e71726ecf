// The deck's core without a page: index, clock, keys, markers.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Clock, SPEEDS, commandFor, countAt, ends, formatTime, markerFrom, moments, nextSpeed } from '../../viewer/deck/deck.js';

test('countAt counts what has come, the moment itself included', () => {
  const times = [0, 0, 1, 2, 2, 5];
  for (const [position, count] of [[-1, 0], [0, 2], [0.5, 2], [1, 3], [2, 5], [4.9, 5], [5, 6], [9, 6]]) {
    assert.equal(countAt(times, position), count, `at ${position}`);
  }
  assert.equal(countAt([], 1), 0);
});

test('the clock moves with the wall, times its speed', () => {
  const clock = new Clock(10, 2);
  clock.start(100);
  clock.advance(101.5);
  assert.equal(clock.position, 3);
});

test('a change of speed while playing keeps the position', () => {
  const clock = new Clock(100, 1);
  clock.start(0);
  clock.advance(4);
  clock.speed = 8;
  assert.equal(clock.position, 4);
  clock.advance(5);
  assert.equal(clock.position, 12);
});

test('the clock stops at the end and starts over from there', () => {
  const clock = new Clock(2);
  clock.start(0);
  clock.advance(7);
  assert.equal(clock.position, 2);
  assert.equal(clock.playing, false);
  clock.start(20);
  assert.equal(clock.position, 0);
});

test('five minutes in frames of any length do not drift', () => {
  const clock = new Clock(1000);
  let wall = 50;
  clock.start(wall);
  for (let frame = 0; frame < 18000; frame += 1) clock.advance((wall += frame % 3 ? 0.016 : 0.018));
  assert.ok(Math.abs(clock.position - (wall - 50)) < 1e-6);
});

test('a wall clock that steps back moves nothing back', () => {
  const clock = new Clock(10);
  clock.start(5);
  clock.advance(6);
  clock.advance(4);
  assert.equal(clock.position, 1);
  clock.advance(7);
  assert.equal(clock.position, 2);
});

test('a seek is kept between beginning and end', () => {
  const clock = new Clock(10);
  clock.seek(-3);
  assert.equal(clock.position, 0);
  clock.seek(30);
  assert.equal(clock.position, 10);
});

test('keys do what asciinema-player has them do', () => {
  const table = [
    [' ', {}, 'toggle', 0], ['ArrowLeft', {}, 'skip', -5], ['ArrowRight', {}, 'skip', 5],
    ['ArrowLeft', { shiftKey: true }, 'share', -0.1], ['ArrowRight', { shiftKey: true }, 'share', 0.1],
    ['[', {}, 'marker', -1], [']', {}, 'marker', 1], ['0', {}, 'fraction', 0], ['7', {}, 'fraction', 0.7],
    [',', {}, 'step', -1], ['.', {}, 'step', 1], ['<', { shiftKey: true }, 'speed', -1], ['>', { shiftKey: true }, 'speed', 1],
  ];
  for (const [key, modifiers, name, value] of table) assert.deepEqual(commandFor({ key, ...modifiers }), { name, value }, key);
});

test('keys of the browser and of the page are left alone', () => {
  for (const event of [{ key: 'r' }, { key: 'c' }, { key: 'Tab' }, { key: ' ', ctrlKey: true }, { key: '0', metaKey: true }, { key: '.', altKey: true }]) {
    assert.equal(commandFor(event), null);
  }
});

test('speed steps through the list and stays at its ends', () => {
  assert.equal(nextSpeed(1, 1), 2);
  assert.equal(nextSpeed(1, -1), 0.5);
  assert.equal(nextSpeed(SPEEDS.at(-1), 1), SPEEDS.at(-1));
  assert.equal(nextSpeed(SPEEDS[0], -1), SPEEDS[0]);
});

test('markers are visited one by one; beyond them lie beginning and end', () => {
  const markers = [{ t: 0, label: 'a' }, { t: 2, label: 'b' }, { t: 6, label: 'c' }];
  assert.equal(markerFrom(markers, 0, 1, false, 9), 2);
  assert.equal(markerFrom(markers, 2, 1, false, 9), 6);
  assert.equal(markerFrom(markers, 6, 1, false, 9), 9);
  assert.equal(markerFrom(markers, 6, -1, false, 9), 2);
  assert.equal(markerFrom(markers, 0, -1, false, 9), 0);
});

test('while playing, the marker just passed is passed over', () => {
  const markers = [{ t: 1, label: 'a' }, { t: 5, label: 'b' }];
  assert.equal(markerFrom(markers, 5.4, -1, true, 9), 1);
  assert.equal(markerFrom(markers, 5.4, -1, false, 9), 5);
});

test('time is told in minutes, seconds and hundredths', () => {
  for (const [seconds, text] of [[0, '0:00.00'], [1.963, '0:01.96'], [59.996, '1:00.00'], [61.255, '1:01.26'], [3600, '60:00.00'], [-1, '0:00.00']]) {
    assert.equal(formatTime(seconds), text);
  }
});

test('moments are every time of every lane, once and in order', () => {
  const lane = (t) => ({ kind: 'content', label: '', t, text: null });
  assert.deepEqual(moments({ lanes: [lane([0, 3]), lane([1, 3])] }), [0, 1, 3]);
});

test('ends are counted in UTF-16 units, as Text nodes are', () => {
  assert.deepEqual([...ends(['a', '', '😀', '\ud83d', '\ude00'])], [1, 1, 3, 4, 5]);
});
