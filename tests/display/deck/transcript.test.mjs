// @ts-check
// The transcript's core, tested without a page: indented JSON, Markdown as a tree, tints, and where events are.
import assert from 'node:assert/strict';
import test from 'node:test';

import { indented } from '../../../viewer/display/deck/json_indent.js';
import { markdownTree } from '../../../viewer/display/deck/markdown.js';
import { limitsOf, tintOf, tintsOf } from '../../../viewer/display/deck/tint.js';
import { allText, chunkOfEvent, grownFrom, summariesOf } from '../../../viewer/display/deck/transcript.js';
import { amount, looksLikeMarkdown } from '../../../viewer/display/deck/transcript_block.js';
import { lane, track } from './parts.mjs';

test('JSON is indented, and its numbers, escapes and order stay as recorded', () => {
  const recorded = '{"a": 1.0,"b":[12345678901234567890, "\\u0041 {x}" ],"c":{},"d":[ ],"e":null}';
  const json = indented(recorded);
  assert.equal(json?.text, '{\n  "a": 1.0,\n  "b": [\n    12345678901234567890,\n    "\\u0041 {x}"\n  ],\n  "c": {},\n  "d": [],\n  "e": null\n}');
  assert.equal(json?.text.replace(/\s/g, ''), recorded.replace(/\s/g, ''));
});

test('every place in recorded JSON has its place in the indented one', () => {
  const recorded = '{"city": "Lima","n":[1,2]}';
  const json = indented(recorded);
  for (let at = 0; at < recorded.length; at += 1) {
    if (recorded[at].trim() && !'}]'.includes(recorded[at])) assert.equal(json?.text[json.place(at)], recorded[at], `at ${at}`);
  }
  assert.equal(json?.place(recorded.length), json?.text.length);
});

test('what is not whole JSON, or only a word, is not indented', () => {
  for (const text of ['', '{"city": "Li', 'true', '"x"', '{} {}', 'plain']) assert.equal(indented(text), null, text);
});

test('Markdown becomes headings, lists, quotes, code, tables and emphasis', () => {
  assert.deepEqual(markdownTree('# A *b*\n\ntext `c` and **d**'), [['h1', 'A ', ['em', 'b']], ['p', 'text ', ['code', 'c'], ' and ', ['strong', 'd']]]);
  assert.deepEqual(markdownTree('- a\n- b\n  - c\n\n1. d'), [['ul', ['li', 'a'], ['li', 'b', ['ul', ['li', 'c']]]], ['ol', ['li', 'd']]]);
  assert.deepEqual(markdownTree('> q\n\n---\n```js\n<b>*x*\n```'), [['blockquote', ['p', 'q']], ['hr'], ['pre', ['code', '<b>*x*']]]);
  assert.deepEqual(markdownTree('| a | b |\n|---|:-:|\n| 1 | ~~2~~ |'),
    [['table', ['tr', ['th', 'a'], ['th', 'b']], ['tr', ['td', '1'], ['td', ['del', '2']]]]]);
  assert.deepEqual(markdownTree('snake_case_name and 2 * 3 * 4'), [['p', 'snake_case_name and 2 * 3 * 4']]);
});

test('links and images in Markdown are texts with their addresses, and HTML is text', () => {
  assert.deepEqual(markdownTree('[here](https://evil.example/?q=1)'), [['p', 'here', ['small', ' (https://evil.example/?q=1)']]]);
  assert.deepEqual(markdownTree('![pic](https://evil.example/a.png)'), [['p', '[image: pic]', ['small', ' (https://evil.example/a.png)']]]);
  assert.deepEqual(markdownTree('<img src=x onerror=alert(1)>'), [['p', '<img src=x onerror=alert(1)>']]);
});

test('hostile Markdown is read in a short time', () => {
  const begin = performance.now();
  for (const part of ['*', '**a', '`', '[', '![](', '> ', '- ', '  - a\n', '|', '~~', '_a', '\\']) markdownTree(part.repeat(20_000));
  assert.ok(performance.now() - begin < 10_000);
});

