// @ts-check
// The deck's core, tested without a page: clock, axis, view, keys, links, search, rates, and the layout of lanes and races.
import assert from 'node:assert/strict';
import test from 'node:test';

import { chunkAt, formatTime, niceStep, placeText, pointText, tickText, ticksOf } from '../../../viewer/display/deck/axis.js';
import { Clock, SPEEDS, countAt, nextSpeed, speedName, squeezer } from '../../../viewer/display/deck/clock.js';
import { countersOf, figuresText } from '../../../viewer/display/deck/figures.js';
import { indexBefore, nextIndex, placesInPanes } from '../../../viewer/display/deck/find.js';
import { chunkUnder, placeLine } from '../../../viewer/display/deck/hover.js';
import { isOwnKey } from '../../../viewer/display/deck/keyboard.js';
import { HELP, commandFor } from '../../../viewer/display/deck/keys.js';
import { placeOfEvent } from '../../../viewer/display/deck/lanes.js';
import { linkOf, stateOf } from '../../../viewer/display/deck/link.js';
import { byNumber, onOneAxis, pacer } from '../../../viewer/display/deck/order.js';
import { unpacked } from '../../../viewer/display/deck/packing.js';
import { wheelEffect, zoomFactor } from '../../../viewer/display/deck/pointer.js';
import { aligned, alignments, gapsOf, markerFrom, markersOf, moments, warningOf } from '../../../viewer/display/deck/race.js';
import { figuresInWords, figuresOf, partInWords } from '../../../viewer/display/deck/range.js';
import { rateCurve, tokensUpTo } from '../../../viewer/display/deck/rates.js';
import { barsOf, boundsOf, nearest, rowsOf } from '../../../viewer/display/deck/rows.js';
import { growStage, makeStage } from '../../../viewer/display/deck/stage.js';
import { chunkLines } from '../../../viewer/display/deck/tips.js';
import { blockStarts, ends, placesInText } from '../../../viewer/display/deck/text_blocks.js';
import { View } from '../../../viewer/display/deck/view.js';
import { DRAWS, lane, marker, numbered, run, track } from './parts.mjs';

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

