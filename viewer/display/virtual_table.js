// @ts-check
/**
 * A table of very many rows, of which only those in view are in the page. A row is selected by a click or the arrow keys.
 *
 * @typedef {{title: string, cell: (row: number) => Node|string}} Column
 * @typedef {{columns: {[name: string]: Column}, shown: string[], label: string, onSelect: (row: number) => void}} Options
 *   `columns` say what a row of the data shows, `shown` which of them there are. `onSelect` is called when the user selects a row.
 */

import { element } from './deck/dom.js';

export const ROW_HEIGHT = 24;
const SPARE_ROWS = 20;
// Browsers lay out no element higher than about 17 million pixels.
export const MAX_ROWS = 600_000;
const MAX_PRINTED_ROWS = 2000;

export class VirtualTable {
  /** @type {number[]} The rows of the data that are listed, in order. */
  #rows = [];
  /** @type {number|null} A row of the data. */
  #selected = null;
  #first = -1;
  #last = -1;
  #isWhole = false;
  #options;
  #body = element('tbody', '');
  #table;
  // Spacers take the height of the rows that are not in the page.
  #above = spacer();
  #below = spacer();

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    const titles = options.shown.map((name) => element('th', { scope: 'col', className: `cell-${name}` }, options.columns[name].title));
    this.#table = element('table', { className: 'rows', role: 'grid', tabIndex: 0, ariaLabel: options.label },
      element('thead', '', element('tr', '', ...titles)), this.#body);
    this.box = element('div', 'scroll', this.#table);
    this.box.addEventListener('scroll', () => this.#draw(), { passive: true });
    this.#table.addEventListener('keydown', (event) => this.#press(event));
    this.#body.addEventListener('click', (event) => {
      const line = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest('tr[aria-rowindex]'));
      // Whoever marks text with the mouse does not mean to select the row.
      if (line && getSelection()?.isCollapsed !== false) this.#choose(Number(line.ariaRowIndex) - 2);
    });
  }

  /** List some rows of the data, in order. @param {number[]} rows */
  list(rows) {
    this.#rows = rows;
    this.#table.setAttribute('aria-rowcount', String(rows.length + 1));
    // The height is fixed here, so that the browser does not lay out the page again for every row.
    this.box.style.height = `${(this.#count + 1) * ROW_HEIGHT + 3}px`;
    this.box.scrollTop = 0;
    this.#drawAnew();
  }

  get selected() {
    return this.#selected;
  }

  /** Mark a row of the data and scroll to it, or mark none. @param {number|null} row */
  select(row) {
    this.#selected = row;
    const place = row === null ? -1 : placeOf(this.#rows, row);
    if (place >= 0 && place < this.#count) this.#reveal(place);
    this.#drawAnew();
  }

  /** Show as many rows as are printed, or only those in view. @param {boolean} isWhole */
  expand(isWhole) {
    this.#isWhole = isWhole;
    this.#drawAnew();
  }

  get #count() {
    return Math.min(this.#rows.length, MAX_ROWS);
  }

  #drawAnew() {
    this.#first = -1;
    this.#draw();
  }

  #draw() {
    const from = this.#isWhole ? 0 : Math.max(0, Math.floor(this.box.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const room = this.#isWhole ? MAX_PRINTED_ROWS : Math.ceil(this.box.clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS;
    const to = Math.min(this.#count, from + room);
    if (from === this.#first && to === this.#last) return;
    [this.#first, this.#last] = [from, to];
    this.#above.style.height = `${from * ROW_HEIGHT}px`;
    this.#below.style.height = `${this.#isWhole ? 0 : (this.#count - to) * ROW_HEIGHT}px`;
    const lines = this.#rows.slice(from, to).map((row, place) => this.#line(row, from + place));
    this.#body.replaceChildren(this.#above, ...lines, this.#below);
    const marked = this.#body.querySelector('[aria-selected]');
    if (marked) this.#table.setAttribute('aria-activedescendant', marked.id);
    else this.#table.removeAttribute('aria-activedescendant');
  }

  /** @param {number} row @param {number} place */
  #line(row, place) {
    const { columns, shown } = this.#options;
    const line = element('tr', { id: `row-${place}`, ariaRowIndex: String(place + 2) },
      ...shown.map((name) => element('td', `cell-${name}`, columns[name].cell(row))));
    if (row === this.#selected) line.ariaSelected = 'true';
    return line;
  }

  /** @param {number} place */
  #reveal(place) {
    const top = place * ROW_HEIGHT;
    // The head covers the first row in sight.
    const room = this.box.clientHeight - 2 * ROW_HEIGHT;
    if (top < this.box.scrollTop || top > this.box.scrollTop + room) this.box.scrollTop = Math.max(0, top - room / 2);
  }

  /** @param {number} place */
  #choose(place) {
    const row = this.#rows[Math.max(0, Math.min(this.#count - 1, place))];
    if (row === undefined) return;
    this.select(row);
    this.#options.onSelect(row);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.#table) return;
    const here = this.#selected === null ? -1 : placeOf(this.#rows, this.#selected);
    const page = Math.max(1, Math.floor(this.box.clientHeight / ROW_HEIGHT) - 2);
    /** @type {{[key: string]: number}} */
    const places = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + page, PageUp: here - page, Home: 0, End: this.#count - 1 };
    if (!(event.key in places)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose(places[event.key]);
  }
}

function spacer() {
  const row = element('tr', '');
  row.setAttribute('aria-hidden', 'true');
  return row;
}

/** The first place of a number among ascending numbers, or -1. @param {number[]} numbers @param {number} wanted */
export function placeOf(numbers, wanted) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === wanted ? low : -1;
}
