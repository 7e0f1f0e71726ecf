// @ts-check
/** The chunk table, with a row for each delta. Only the rows in view are in the page. */

import { button, element } from '../deck/dom.js';
import { secondsOf } from './columns.js';
import { foundIn, rowsShown } from './search.js';

/** @typedef {import('./columns.js').Columns} Columns */

const ROW_HEIGHT = 24;
const SPARE_ROWS = 20;
// Browsers lay out no element higher than about 17 million pixels.
const MAX_ROWS = 600_000;
const MAX_PRINTED_ROWS = 2000;
const MAX_CELL_CHARACTERS = 400;
const SYMBOLS = { '\n': '↵', '\r': '␍', '\t': '⇥' };

/** @param {unknown} value */
const plain = (value) => (value === null ? '' : String(value));
/** @param {import('./columns.js').Value} micros */
const seconds = (micros) => (micros === null ? '' : `${Number(secondsOf(micros)).toFixed(3)}`);
const counted = (/** @type {number} */ count) => count.toLocaleString('en');

/** A text on one line, with line feeds and tabs as symbols. @param {string} text @param {[number, number]|undefined} span the match to mark */
function lineOf(text, span) {
  const cell = element('bdi', '');
  const parts = span ? [text.slice(0, span[0]), text.slice(...span), text.slice(span[1])] : [text];
  parts.forEach((part, index) => {
    const into = index === 1 ? element('mark', '') : cell;
    if (into !== cell) cell.append(into);
    const cut = part.length > MAX_CELL_CHARACTERS ? `${part.slice(0, MAX_CELL_CHARACTERS)} …` : part;
    for (const piece of cut.split(/([\n\r\t])/)) {
      if (piece in SYMBOLS) into.append(element('span', 'symbol', SYMBOLS[/** @type {keyof typeof SYMBOLS} */ (piece)]));
      else if (piece) into.append(piece);
    }
  });
  return cell;
}

/**
 * @param {HTMLElement} root
 * @param {{columns: Columns, kinds: string[], grades: string[], shown: string[], note: string}} table
 * @param {(seconds: number) => void} seek
 */
export function mountTable(root, { columns, kinds, grades, shown, note }, seek) {
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

  const find = element('input', { type: 'search', placeholder: 'Search the text', ariaLabel: 'Search the chunks' });
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
  const status = element('span', { className: 'note', role: 'status' });
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
    const room = isWhole ? MAX_PRINTED_ROWS : Math.ceil(box.clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS;
    const to = Math.min(rows.length, MAX_ROWS, from + room);
    if (from === first && to === last) return;
    [first, last] = [from, to];
    // Spacers take the height of the rows that are not in the page.
    above.style.height = `${from * ROW_HEIGHT}px`;
    below.style.height = `${isWhole ? 0 : (Math.min(rows.length, MAX_ROWS) - to) * ROW_HEIGHT}px`;
    body.replaceChildren(above, ...rows.slice(from, to).map((row, place) => {
      const line = element('tr', '', ...shown.map((name) => element('td', `cell-${name}`, cells[name][1](row))));
      line.setAttribute('aria-rowindex', String(from + place + 2));
      return line;
    }), below);
  }

  function narrow() {
    found = find.value ? foundIn(texts, laneOfRow, find.value) : null;
    rows = rowsShown(kindOf, chosen, found);
    const most = rows.length > MAX_ROWS ? `, the first ${counted(MAX_ROWS)} listed` : '';
    status.textContent = `${counted(rows.length)} of ${counted(texts.length)} chunks${most}`;
    table.setAttribute('aria-rowcount', String(rows.length + 1));
    // The height is fixed here, so that the browser does not lay out the page again for every row.
    box.style.height = `${(Math.min(rows.length, MAX_ROWS) + 1) * ROW_HEIGHT + 3}px`;
    box.scrollTop = 0;
    first = -1;
    draw();
  }

  /** Show as many rows as are printed, or only those in view. @param {boolean} whole */
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
  root.replaceChildren(element('div', 'tools', find, ...(present.length > 1 ? filters : []), status), element('p', 'note', note), box);
  narrow();
  return { expand };
}