test('keys do what they do in asciinema-player and in Perfetto', () => {
  /** @type {[string, {shiftKey?: boolean}, string, number][]} */
  const table = [
    [' ', {}, 'toggle', 0], ['ArrowLeft', {}, 'skip', -0.05], ['ArrowRight', {}, 'skip', 0.05],
    ['ArrowLeft', { shiftKey: true }, 'skip', -0.1], ['ArrowRight', { shiftKey: true }, 'skip', 0.1],
    ['[', {}, 'marker', -1], [']', {}, 'marker', 1], ['0', {}, 'fraction', 0], ['7', {}, 'fraction', 0.7],
    [',', {}, 'step', -1], ['.', {}, 'step', 1], ['<', { shiftKey: true }, 'speed', -1], ['>', { shiftKey: true }, 'speed', 1],
    ['w', {}, 'zoom', 0.5], ['s', {}, 'zoom', 2], ['a', {}, 'pan', -0.2], ['d', {}, 'pan', 0.2],
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
  assert.equal(markerFrom(markers, 0, 1, 9), 2);
  assert.equal(markerFrom(markers, 2, 1, 9), 6);
  assert.equal(markerFrom(markers, 6, 1, 9), 9);
  assert.equal(markerFrom(markers, 6, -1, 9), 2);
  assert.equal(markerFrom(markers, 0, -1, 9), 0);
});

test('while playing, the marker just passed is skipped', () => {
  const markers = [1, 5].map((t) => marker(t));
  assert.equal(markerFrom(markers, 5.4, -1, 9, 4.4), 1);
  assert.equal(markerFrom(markers, 5.4, -1, 9), 5);
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
  const measured = run([track([lane([0])])]);
  assert.deepEqual(gapsOf(measured, [0.5, 1.5, 4, 4.2, 9]), [[1.5, 4], [4.2, 9]]);
  assert.deepEqual(gapsOf(measured, [3]), [[0, 3]]);
  assert.deepEqual(gapsOf(run([track([lane([0])]), track([lane([0])], { grade: 'bounded' })]), [0, 9]), []);
});

test('a race can be aligned at the anchors that every track has', () => {
  const early = track([lane([0.2, 1])], { name: 'early', anchors: { request: 0, token: 0.2, content: 0.9 } });
  const late = track([lane([0, 5])], { name: 'late', origin: 'first chunk', anchors: { request: -0.4, token: 0, content: null } });
  assert.deepEqual(alignments([early, late]), ['request', 'token']);
  assert.deepEqual(aligned([early, late], 'token').map(({ shift }) => shift), [0, 0.2]);
  assert.deepEqual(aligned([early, late], 'request').map(({ shift }) => shift), [0, 0.4]);
  assert.deepEqual(aligned([late], 'request').map(({ shift }) => shift), [0]);
});

test('a race of different grades says so, and without recorded times that it goes by number', () => {
  const [measured, bounded] = ['measured', 'bounded'].map((grade) => track([lane([0, 1])], { name: `a ${grade} one`, grade }));
  const paced = numbered([lane([1, 2])], { name: 'a paced one' });
  assert.equal(warningOf([measured, measured]), '');
  assert.equal(warningOf([paced]), '');
  assert.match(warningOf([measured, bounded]), /a measured one is measured, a bounded one is bounded/);
  assert.match(warningOf([measured, paced]), /^No arrival times are recorded for a paced one/);
  assert.match(warningOf([paced, paced]), /goes by chunk number instead of time/);
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

test('whole seconds and a nominal pace have no rate of the moment', () => {
  const one = numbered([lane([1, 2, 3])], { cost: { input: null, total: 3, estimate: false } });
  const count = countersOf(one, one.lanes.map(tokensUpTo));
  assert.equal(count(1.5).rate, null);
  assert.equal(count(1.5).spent, null);
  assert.equal(count(3).spent, 3);
  const bounded = track([lane([0, 1, 2])], { grade: 'bounded' });
  assert.equal(countersOf(bounded, bounded.lanes.map(tokensUpTo))(1).rate, null);
});

/** @param {import('../../../viewer/display/deck/race.js').Track} one @param {number} count */
const curveOf = (one, count) => rateCurve(one, one.lanes.map(tokensUpTo), Array.from({ length: count + 1 }, (_, index) => (index / count) * one.duration));

test('the area below the rate curve is the number of tokens', () => {
  const times = Array.from({ length: 500 }, (_, index) => 1 + index * 0.01);
  const curve = curveOf(track([lane(times, { tokens: 2 })], { duration: 10 }), 50);
  const area = curve.reduce((all, rate) => all + rate * 0.2, 0);
  assert.ok(Math.abs(area - 1000) < 20, String(area));
  assert.equal(curve[0], 0);
});

test('a steady flow has one rate up to its ends and its stalls, and none within a stall', () => {
  const times = [...Array.from({ length: 101 }, (_, index) => index / 50), ...Array.from({ length: 101 }, (_, index) => 5 + index / 50)];
  const one = track([lane(times)], { stalls: [[2, 5]] });
  // A window holds ten chunks, give or take one at its edges.
  const rates = [...curveOf(one, 280)].map((rate) => (Math.abs(rate - 50) <= 5 ? 50 : rate));
  assert.deepEqual(new Set(rates), new Set([50, 0]));
  assert.deepEqual([rates[0], rates[79], rates[81], rates[198], rates[201], rates[279]], [50, 50, 0, 0, 50, 50]);
  const now = (/** @type {number} */ t) => countersOf(one, one.lanes.map(tokensUpTo))(t).rate;
  assert.deepEqual([now(0.5), now(2), now(3), now(5.5), now(7)].map((rate) => rate && Math.round(rate)), [50, 50, 0, 50, null]);
});

test('rows are stacked, with a head for each track of a race and no rate if it is unknown', () => {
  const one = track([lane([0, 1])], { name: 'one', stalls: [[0.2, 0.8]] });
  const two = numbered([lane([1, 2])], { name: 'two' });
  const { rows, height } = rowsOf(run([one, two]), 'seconds');
  assert.deepEqual(rows.map((row) => row.kind), ['ruler', 'head', 'rate', 'lane', 'stalls', 'head', 'lane']);
  assert.deepEqual(rows.map((row) => row.label), ['seconds', '● one', 'tokens/s', 'content', 'stalls', '○ two', 'content']);
  const last = rows[rows.length - 1];
  assert.equal(last.top + last.height, height);
  assert.deepEqual(rowsOf(run([two]), 'chunks').rows.map((row) => [row.kind, row.label]), [['ruler', 'chunk'], ['lane', 'content']]);
  assert.equal(rowsOf(run([track([lane([0, 1])], { grade: 'bounded' })]), 'seconds').rows[1].label, 'tokens in 1 s');
});

/** @param {number} width */
const pixels = (width) => ({ x: (/** @type {number} */ t) => t, at: (/** @type {number} */ x) => x, width });

test('chunks closer than a gap are one bar', () => {
  assert.deepEqual(barsOf([0, 1, 2, 10, 11, 30], pixels(100), 2.5), [[0, 2], [10, 11], [30, 30]]);
  assert.deepEqual(barsOf([], pixels(100), 1), []);
  assert.deepEqual(barsOf([1, 2, 5], pixels(100), 0.01, 1), [[0, 2], [4, 5]]);
});

test('far more chunks than pixels are looked up by pixel', () => {
  const times = Array.from({ length: 100_000 }, (_, index) => (index < 50_000 ? index / 1000 : 20.5 + index / 1000));
  assert.deepEqual(barsOf(times, pixels(120), 2), [[0, 50], [70, 120]]);
});

test('the tooltip has the nearest chunk, its time with bounds, its tokens and text', () => {
  const one = lane([0, 1, 4], { bounds: [[0, 0, 2], [2, 3, null]], tokens: [1, 1.23456, 0], text: ['a', '</script>\n', 'z'] });
  assert.deepEqual([-1, 0.4, 0.6, 2.4, 2.6, 9].map((t) => nearest(one, t)), [0, 0, 1, 1, 2, 2]);
  assert.deepEqual(boundsOf(one, 1), [0, 0, 2]);
  assert.deepEqual(chunkLines(one, 1, track([one], { mark: '↔', grade: 'bounded' })),
    ['content, 2 of 3', '↔ 1.000 s, 0.000 to 2.000 s', '1.23 tokens, estimated', '"</script>\\n"']);
  assert.equal(chunkLines(one, 2, track([one], { mark: '↔', grade: 'bounded' }))[1], '↔ 4.000 s, 3.000 to … s');
  assert.equal(chunkLines(lane([37]), 0, numbered([lane([37])], { duration: 412 }))[1], '○ time not recorded');
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
  assert.deepEqual(placesInText('Olá, olá. (a+)+$', 'OLÁ'), [[0, 3], [5, 8]]);
  assert.deepEqual(placesInText('a+b (a+)+$', '(a+)+$'), [[4, 10]]);
  assert.deepEqual(placesInText('a-b/c', '-b/'), [[1, 4]]);
  assert.deepEqual(placesInText('abc', ''), []);
  assert.equal(placesInText('a'.repeat(50000), 'a').length, 10000);
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

test('places are said in seconds, or as chunks where seconds would be invented', () => {
  assert.equal(placeText('seconds', 1.963, 61.255), '0:01.96 of 1:01.26');
  assert.equal(placeText('chunks', 37.4, 1412), 'chunk 37 of 1,412');
  assert.equal(pointText('seconds', 1.2), '1.200 s');
  assert.equal(pointText('chunks', 37), 'chunk 37');
  assert.deepEqual([chunkAt(2.99), chunkAt(3 - 1e-9)], [2, 3]);
});

test('a ruler has round ticks, whole ones for chunks', () => {
  assert.deepEqual([niceStep(1.96, 10, 'seconds'), niceStep(7, 10, 'seconds'), niceStep(90, 10, 'seconds')], [0.2, 1, 10]);
  assert.deepEqual([niceStep(4, 10, 'chunks'), niceStep(412, 10, 'chunks'), niceStep(0, 10, 'chunks')], [1, 50, 1]);
  assert.deepEqual(ticksOf(0.35, 1, 0.2).map((tick) => tickText(tick, 0.2, 'seconds')), ['0.4 s', '0.6 s', '0.8 s', '1.0 s']);
  assert.deepEqual([tickText(0, 1, 'seconds'), tickText(90, 10, 'seconds'), tickText(61.5, 0.5, 'seconds')], ['0 s', '1:30', '1:01.5']);
  assert.equal(tickText(12000, 1000, 'chunks'), '12,000');
});

test('zooming keeps the place under the pointer and stays within the ends', () => {
  const view = new View(100, 1);
  view.width = 103;
  view.zoom(0.5, 20);
  assert.equal(view.at(20), 20);
  assert.deepEqual(view.part, [10, 60]);
  view.pan(-1);
  assert.deepEqual(view.part, [0, 50]);
  for (let times = 0; times < 20; times += 1) view.zoom(0.5, 0);
  assert.deepEqual(view.part, [0, 1]);
  view.reveal(50);
  assert.ok(view.has(50) && !view.has(2));
  for (let times = 0; times < 20; times += 1) view.zoom(2, 70);
  assert.equal(view.part, null);
  view.show([40, 60]);
  assert.equal(view.away(50, 0.05), 51);
  assert.equal(view.x(50), 50);
});

test('a view of shortened gaps zooms on the shortened scale', () => {
  const view = new View(20, 0.1);
  view.width = 103;
  view.scale = squeezer([[5, 16]], 1);
  view.show(null);
  assert.equal(view.length, 10);
  assert.equal(view.x(16), 60);
  view.show([5, 16]);
  assert.deepEqual(view.part?.map((place) => Math.round(place)), [5, 16]);
});

test('the wheel zooms over the lanes, and scrolls the page down while all is in sight', () => {
  const turn = (deltaY = 0, deltaX = 0, more = {}) => ({ deltaX, deltaY, shiftKey: false, ctrlKey: false, ...more });
  assert.equal(wheelEffect(turn(100), false), 'scroll');
  assert.equal(wheelEffect(turn(-100), false), 'zoom');
  assert.equal(wheelEffect(turn(100), true), 'zoom');
  assert.equal(wheelEffect(turn(1, 50), true), 'pan');
  assert.equal(wheelEffect(turn(1, 50), false), 'scroll');
  assert.equal(wheelEffect(turn(100, 0, { shiftKey: true }), true), 'pan');
  assert.ok(zoomFactor({ deltaY: -100, deltaMode: 0 }) < 1 && zoomFactor({ deltaY: 3, deltaMode: 1 }) > 1);
});

test('numbers of chunks play at their pace, and in a race all at one', () => {
  const one = numbered([lane([1, 2, 3])], { pace: { runs: [0, 1, 500000, 2] } });
  const { squeeze, stretch } = pacer([one]);
  assert.deepEqual([0, 1, 1.5, 2, 3].map(squeeze), [0, 0, 0.25, 0.5, 1]);
  assert.deepEqual([0, 0.25, 0.5, 1, 2].map(stretch), [1, 1.5, 2, 3, 4]);
  assert.equal(pacer([one, one]).stretch(1), 50);
});

test('a race of unlike axes goes by the numbers of chunks in wire order', () => {
  const timed = track([lane([0.5, 2.5], { kind: 'reasoning', events: [3, 9] }), lane([1], { events: [5] })],
    { stalls: [[1, 2]], markers: [{ ...marker(2.5, 'finish', 'finish'), event: 12 }, marker(0.1, 'headers', 'headers')] });
  const [one, other] = onOneAxis([timed, numbered([lane([1, 2])])]);
  assert.deepEqual(one.lanes.map(({ t }) => t), [[1, 3], [2]]);
  assert.deepEqual([one.axis, one.duration, one.stalls, one.draws.rate], ['chunks', 3, [], 'none']);
  assert.deepEqual(one.markers.map(({ t, label }) => [t, label]), [[3, 'finish']]);
  assert.deepEqual(one.anchors, { request: null, token: 1, content: 2 });
  assert.deepEqual(other, byNumber(other));
  assert.deepEqual(onOneAxis([timed, timed]), [timed, timed]);
});

test('a part of a track has its chunks, tokens, rate and share of the cost', () => {
  const cost = { input: 1, total: 3, estimate: true };
  const one = track([lane([0, 1, 2, 3], { tokens: 10 }), lane([0.5], { kind: 'keep_alive', tokens: 0 })], { cost });
  const figures = figuresOf(one, one.lanes.map(tokensUpTo), 1, 3);
  assert.deepEqual(figures, { chunks: 3, tokens: 30, rate: 10, wholeSeconds: 0, spent: 1.5 });
  assert.equal(figuresInWords(figures, one), '3 chunks · 30 tokens · 10 tokens/s · $1.50, 50 % of the cost');
  assert.equal(partInWords('seconds', 1, 3), '0:01.00 to 0:03.00 (2.00 s)');
});

test('a part has a rate only of whole seconds if those are stamped, and none without times', () => {
  const bounded = track([lane([0, 1.5, 1.6, 3])], { grade: 'bounded', steps: [[1, 2, 2], [2, 3, 0]] });
  const figures = figuresOf(bounded, bounded.lanes.map(tokensUpTo), 0.9, 3);
  assert.deepEqual([figures.rate, figures.wholeSeconds], [1, 2]);
  assert.match(figuresInWords(figures, bounded), /1 tokens\/s in 2 whole seconds$/);
  assert.equal(figuresOf(bounded, bounded.lanes.map(tokensUpTo), 1.2, 1.8).rate, null);
  const paced = numbered([lane([1, 2, 3])]);
  assert.deepEqual(figuresOf(paced, paced.lanes.map(tokensUpTo), 1, 3), { chunks: 2, tokens: 2, rate: null, wholeSeconds: 0, spent: null });
  assert.equal(partInWords('chunks', 1, 3), 'chunks 2 to 3');
});

/** @param {import('../../../viewer/display/deck/race.js').Track} one */
function stageOf(one) {
  const view = new View(one.duration, 1);
  view.width = one.duration * 10 + 3;
  const runners = run([one]);
  const { rows } = rowsOf(runners, one.axis);
  return { rows, stage: { view, axis: one.axis, runners, markers: [], sums: [one.lanes.map(tokensUpTo)], gaps: [], range: null, selected: null } };
}

test('a chunk is found under the pointer, and its event on the lanes', () => {
  const one = numbered([lane([1, 4], { kind: 'reasoning', events: [2, 7] }), lane([2, 3, 10], { events: [4, 4, 20] })], { duration: 10 });
  const { rows, stage } = stageOf(one);
  const at = (/** @type {number} */ x, /** @type {number} */ row) => chunkUnder(stage, rows, x, rows[row].top + 3).index;
  assert.deepEqual([at(5, 1), at(35, 1), at(80, 1), at(25, 2), at(95, 2)], [0, 1, -1, 1, 2]);
  assert.deepEqual(placeOfEvent(rows, 4)?.chunks.map(({ t }) => t), [2, 3]);
  assert.deepEqual([placeOfEvent(rows, 9)?.place, placeOfEvent(rows, 9)?.chunks], [4, []]);
  assert.equal(placeOfEvent(rows, 1), null);
  assert.equal(placeLine(stage, rows[1], 2.4), 'chunk 3 of 10');
});

test('the line under the pointer says the time, and the rate if it may be said', () => {
  const times = Array.from({ length: 101 }, (_, index) => index / 10);
  const { rows, stage } = stageOf(track([lane(times)]));
  assert.equal(placeLine(stage, rows[0], 5.05), '5.050 s, 10 tokens/s');
  const bounded = stageOf(track([lane(times)], { grade: 'bounded', draws: DRAWS.bounded, steps: [[1, 2, 8]] }));
  assert.equal(placeLine(bounded.stage, bounded.rows[0], 1.5), '1.500 s, 8 tokens/s');
  assert.equal(placeLine(bounded.stage, bounded.rows[0], 2.5), '2.500 s');
});

/** @param {number[]} times @param {Partial<import('../../../viewer/display/deck/race.js').Track>} more */
const tapeOf = (times, more = {}) => ({ version: 3, streams: [track([lane(times)], { markers: [marker(times[0])], ...more })] });

test('a stage takes a longer tape, and its position and the part in sight stay', () => {
  const stage = makeStage(tapeOf([0, 1, 2]), {});
  stage.clock.seek(1.5);
  stage.view.show([0.5, 1.5]);
  assert.ok(growStage(stage, tapeOf([0, 1, 2, 7])));
  assert.deepEqual([stage.end, stage.clock.end, stage.view.end, stage.clock.position], [7, 7, 7, 1.5]);
  assert.deepEqual(stage.view.part, [0.5, 1.5]);
  assert.deepEqual([...stage.steps], [0, 1, 2, 7]);
  assert.deepEqual(stage.idle, [[2, 7]]);
  assert.equal(stage.sums[0][0].at(-1), 4);
});

test('a stage that shows all of its axis shows all of the longer one, with the gaps shortened if they were', () => {
  const stage = makeStage(tapeOf([0, 1, 4]), {});
  stage.gaps = stage.idle;
  stage.clock.scale = stage.view.scale = squeezer(stage.gaps, 1);
  stage.view.show(null);
  assert.ok(growStage(stage, tapeOf([0, 1, 4, 9])));
  assert.equal(stage.view.part, null);
  assert.equal(stage.view.length, 3);
  assert.equal(stage.clock.scale.squeeze(9), 3);
});

test('by number, a longer tape plays its new chunks at their pace', () => {
  const byPace = (/** @type {number} */ count) => ({ version: 3, streams: [numbered([lane([...Array(count).keys()].map((one) => one + 1))], { pace: { all: 50000 }, duration: count })] });
  const stage = makeStage(byPace(2), {});
  stage.view.width = 103;
  assert.ok(growStage(stage, byPace(4)));
  assert.equal(stage.clock.scale.squeeze(4), 0.2);
  assert.equal(stage.view.at(stage.view.x(3)), 3);
});

test('a race, or a track of another grade or axis, cannot grow', () => {
  const stage = makeStage(tapeOf([0, 1]), {});
  assert.equal(growStage(stage, tapeOf([0, 1, 2], { grade: 'bounded' })), false);
  assert.equal(growStage(stage, { version: 3, streams: [numbered([lane([1, 2, 3])])] }), false);
  const two = { version: 3, streams: [...tapeOf([0, 1]).streams, ...tapeOf([0, 2]).streams] };
  assert.equal(growStage(makeStage(two, { streams: [0, 1] }), two), false);
  assert.equal(stage.end, 1);
});
