// @ts-check
// The deck's core, tested without a page: clock, keys, links, search, and the layout of lanes and races.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Clock, SPEEDS, countAt, nextSpeed, speedName, squeezer } from '../../../viewer/display/deck/clock.js';
import { figuresText } from '../../../viewer/display/deck/columns.js';
import { indexBefore, nextIndex, placesInPanes } from '../../../viewer/display/deck/find.js';
import { isOwnKey } from '../../../viewer/display/deck/keyboard.js';
import { HELP, commandFor } from '../../../viewer/display/deck/keys.js';
import { barsOf, boundsOf, nearest, rowsOf, chunkLines } from '../../../viewer/display/deck/lanes.js';
import { linkOf, stateOf } from '../../../viewer/display/deck/link.js';
import { unpacked } from '../../../viewer/display/deck/packing.js';
import { blockStarts, ends, placesOf } from '../../../viewer/display/deck/panes.js';
import {
  aligned, alignments, countersOf, formatTime, gapsOf, markerFrom, markersOf, moments, rateCurve, tokensUpTo, warningOf,
} from '../../../viewer/display/deck/race.js';

/** @typedef {import('../../../viewer/display/deck/race.js').Lane} Lane */
/** @typedef {import('../../../viewer/display/deck/race.js').Track} Track */

/** @param {number[]} t @param {Partial<Lane>} more @returns {Lane} */
const lane = (t, more = {}) => ({ kind: 'content', label: 'content', t, events: t.map((_, index) => index), bounds: null, tokens: 1, text: t.map(() => 'x'), ...more });
/** @param {Lane[]} lanes @param {Partial<Track>} more @returns {Track} */
const track = (lanes, more = {}) => ({
  axis: 'seconds', draws: { rate: 'curve', live_rate: true, gaps: true, bounds: false }, pace: null, total: '', blocks: [], steps: [],
  name: 'm', grade: 'measured', mark: '●', meaning: '', origin: 'request', lanes, stalls: [], markers: [], thought: '', cost: null,
  duration: Math.max(...lanes.flatMap((one) => one.t)), anchors: { request: 0, token: lanes[0].t[0], content: lanes[0].t[0] }, ...more,
});
/** @param {number} t */
const marker = (t, label = '', kind = 'first') => ({ t, label, kind, event: null });
/** @param {Track[]} tracks */
const run = (tracks) => aligned(tracks, 'token');

test('a column is one value, runs of values, steps or a list', () => {
  assert.deepEqual(unpacked({ all: 7 }, 3), [7, 7, 7]);
  assert.deepEqual(unpacked({ runs: [null, 2, 'a', 1] }, 3), [null, null, 'a']);
  assert.deepEqual(unpacked({ steps: [5, 0, null, -2] }, 4), [5, 5, null, 3]);
  assert.deepEqual(unpacked(['x', 'y'], 2), ['x', 'y']);
  assert.deepEqual(unpacked([], 0), []);
});

test('countAt counts everything up to and including a moment', () => {
  const times = [0, 0, 1, 2, 2, 5];
  for (const [position, count] of [[-1, 0], [0, 2], [0.5, 2], [1, 3], [2, 5], [4.9, 5], [5, 6], [9, 6]]) {
    assert.equal(countAt(times, position), count, `at ${position}`);
  }
  assert.equal(countAt([], 1), 0);
});

