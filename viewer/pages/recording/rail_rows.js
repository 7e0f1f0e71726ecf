// @ts-check
/**
 * The rows of the rail as elements: one for all calls, then the calls and, in a session, the turns and subagents that they belong to.
 *
 * @typedef {import('./rail_tree.js').TreeRow & {index: number, status: 'ok'|'error'|'tool'|'cut'|'other', note: string, kind: string,
 *   words: string, input: number, output: number, tokens: string, time: string, compacted?: boolean}} CallRow
 * @typedef {import('./rail_tree.js').TreeRow & {index: number, number: string, status: 'ok'|'tool', note: string, words: string,
 *   detail: string, figures: string}} GroupRow
 * @typedef {CallRow|GroupRow} Row
 * @typedef {{title: string, figures: string, rows: Row[]}} Calls
 */

import { element } from '../../display/deck/dom.js';

const ALL_CALLS = -1;
const MOST_INDENTED = 6;
const GLYPHS = { ok: '', error: '✗', tool: '✗', cut: '✂', other: '·' };
const STATUS_NAMES = { ok: '', error: 'error', tool: 'tool failed', cut: 'cut off', other: 'not a call of a model' };

/** @param {Row} row @returns {row is GroupRow} */
export const isGroup = (row) => row.type === 'turn' || row.type === 'agent';

/** @param {CallRow} row @param {number} most the most tokens of a call */
function callElement(row, most) {
  const quoted = row.kind === 'answer' ? `“${row.words}”` : row.words;
  const status = [...new Set([STATUS_NAMES[row.status], row.note])].filter(Boolean).join(', ');
  const bar = element('span', 'rail-bar');
  for (const kind of /** @type {const} */ (['input', 'output'])) {
    if (!row[kind]) continue;
    const part = element('span', `rail-${kind}`);
    part.style.width = `${(100 * row[kind]) / most}%`;
    bar.append(part);
  }
  const node = element('div', {
    className: `rail-row rail-is-${row.status}`, id: `rail-${row.index}`, title: row.compacted ? `${quoted}\nThe conversation was compacted before this call.` : quoted,
    ariaLabel: [`${row.index}: ${quoted}`, status, row.compacted && 'after compaction', row.tokens, row.time].filter(Boolean).join(', '),
  },
  element('span', 'rail-glyph', GLYPHS[row.status] || (row.compacted ? '⇤' : '')), element('span', 'rail-index', String(row.index)),
  element('span', `rail-words rail-kind-${row.kind}`, quoted), element('span', 'rail-note', row.note));
  if (row.status !== 'other') {
    node.append(element('span', 'rail-more', ...(bar.hasChildNodes() ? [bar] : []), element('span', 'rail-tokens', row.tokens), element('span', 'rail-time', row.time)));
  }
  return node;
}

/** @param {GroupRow} row */
function groupElement(row) {
  const name = row.type === 'turn' ? `Turn ${row.number}: ${row.words}` : `Subagent ${row.words}: ${row.detail}`;
  return element('div', {
    className: `rail-row rail-group rail-${row.type} rail-is-${row.status}`, id: `rail-${row.type}-${row.index}`,
    title: row.detail ? `${row.words}: ${row.detail}` : row.words, ariaLabel: [name, row.figures, row.note].filter(Boolean).join(', '),
  },
  element('span', 'rail-caret'), element('span', 'rail-index', row.number),
  element('span', 'rail-words', element('b', '', row.words), ...(row.detail ? [element('span', 'rail-detail', row.detail)] : [])),
  element('span', 'rail-note', row.note), element('span', 'rail-more', element('span', '', row.figures)));
}

/** @param {Calls} calls */
function allElement({ title, figures }) {
  return element('div', { className: 'rail-row rail-all', id: `rail-${ALL_CALLS}`, ariaLabel: [title, figures].filter(Boolean).join(': ') },
    element('span', 'rail-title', title), element('span', 'rail-figures', figures));
}

/** The level of a row of the tree; the row of all calls is beside the turns. @param {Row|undefined} row */
function levelOf(row) {
  if (!row || row.type === 'turn') return 1;
  return 2 + 2 * (row.depth ?? 0) - Number(row.type === 'agent');
}

/**
 * What makes the element of a row by its place; -1 is the row of all calls. Each is made once, when it is first in sight.
 * @param {Calls} calls @param {boolean} isTree @returns {(place: number) => HTMLElement}
 */
export function rowMaker(calls, isTree) {
  const most = calls.rows.reduce((high, row) => (isGroup(row) ? high : Math.max(high, row.input + row.output)), 1);
  /** @type {Map<number, HTMLElement>} */
  const made = new Map();
  return (place) => {
    const before = made.get(place);
    if (before) return before;
    const row = calls.rows[place];
    const node = row ? (isGroup(row) ? groupElement(row) : callElement(row, most)) : allElement(calls);
    made.set(place, node);
    node.role = isTree ? 'treeitem' : 'option';
    node.ariaSelected = 'false';
    node.dataset.place = String(place);
    if (isTree) node.ariaLevel = String(levelOf(row));
    if (row?.depth) node.style.setProperty('--depth', String(Math.min(row.depth, MOST_INDENTED)));
    return node;
  };
}
