// @ts-check
/**
 * What is shown of a session: its head, and a row of its table.
 *
 * @typedef {[text: string, tip: string, value: number|null]} Cell
 * @typedef {{type: 'turn'|'call'|'agent', depth: number, index: number, status: string, note: string, kind: string, words: string, detail: string,
 *   calls: number, compacted: boolean, bars: any[], time: Cell, model: Cell, tools: Cell, input: Cell, cached: Cell, output: Cell, cost: Cell}} Row
 * @typedef {[name: string, label: string, text: string, tip: string, seconds: number|null]} Share
 * @typedef {{title: string, figures: string, shares: Share[], agreements: [agrees: boolean|null, text: string][]}} Head
 */

import { element } from '../../display/deck/dom.js';
import { callTrack, groupTrack } from './session_bars.js';

const ROW_GLYPHS = /** @type {{[status: string]: string}} */ ({ error: '✗', tool: '✗', cut: '✂' });
const COMPACTED = 'The conversation was compacted before this call.';

/** The name of a session, what its time went into, and whether its calls add up. @param {Head} head */
export function sessionHead({ title, figures, shares, agreements }) {
  const legend = element('p', 'legend', ...shares.map(([name, label, text, tip]) => element('span', { title: tip }, element('i', `share-${name}`), `${label} `, element('b', '', text))));
  const sums = agreements.map(([agrees, text]) => element('p', agrees === false ? 'differs' : 'agrees', `${agrees === null ? '' : agrees ? '✓ ' : '▲ '}${text}`));
  return [element('div', 'head', element('h1', '', title), element('p', 'facts', figures)), ...sharesBar(shares), ...(shares.length ? [legend] : []), ...sums];
}

/** The shares as one bar. Without the length of one, the others would look like the whole. @param {Share[]} shares */
function sharesBar(shares) {
  const whole = shares.reduce((sum, share) => sum + (share[4] ?? 0), 0);
  if (!whole || shares.some((share) => share[4] === null)) return [];
  return [element('div', { className: 'shares', ariaHidden: 'true' }, ...shares.map(([name, , , tip, seconds]) => {
    const part = element('span', { className: `share share-${name}`, title: tip });
    part.style.width = `${(100 * (seconds ?? 0)) / whole}%`;
    return part;
  }))];
}

/** @param {Row} row @param {boolean} isNested */
function whatElement(row, isNested) {
  const quoted = row.kind === 'answer' ? `“${row.words}”` : row.words;
  const glyph = row.type === 'call' ? ROW_GLYPHS[row.status] : '';
  const what = element('div', { className: 'what', title: [quoted, row.detail, row.compacted && COMPACTED].filter(Boolean).join('\n') });
  if (isNested && row.depth) what.style.setProperty('--depth', String(Math.min(row.depth, 6)));
  if (row.type !== 'call') what.append(element('span', 'caret'));
  if (row.compacted) what.append(element('span', { className: 'compacted', title: COMPACTED }, '⇤ '));
  what.append(element('span', row.type === 'call' ? `words kind-${row.kind}` : 'words', glyph ? `${glyph} ${quoted}` : quoted));
  if (row.note) what.append(element('span', 'note', row.note));
  const more = row.type === 'turn' ? `${row.calls} call${row.calls === 1 ? '' : 's'}` : row.detail === row.words ? '' : row.detail;
  if (more) what.append(element('span', 'label', more));
  return element('td', 'col-what', what);
}

/**
 * @param {Row} row @param {number} place @param {string[]} columns the names of the columns of numbers
 * @param {boolean} isNested @param {(begin: number, end: number) => void} zoom
 */
export function sessionRow(row, place, columns, isNested, zoom) {
  const isTurn = row.type === 'turn';
  const track = row.type === 'call' ? callTrack(row.bars) : groupTrack(row.bars, isTurn ? `turn ${row.index + 1}` : row.words, zoom);
  const cells = columns.map((column) => {
    const [text, tip] = /** @type {{[column: string]: any}} */ (row)[column];
    return element('td', { className: `col-number col-${column}`, title: tip }, text);
  });
  const number = isTurn ? String(row.index + 1) : row.type === 'agent' ? '' : String(row.index);
  const node = element('tr', { className: `is-${row.status} row-${row.type}`, tabIndex: -1 },
    element('td', 'col-index', number), whatElement(row, isNested), element('td', 'col-bar', track), ...cells);
  node.dataset.place = String(place);
  return node;
}
