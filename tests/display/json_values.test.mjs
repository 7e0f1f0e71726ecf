// @ts-check
// JSON read and written as it was recorded.
import assert from 'node:assert/strict';
import test from 'node:test';

import { countValues, parseJson, pathOf, writeJson } from '../../viewer/display/json_values.js';

/** @param {string} text */
function fails(text) {
  try {
    parseJson(text);
  } catch (error) {
    return error instanceof SyntaxError;
  }
  return false;
}

test('numbers keep their digits, and members their order and their repetitions', () => {
  const value = parseJson('{"b": 12345678901234567890, "2": 1.10, "1": -0, "b": 1E5}');
  assert.deepEqual(value, {
    kind: 'object',
    names: ['b', '2', '1', 'b'],
    values: ['12345678901234567890', '1.10', '-0', '1E5'].map((text) => ({ kind: 'number', text })),
  });
  assert.equal(writeJson(value), '{\n  "b": 12345678901234567890,\n  "2": 1.10,\n  "1": -0,\n  "b": 1E5\n}');
});

test('what is written is read as the same value as JSON.parse reads', () => {
  const text = '\ufeff [ {"a": [], "b": {}, "é": "\\u00e9\\n\\"\\\\"}, true, false, null, "\\ud83d" ] ';
  assert.deepEqual(JSON.parse(writeJson(parseJson(text))), JSON.parse(text.trim()));
});

test('a string ends at its own quote, whatever backslashes are before it', () => {
  assert.deepEqual(parseJson('"a\\\\"'), { kind: 'string', text: 'a\\' });
  assert.deepEqual(parseJson('"a\\\\\\""'), { kind: 'string', text: 'a\\"' });
  assert.deepEqual(parseJson('"raw\ttab \\t escaped\n"'), { kind: 'string', text: 'raw\ttab \t escaped\n' });
});

test('values that only some SDKs write are read', () => {
  assert.deepEqual(parseJson('[NaN,-Infinity]'), { kind: 'array', values: [{ kind: 'literal', text: 'NaN' }, { kind: 'literal', text: '-Infinity' }] });
});

test('what is not one JSON value is refused', () => {
  for (const text of ['', '[DONE]', '{', '{"a"}', '{"a":1,}', '[1 2]', '{} {}', '"open', 'data: {}', '{a: 1}', '01x', '['.repeat(100_000)]) {
    assert.ok(fails(text), text.slice(0, 20));
  }
});

test('a path is one that jq reads', () => {
  assert.equal(pathOf(pathOf(pathOf('', 'choices'), 0), 'delta'), '.choices[0].delta');
  assert.equal(pathOf('', 0), '.[0]');
  assert.equal(pathOf('', 'a b'), '.["a b"]');
  assert.equal(pathOf('.x', '"'), '.x["\\""]');
});

test('values are counted up to a limit', () => {
  assert.equal(countValues(parseJson('{"a": [1, 2], "b": 3}'), 100), 5);
  assert.equal(countValues(parseJson(`[${'1,'.repeat(5000)}1]`), 3000), 3000);
});

test('a megabyte is read in a moment', () => {
  const text = `[${Array.from({ length: 20_000 }, (_, index) => `{"id": ${index}, "text": "some \\"words\\" of a chunk"}`).join(',')}]`;
  const begin = performance.now();
  const value = parseJson(text);
  assert.ok(performance.now() - begin < 1000);
  assert.equal('values' in value && value.values.length, 20_000);
});