test('only a text with marks of Markdown can be shown as Markdown', () => {
  for (const text of ['**a**', 'x\n- y', '# t', '`c`', '[a](b)']) assert.ok(looksLikeMarkdown(text), text);
  for (const text of ['plain - text', 'a > b', '3 * 4', '{"a": 1}']) assert.ok(!looksLikeMarkdown(text), text);
});

test('unusual gaps and tokens are tinted, common ones are not', () => {
  const times = [...Array(90).keys()].map((index) => index / 10);
  const one = track([lane([...times, 12, 12.1], { tokens: [...Array(91).fill(1), 9] })]);
  const gaps = tintOf(one, 'gap').classes;
  assert.deepEqual([gaps(0, 0), gaps(0, 90)], [0, 3]);
  const tokens = tintOf(one, 'tokens').classes;
  assert.equal(tokens(0, 91), 3);
  assert.deepEqual(limitsOf([2, 2, 2]), []);
});

test('gaps can be tinted only if they are recorded, and tokens if they differ', () => {
  assert.deepEqual(tintsOf(track([lane([0, 1], { tokens: [1, 2] })])), ['none', 'gap', 'tokens']);
  assert.deepEqual(tintsOf(track([lane([0, 1])], { grade: 'paced' })), ['none']);
});

test('an event is found in the block that has its chunk', () => {
  const blocks = [{ events: [0, 1] }, { events: [2, 4] }];
  assert.deepEqual(chunkOfEvent(blocks, 4), { index: 1, chunk: 1 });
  assert.deepEqual([chunkOfEvent(blocks, 3), chunkOfEvent(blocks, null)], [null, null]);
});

test('folded thinking says how long it took, or how it begins if there are several', () => {
  const one = track([lane([0, 1], { kind: 'reasoning', text: ['Let me', ' see\n'] })], { thought: 'thought for 1 s' });
  const block = { kind: 'reasoning', label: 'thinking', lane: 0, from: 0, to: 1, event: 0, t: 0, below: [] };
  assert.deepEqual(summariesOf(one, [block]), ['thought for 1 s']);
  assert.deepEqual(summariesOf(one, [block, { ...block, from: 1, to: 2 }]), ['Let me', 'see']);
});

test('a heading counts the chunks that have come, and the tokens of a whole block', () => {
  assert.equal(amount(2, 1200, 7), '2 of 1,200 chunks');
  assert.equal(amount(1, 1, 1), '1 chunk · 1 token');
  assert.equal(amount(0, 0, 0), '');
});

test('the copied transcript has each text under its heading', () => {
  const block = { kind: 'tool_call', label: 'add', lane: 0, from: 0, to: 1, event: 0, t: 0, below: [] };
  assert.equal(allText([{ block, text: { whole: '{}' }, below: [{ below: { label: 'result', text: '3' } }] }]), '[add]\n{}\n\n[result]\n3');
});

test('a block grows to the one that begins with its event and its text, wherever its lane is by now', () => {
  /** @param {string} kind @param {number} event @param {number|null} at @param {number} to @param {object} more */
  const one = (kind, event, at, to, more = {}) => ({ kind, label: kind, event, lane: at, from: 0, to, t: event, below: [], ...more });
  const before = [one('content', 3, 0, 1), one('tool_call', 9, 1, 1), one('tool_call', 9, 2, 1)]
    .map((block, index) => ({ block, text: { whole: ['Hel', '{"a"', '{"b"'][index] } }));
  const grown = track([lane([0], { text: ['Hm'] }), lane([1, 2], { text: ['Hel', 'lo'] }), lane([3], { text: ['{"a": 1}'] }), lane([3], { text: ['{"b": 2}'] })]);
  const after = [one('reasoning', 0, 0, 1), one('content', 3, 1, 2), one('tool_call', 9, 2, 1), one('tool_call', 9, 3, 1)];
  assert.deepEqual(grownFrom(before, after, grown), [null, before[0], before[1], before[2]]);
  const changed = track([lane([1], { text: ['Other'] })]);
  assert.deepEqual(grownFrom(before, [one('content', 3, 0, 1)], changed), [null]);
  assert.deepEqual(grownFrom(before, [one('content', 4, 1, 2)], grown), [null]);
});
