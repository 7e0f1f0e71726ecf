// @ts-check
/** The chunk table: a row for each thing that an event adds; only the rows in sight are in the page. */

import { button, element } from '../deck/dom.js';
import { secondsOf } from './columns.js';
import { foundIn, rowsShown } from './search.js';

/** @typedef {import('./columns.js').Columns} Columns */

const ROW_HEIGHT = 24;
const SPARE_ROWS = 20;
// Browsers lay out no element that is higher than some 17 million pixels.
const MOST_ROWS = 600_000;
const MOST_PRINTED = 2000;
const LONGEST_CELL = 400;
const SIGNS = { '\n': '↵', '\r': '␍', '\t': '⇥' };

/** @param {unknown} value */
const plain = (value) => (value === null ? '' : String(value));
/** @param {import('./columns.js').Value} micros */
const seconds = (micros) => (micros === null ? '' : `${Number(secondsOf(micros)).toFixed(3)}`);
const counted = (/** @type {number} */ count) => count.toLocaleString('en');

/** A text on one line: what would break it is shown as a sign. @param {string} text @param {[number, number]|undefined} span what was found in it */
function lineOf(text, span) {
  const cell = element('bdi', '');
  const parts = span ? [text.slice(0, span[0]), text.slice(...span), text.slice(span[1])] : [text];
  parts.forEach((part, index) => {
    const into = index === 1 ? element('mark', '') : cell;
    if (into !== cell) cell.append(into);
    const cut = part.length > LONGEST_CELL ? `${part.slice(0, LONGEST_CELL)} …` : part;
    for (const piece of cut.split(/([\n\r\t])/)) {
      if (piece in SIGNS) into.append(element('span', 'sign', SIGNS[/** @type {keyof typeof SIGNS} */ (piece)]));
      else if (piece) into.append(piece);
    }
  });
  return cell;
}

/**
 * @param {HTMLElement} root
 * @param {{columns: Columns, kinds: string[], grades: string[], shown: string[], known: string}} table
 * @param {(seconds: number) => void} seek
 */
export function mountTable(root, { columns, kinds, grades, shown, known }, seek) {
  const texts = columns.text.map(String);
  const kindOf = columns.kind.map(Number);
  const laneOfRow = texts.map((_, row) => `${columns.choice[row]}/${columns.kind[row]}/${columns.tool[row]}`);
  const present = [...new Set(kindOf)].sort((one, other) => one - other);
  /** @type {Set<number|string>} */
  const chosen = new Set();
  let rows = rowsShown(kindOf, chosen, null);
  /** @type {ReturnType<typeof foundIn>|null} */
  let found = null;

  /** @type {{[name: string]: [string, (row: number) => Node|string]}} */
  const cells = {
    event: ['event', (row) => plain(columns.event[row])],
    kind: ['kind', (row) => element('span', `kind kind-${kinds[kindOf[row]]}`, kinds[kindOf[row]].replace('_', ' '))],
    text: ['text', (row) => lineOf(texts[row], found?.get(row))],
    t: ['t, s', (row) => button(seconds(columns.t[row]), 'Play from here', () => seek(Number(secondsOf(columns.t[row]))), 'at')],
    t_low: ['from, s', (row) => seconds(columns.t_low[row])],
    t_high: ['to, s', (row) => seconds(columns.t_high[row])],
    tokens: ['tokens', (row) => plain(columns.tokens[row] === null ? null : Math.round(Number(columns.tokens[row]) / 10) / 100)],
    choice: ['choice', (row) => plain(columns.choice[row])],
    tool: ['tool', (row) => plain(columns.tool[row])],
    grade: ['grade', (row) => grades[Number(columns.grade[row])]],
    stamp: ['stamp, s', (row) => plain(secondsOf(columns.stamp[row]))],
    offset: ['offset, B', (row) => plain(columns.offset[row])],
    size: ['size, B', (row) => plain(columns.size[row])],
  };

  const find = element('input', { type: 'search', placeholder: 'Search in the text', ariaLabel: 'Search in the chunks' });
  const filters = present.map((kind) => {
    const count = kindOf.reduce((sum, one) => sum + Number(one === kind), 0);
    const name = kinds[kind].replace('_', ' ');
    const toggle = button(`${name} ${counted(count)}`, `Only ${name}`, () => {
      if (!chosen.delete(kind)) chosen.add(kind);
      toggle.ariaPressed = String(chosen.has(kind));
      narrow();
    }, `kind kind-${kinds[kind]}`);
    toggle.ariaPressed = 'false';
    return toggle;
  });
  const said = element('span', { className: 'note', role: 'status' });
  const [above, below] = [element('tr', ''), element('tr', '')].map((row) => {
    row.setAttribute('aria-hidden', 'true');
    return row;
  });
  const body = element('tbody', '');
  const table = element('table', 'chunks',
    element('thead', '', element('tr', '', ...shown.map((name) => element('th', { scope: 'col', className: `cell-${name}` }, cells[name][0])))),
    body);
  const box = element('div', { className: 'scroll', tabIndex: 0, role: 'group', ariaLabel: 'Chunks' }, table);

  let first = -1;
  let last = -1;
  let isWhole = false;

  function draw() {
    const from = isWhole ? 0 : Math.max(0, Math.floor(box.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const room = isWhole ? MOST_PRINTED : Math.ceil(box.clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS;
    const to = Math.min(rows.length, MOST_ROWS, from + room);
    if (from === first && to === last) return;
    [first, last] = [from, to];
    // Of an even number, so that the stripes of the rows stay where they are.
    above.style.height = `${from * ROW_HEIGHT}px`;
    below.style.height = `${isWhole ? 0 : (Math.min(rows.length, MOST_ROWS) - to) * ROW_HEIGHT}px`;
    body.replaceChildren(above, ...rows.slice(from, to).map((row, place) => {
      const line = element('tr', '', ...shown.map((name) => element('td', `cell-${name}`, cells[name][1](row))));
      line.setAttribute('aria-rowindex', String(from + place + 2));
      return line;
    }), below);
  }

  function narrow() {
    found = find.value ? foundIn(texts, laneOfRow, find.value) : null;
    rows = rowsShown(kindOf, chosen, found);
    const most = rows.length > MOST_ROWS ? `, the first ${counted(MOST_ROWS)} listed` : '';
    said.textContent = `${counted(rows.length)} of ${counted(texts.length)} chunks${most}`;
    table.setAttribute('aria-rowcount', String(rows.length + 1));
    // No element inside decides over the height of the box, or the browser would lay out the page anew for each row.
    box.style.height = `${(Math.min(rows.length, MOST_ROWS) + 1) * ROW_HEIGHT + 3}px`;
    box.scrollTop = 0;
    first = -1;
    draw();
  }

  /** Show all rows that a sheet of paper has room for, or those in sight. @param {boolean} whole */
  function expand(whole) {
    isWhole = whole;
    first = -1;
    draw();
  }

  let waiting = 0;
  find.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(narrow, 120);
  });
  box.addEventListener('scroll', draw, { passive: true });
  root.replaceChildren(element('div', 'tools', find, ...(present.length > 1 ? filters : []), said), element('p', 'note', known), box);
  narrow();
  return { expand };
}
