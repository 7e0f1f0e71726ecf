// @ts-check
/**
 * JSON as it was recorded. `JSON.parse` would round long numbers, sort keys that are numbers and drop repeated keys.
 *
 * @typedef {{kind: 'object', names: string[], values: Value[]}} ObjectValue
 * @typedef {{kind: 'array', values: Value[]}} ArrayValue
 * @typedef {{kind: 'string', text: string} | {kind: 'number', text: string} | {kind: 'literal', text: string}} Scalar
 *   The text of a string is decoded. That of a number or literal is as recorded.
 * @typedef {ObjectValue | ArrayValue | Scalar} Value
 */

const MAX_DEPTH = 1000;
const SPACE = /[\s\ufeff]*/y;
// NaN and infinities are what some SDKs write.
const SCALAR = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|-?Infinity|NaN|true|false|null/y;
const CONTROL = /[\u0000-\u001f]/g;
const NAME = /^[A-Za-z_]\w*$/;

/** @param {string} text @returns {Value} Throws a SyntaxError if the text is not one JSON value. */
export function parseJson(text) {
  let place = 0;

  const fail = () => new SyntaxError(`not JSON at character ${place}`);

  function skipSpace() {
    SPACE.lastIndex = place;
    SPACE.test(text);
    place = SPACE.lastIndex;
  }

  /** @param {string} character */
  function take(character) {
    skipSpace();
    if (text[place] !== character) return false;
    place += 1;
    return true;
  }

  function readString() {
    const begin = place;
    let end = begin;
    let escapes;
    do {
      end = text.indexOf('"', end + 1);
      if (end < 0) throw fail();
      escapes = 0;
      while (text[end - 1 - escapes] === '\\') escapes += 1;
    } while (escapes % 2);
    place = end + 1;
    const inside = text.slice(begin + 1, end);
    if (!inside.includes('\\')) return inside;
    // Some servers leave control characters in strings unescaped.
    return /** @type {string} */ (JSON.parse(`"${inside.replace(CONTROL, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`));
  }

  /** @param {number} depth @returns {ObjectValue} */
  function readObject(depth) {
    /** @type {ObjectValue} */
    const value = { kind: 'object', names: [], values: [] };
    place += 1;
    if (take('}')) return value;
    do {
      skipSpace();
      if (text[place] !== '"') throw fail();
      value.names.push(readString());
      if (!take(':')) throw fail();
      value.values.push(read(depth + 1));
    } while (take(','));
    if (!take('}')) throw fail();
    return value;
  }

  /** @param {number} depth @returns {ArrayValue} */
  function readArray(depth) {
    /** @type {ArrayValue} */
    const value = { kind: 'array', values: [] };
    place += 1;
    if (take(']')) return value;
    do value.values.push(read(depth + 1)); while (take(','));
    if (!take(']')) throw fail();
    return value;
  }

  /** @param {number} depth @returns {Value} */
  function read(depth) {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deeply');
    skipSpace();
    if (text[place] === '{') return readObject(depth);
    if (text[place] === '[') return readArray(depth);
    if (text[place] === '"') return { kind: 'string', text: readString() };
    SCALAR.lastIndex = place;
    const found = SCALAR.exec(text)?.[0];
    if (!found) throw fail();
    place += found.length;
    return { kind: /\d/.test(found) ? 'number' : 'literal', text: found };
  }

  const value = read(0);
  skipSpace();
  if (place < text.length) throw fail();
  return value;
}

/** A value as indented JSON. Numbers keep their digits. @param {Value} value @param {string} indent @returns {string} */
export function writeJson(value, indent = '') {
  if (value.kind === 'string') return JSON.stringify(value.text);
  if (value.kind === 'number' || value.kind === 'literal') return value.text;
  const inner = `${indent}  `;
  const names = value.kind === 'object' ? value.names.map((name) => `${JSON.stringify(name)}: `) : [];
  const lines = value.values.map((one, place) => `${inner}${names[place] ?? ''}${writeJson(one, inner)}`);
  const [open, close] = value.kind === 'object' ? '{}' : '[]';
  return lines.length ? `${open}\n${lines.join(',\n')}\n${indent}${close}` : open + close;
}

/** The path of a member as jq reads it: `.choices[0].delta`. @param {string} parent @param {string|number} member the name or the index */
export function pathOf(parent, member) {
  if (typeof member === 'number') return `${parent || '.'}[${member}]`;
  return NAME.test(member) ? `${parent}.${member}` : `${parent || '.'}[${JSON.stringify(member)}]`;
}

/** How many values there are in a value, itself included, but no more than `most`. @param {Value} value @param {number} most */
export function countValues(value, most) {
  let count = 0;
  const waiting = [value];
  while (waiting.length && count < most) {
    const one = /** @type {Value} */ (waiting.pop());
    count += 1;
    if ('values' in one) for (const inner of one.values.slice(0, most - count)) waiting.push(inner);
  }
  return count;
}