test('the clock moves with wall time multiplied by its speed', () => {
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

test('at instant speed the next frame is the end', () => {
  const clock = new Clock(1000, Infinity);
  clock.start(0);
  clock.advance(0);
  assert.equal(clock.position, 0);
  clock.advance(0.016);
  assert.equal(clock.position, 1000);
  assert.equal(clock.playing, false);
});

test('a loop continues from the start by as much as it passed the end', () => {
  const clock = new Clock(2);
  clock.loop = true;
  clock.start(0);
  clock.advance(1.5);
  clock.advance(2.25);
  assert.ok(Math.abs(clock.position - 0.25) < 1e-9);
  assert.equal(clock.playing, true);
});

test('playing stops where a link says, and continues past it when started again', () => {
  const clock = new Clock(10);
  clock.begin = 2;
  clock.stop = 4;
  clock.seek(2);
  clock.start(0);
  clock.advance(9);
  assert.equal(clock.position, 4);
  clock.start(20);
  clock.advance(21);
  assert.equal(clock.position, 5);
});

test('five minutes in frames of any length do not drift', () => {
  for (const speed of [0.25, 1, 16]) {
    const clock = new Clock(1e6, speed);
    let wall = 50;
    clock.start(wall);
    for (let frame = 0; frame < 18000; frame += 1) clock.advance((wall += frame % 3 ? 0.016 : 0.018));
    assert.ok(wall - 50 > 299);
    assert.ok(Math.abs(clock.position - (wall - 50) * speed) < 1e-6);
  }
});

test('a wall clock that steps back does not move the position back', () => {
  const clock = new Clock(10);
  clock.start(5);
  clock.advance(6);
  clock.advance(4);
  assert.equal(clock.position, 1);
  clock.advance(7);
  assert.equal(clock.position, 2);
});

test('a seek stays between start and end', () => {
  const clock = new Clock(10);
  clock.seek(-3);
  assert.equal(clock.position, 0);
  clock.seek(30);
  assert.equal(clock.position, 10);
});

test('squeezed gaps take the limit, everything else its own time, and stretching is the inverse', () => {
  const { squeeze, stretch } = squeezer([[1, 5], [6, 6.5], [8, 20]], 1);
  for (const [recorded, squeezed] of [[0, 0], [1, 1], [3, 1.5], [5, 2], [6, 3], [6.5, 3.5], [8, 5], [14, 5.5], [20, 6], [25, 11]]) {
    assert.ok(Math.abs(squeeze(recorded) - squeezed) < 1e-9, `${recorded} is ${squeeze(recorded)}`);
    assert.ok(Math.abs(stretch(squeezed) - recorded) < 1e-9, `${squeezed} is ${stretch(squeezed)}`);
  }
  assert.equal(squeezer([], 1).squeeze(7), 7);
});

test('a clock with squeezed gaps spends the limit in each', () => {
  const clock = new Clock(30);
  clock.scale = squeezer([[1, 11]], 1);
  clock.start(0);
  clock.advance(1.5);
  assert.equal(clock.position, 6);
  clock.advance(3);
  assert.equal(clock.position, 12);
});

test('keys do what they do in asciinema-player', () => {
  /** @type {[string, {shiftKey?: boolean}, string, number][]} */
  const table = [
    [' ', {}, 'toggle', 0], ['ArrowLeft', {}, 'skip', -5], ['ArrowRight', {}, 'skip', 5],
    ['ArrowLeft', { shiftKey: true }, 'share', -0.1], ['ArrowRight', { shiftKey: true }, 'share', 0.1],
    ['[', {}, 'marker', -1], [']', {}, 'marker', 1], ['0', {}, 'fraction', 0], ['7', {}, 'fraction', 0.7],
    [',', {}, 'step', -1], ['.', {}, 'step', 1], ['<', { shiftKey: true }, 'speed', -1], ['>', { shiftKey: true }, 'speed', 1],
    ['f', {}, 'fullscreen', 0], ['?', { shiftKey: true }, 'help', 0], ['Escape', {}, 'close', 0],
  ];
  for (const [key, modifiers, name, value] of table) assert.deepEqual(commandFor({ key, ...modifiers }), { name, value }, key);
});

test('every key of the help is a command', () => {
  /** @type {{[name: string]: string}} */
  const keys = { space: ' ', '←': 'ArrowLeft', '→': 'ArrowRight', home: 'Home', end: 'End', esc: 'Escape' };
  for (const [names] of HELP) {
    for (const name of names.replace('…', '').split(/[ ,]+(?=.)/).filter((one) => one && one !== 'shift')) {
      assert.ok(commandFor({ key: keys[name] ?? name }), name);
    }
  }
});

test('keys of the browser and of the page are left alone', () => {
  const foreign = [
    { key: 'r' }, { key: 'c' }, { key: 'Tab' }, { key: ' ', ctrlKey: true }, { key: '0', metaKey: true }, { key: '.', altKey: true },
    { key: 'toString' }, { key: 'constructor' },
  ];
  for (const event of foreign) assert.equal(commandFor(event), null);
});

test('speed steps through the list and stays at its ends', () => {
  assert.equal(nextSpeed(1, 1), 1.5);
  assert.equal(nextSpeed(1, -1), 0.5);
  assert.equal(nextSpeed(16, 1), Infinity);
  assert.equal(nextSpeed(Infinity, 1), Infinity);
  assert.equal(SPEEDS.at(-1), Infinity);
  assert.equal(nextSpeed(SPEEDS[0], -1), 0.25);
  assert.deepEqual(SPEEDS.map(speedName).slice(-2), ['16×', 'instant']);
});

test('a link restores what it was made of', () => {
  for (const state of [
    { position: 1.234567, speed: 2 }, { position: 0, to: 4.5 }, { position: 3, speed: Infinity, streams: [0, 2], align: 'content' }, { streams: [1] },
  ]) assert.deepEqual(stateOf(`#${linkOf(state)}`), state);
  assert.equal(linkOf({ position: 1.5, to: Infinity, speed: 1, streams: [0] }), 't=1.5');
  assert.equal(linkOf({ position: 0, to: 2, speed: 0.5, streams: [0, 1], align: 'token' }), 't=0&to=2&speed=0.5&stream=0,1&align=token');
});

test('invalid values in a link are left out', () => {
  for (const text of [
    't=-1', 't=1e9', 't=NaN', 't=<b>', 't=12345678901', 'speed=0', 'speed=1000', 'speed=fast', 'stream=-1', 'stream=0,1,2,3,4,5,6', 'stream=a', 'align=x', '', '#', '?',
  ]) assert.deepEqual(stateOf(text), {}, text);
  assert.deepEqual(stateOf('?t=3&to=2&other=1'), { position: 3 });
  assert.deepEqual(stateOf('stream=1,1,1'), { streams: [1] });
});

test('markers are visited one by one, and beyond them start and end', () => {
  const markers = [0, 2, 6].map((t) => marker(t));
  assert.equal(markerFrom(markers, 0, 1, false, 9), 2);
  assert.equal(markerFrom(markers, 2, 1, false, 9), 6);
  assert.equal(markerFrom(markers, 6, 1, false, 9), 9);
  assert.equal(markerFrom(markers, 6, -1, false, 9), 2);
  assert.equal(markerFrom(markers, 0, -1, false, 9), 0);
});

test('while playing, the marker just passed is skipped', () => {
  const markers = [1, 5].map((t) => marker(t));
  assert.equal(markerFrom(markers, 5.4, -1, true, 9), 1);
  assert.equal(markerFrom(markers, 5.4, -1, false, 9), 5);
});

test('time is written in minutes, seconds and hundredths', () => {
  /** @type {[number, string][]} */
  const times = [[0, '0:00.00'], [1.963, '0:01.96'], [59.996, '1:00.00'], [61.255, '1:01.26'], [3600, '60:00.00'], [-1, '0:00.00']];
  for (const [seconds, text] of times) {
    assert.equal(formatTime(seconds), text);
  }
});

test('moments are the distinct times of all lanes in order, without keep-alives', () => {
  const runners = [
    { track: track([lane([0, 3]), lane([1, 3]), lane([0.5], { kind: 'keep_alive' })]), shift: 0 },
    { track: track([lane([0, 1])]), shift: 2 },
  ];
  assert.deepEqual([...moments(runners)], [0, 1, 2, 3]);
});

test('gaps are the intervals longer than a second without anything', () => {
  assert.deepEqual(gapsOf([0.5, 1.5, 4, 4.2, 9]), [[1.5, 4], [4.2, 9]]);
  assert.deepEqual(gapsOf([3]), [[0, 3]]);
});

test('a race can be aligned at the anchors that every track has', () => {
  const early = track([lane([0.2, 1])], { name: 'early', anchors: { request: 0, token: 0.2, content: 0.9 } });
  const late = track([lane([0, 5])], { name: 'late', origin: 'first chunk', anchors: { request: -0.4, token: 0, content: null } });
  assert.deepEqual(alignments([early, late]), ['request', 'token']);
  assert.deepEqual(aligned([early, late], 'token').map(({ shift }) => shift), [0, 0.2]);
  assert.deepEqual(aligned([early, late], 'request').map(({ shift }) => shift), [0, 0.4]);
  assert.deepEqual(aligned([late], 'request').map(({ shift }) => shift), [0]);
});

test('a race of different grades says so, and without a recorded speed that it cannot be compared', () => {
  const [measured, bounded, paced] = ['measured', 'bounded', 'paced'].map((grade) => track([lane([0, 1])], { name: `a ${grade} one`, grade }));
  assert.equal(warningOf([measured, measured]), '');
  assert.equal(warningOf([paced]), '');
  assert.match(warningOf([measured, bounded]), /a measured one is measured, a bounded one is bounded/);
  assert.match(warningOf([measured, paced]), /^The speed of a paced one is not recorded/);
  assert.match(warningOf([paced, paced]), /cannot be compared/);
});

test('markers of a race have the name of their track and move with it', () => {
  const one = track([lane([0, 1])], { name: 'one', markers: [marker(1, 'finish')] });
  const two = track([lane([0.5, 2])], { name: 'two', markers: [marker(0.5, 'first content')] });
  assert.deepEqual(markersOf(run([one, two])), [marker(0.5, 'two: first content'), marker(1.5, 'one: finish')]);
  assert.deepEqual(markersOf(run([one])), [marker(1, 'finish')]);
});

test('counters give tokens by kind, the rate of the last second, and the cost so far', () => {
  const one = track([lane([0, 1, 2], { kind: 'reasoning', tokens: [1, 2, 3] }), lane([3, 4], { tokens: 5 })],
    { cost: { input: 1, total: 3, estimate: true } });
  const count = countersOf(one, one.lanes.map(tokensUpTo));
  const at = (/** @type {number} */ position) => { const { byKind, rate, spent } = count(position); return [Object.fromEntries(byKind), rate, spent]; };
  assert.deepEqual(at(2.5), [{ reasoning: 6, content: 0 }, 3, 1 + 2 * (6 / 16)]);
  assert.deepEqual(at(4), [{ reasoning: 6, content: 10 }, null, 3]);
});

test('a nominal pace has no rate, and a cost without its parts appears only at the end', () => {
  const one = track([lane([0, 1, 2])], { grade: 'paced', cost: { input: null, total: 3, estimate: false } });
  const count = countersOf(one, one.lanes.map(tokensUpTo));
  assert.equal(count(1.5).rate, null);
  assert.equal(count(1.5).spent, null);
  assert.equal(count(2).spent, 3);
});

test('the area below the rate curve is the number of tokens', () => {
  const times = Array.from({ length: 500 }, (_, index) => 1 + index * 0.01);
  const one = track([lane(times, { tokens: 2 })], { duration: 10 });
  const curve = rateCurve(one, one.lanes.map(tokensUpTo), 50);
  const area = curve.reduce((all, rate) => all + rate * 0.2, 0);
  assert.ok(Math.abs(area - 1000) < 20, String(area));
  assert.equal(curve[0], 0);
});

test('rows are stacked, with a head for each track of a race and no rate if it is unknown', () => {
  const one = track([lane([0, 1])], { name: 'one', stalls: [[0.2, 0.8]] });
  const paced = track([lane([0, 1])], { name: 'two', grade: 'paced', mark: '○' });
  const { rows, height } = rowsOf(run([one, paced]));
  assert.deepEqual(rows.map((row) => row.kind), ['markers', 'head', 'rate', 'lane', 'stalls', 'head', 'lane']);
  assert.deepEqual(rows.map((row) => row.label).filter((label) => label.length > 1), ['● one', 'tokens/s', 'content', 'stalls', '○ two', 'content']);
  const last = rows[rows.length - 1];
  assert.equal(last.top + last.height, height);
  assert.deepEqual(rowsOf(run([paced])).rows.map((row) => row.kind), ['markers', 'lane']);
});

test('chunks closer than a gap are one bar', () => {
  assert.deepEqual(barsOf([0, 1, 2, 10, 11, 30], (t) => t, 2.5), [[0, 2], [10, 11], [30, 30]]);
  assert.deepEqual(barsOf([], (t) => t, 1), []);
});

test('the tooltip has the nearest chunk, its time with bounds, its tokens and text', () => {
  const one = lane([0, 1, 4], { bounds: [[0, 0, 2], [2, 3, null]], tokens: [1, 1.23456, 0], text: ['a', '</script>\n', 'z'] });
  assert.deepEqual([-1, 0.4, 0.6, 2.4, 2.6, 9].map((t) => nearest(one, t)), [0, 0, 1, 1, 2, 2]);
  assert.deepEqual(boundsOf(one, 1), [0, 0, 2]);
  assert.deepEqual(chunkLines(one, 1, track([one], { mark: '↔', grade: 'bounded' })),
    ['content, 2 of 3', '↔ 1.000 s, 0.000 to 2.000 s', '1.23 tokens, estimated', '"</script>\\n"']);
  assert.equal(chunkLines(one, 2, track([one], { mark: '↔', grade: 'bounded' }))[1], '↔ 4.000 s, 3.000 to … s');
  assert.equal(chunkLines(one, 0, track([one], { mark: '○', grade: 'paced' }))[1], 'time not recorded');
});

test('ends are counted in UTF-16 units, as Text nodes count', () => {
  assert.deepEqual([...ends(['a', '', '😀', '\ud83d', '\ude00'])], [1, 1, 3, 4, 5]);
});

test('blocks of a long text end with lines, and together are the text', () => {
  const whole = Array.from({ length: 900 }, (_, index) => `line ${index} of many\n`).join('');
  const starts = blockStarts(whole);
  assert.ok(starts.length > 5);
  assert.equal(starts.map((start, index) => whole.slice(start, starts[index + 1])).join(''), whole);
  assert.ok(starts.slice(1).every((start) => whole[start - 1] === '\n' && start < whole.length));
  assert.deepEqual(blockStarts('x'.repeat(50000)), [0]);
  assert.deepEqual(blockStarts(''), [0]);
});

test('a text is found literally, ignoring case', () => {
  assert.deepEqual(placesOf('Olá, olá. (a+)+$', 'OLÁ'), [[0, 3], [5, 8]]);
  assert.deepEqual(placesOf('a+b (a+)+$', '(a+)+$'), [[4, 10]]);
  assert.deepEqual(placesOf('a-b/c', '-b/'), [[1, 4]]);
  assert.deepEqual(placesOf('abc', ''), []);
  assert.equal(placesOf('a'.repeat(50000), 'a').length, 10000);
});

test('places are found in every pane, in the order in which they arrived', () => {
  const pane = (/** @type {number} */ shift, /** @type {number[]} */ times) => ({
    shift,
    places: () => times.map((t, index) => ({ from: index, to: index + 1, t })),
    markFound() {},
    unfold() {},
  });
  const [first, second] = [pane(0, [1, 4]), pane(2, [0, 1])];
  assert.deepEqual(placesInPanes([first, second], 'a').map(({ t, pane: owner }) => [t, owner === first]), [[1, true], [2, false], [3, false], [4, true]]);
});

test('a search starts after the position, and at the end of the stream from the top', () => {
  const places = [{ t: 1 }, { t: 2 }, { t: 3 }];
  const first = (/** @type {number} */ position, /** @type {number} */ direction) => nextIndex(indexBefore(places, position, 9, direction), direction, places.length);
  assert.equal(first(1.5, 1), 1);
  assert.equal(first(9, 1), 0);
  assert.equal(nextIndex(2, 1, 3), 0);
  assert.equal(nextIndex(0, -1, 3), 2);
});

test('a focused element keeps the keys that operate it', () => {
  const focused = (/** @type {string} */ selector) => ({ matches: (/** @type {string} */ one) => one === selector });
  assert.equal(isOwnKey(focused('.deck-text'), ' '), true);
  assert.equal(isOwnKey(focused('.deck-text'), 'ArrowRight'), false);
  assert.equal(isOwnKey(focused('select'), 'l'), true);
  assert.equal(isOwnKey(focused('button'), 'Enter'), true);
  assert.equal(isOwnKey(focused('button'), 'l'), false);
});

test('live figures are written with their units, and an estimated cost says so', () => {
  const byKind = new Map([['tool_call', 3.4]]);
  assert.equal(figuresText({ byKind, rate: 81.7, spent: 0.00025 }, true), 'tool call 3 tokens · 82 tokens/s now · $0.00025, estimated');
  assert.equal(figuresText({ byKind, rate: null, spent: null }, false), 'tool call 3 tokens');
});
