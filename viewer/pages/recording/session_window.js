// @ts-check
/**
 * The rows of a table that are scrolled into sight. With a thousand rows in the table, each zoom would take a second.
 *
 * @typedef {{show: (places: number[], current?: number) => void, walk: (steps: number) => void, goToPlace: (place: number) => void,
 *   cursor: () => number, count: () => number, page: () => number}} RowWindow
 */

import { element } from '../../display/deck/dom.js';

// As the style sets them.
const [ROW_PX, HEAD_PX] = [28, 28];
const SPARE_ROWS = 8;

/** Let Tab reach one row and what is in it. @param {HTMLElement} body @param {HTMLElement|undefined} row */
function focusOne(body, row) {
  for (const node of body.querySelectorAll('[tabindex="0"]')) /** @type {HTMLElement} */ (node).tabIndex = -1;
  if (!row) return;
  row.tabIndex = 0;
  for (const link of row.querySelectorAll('button')) link.tabIndex = 0;
}

/** Change the children of an element without moving those that stay: a moved one would lose the focus. @param {HTMLElement} body @param {HTMLElement[]} wanted @param {HTMLElement} scroller */
function replaceRows(body, wanted, scroller) {
  const kept = new Set(/** @type {Element[]} */ (wanted));
  const root = /** @type {ShadowRoot|Document} */ (scroller.getRootNode());
  for (const child of [...body.children]) {
    if (kept.has(child)) continue;
    // Keys go on from the row that is scrolled out of sight.
    if (child.contains(root.activeElement)) scroller.focus({ preventScroll: true });
    child.remove();
  }
  wanted.forEach((node, at) => { if (body.children[at] !== node) body.insertBefore(node, body.children[at] ?? null); });
}

/**
 * @param {HTMLElement} scroller which holds the table @param {HTMLTableSectionElement} body
 * @param {(place: number, at: number) => HTMLElement} rowAt the row of a place, as the row with this number in the table
 * @returns {RowWindow}
 */
export function rowWindow(scroller, body, rowAt) {
  const [above, below] = [0, 0].map(() => element('tr', { className: 'spacer', ariaHidden: 'true' }));
  /** The rows in the order of the table, and the one that keys start from. @type {number[]} */
  let places = [];
  let cursor = 0;

  function draw() {
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW_PX) - SPARE_ROWS);
    const stop = Math.min(places.length, first + Math.ceil((scroller.clientHeight || innerHeight) / ROW_PX) + 2 * SPARE_ROWS);
    const shown = places.slice(first, stop);
    const nodes = shown.map((place, at) => rowAt(place, first + at));
    above.style.height = `${first * ROW_PX}px`;
    below.style.height = `${(places.length - stop) * ROW_PX}px`;
    replaceRows(body, [above, ...nodes, below], scroller);
    focusOne(body, nodes[Math.max(shown.indexOf(cursor), 0)]);
  }

  /** Go to a row. @param {number} at its number in the table */
  function goTo(at) {
    const row = Math.min(Math.max(at, 0), places.length - 1);
    cursor = places[row];
    const [top, height] = [row * ROW_PX, scroller.clientHeight - HEAD_PX];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW_PX > scroller.scrollTop + height) scroller.scrollTop = top + ROW_PX - height;
    draw();
    rowAt(cursor, row).focus({ preventScroll: true });
  }

  scroller.addEventListener('scroll', draw);
  return {
    show(shown, current = cursor) {
      places = shown;
      cursor = shown.includes(current) ? current : shown[0] ?? 0;
      draw();
    },
    walk: (steps) => goTo(places.indexOf(cursor) + steps),
    goToPlace: (place) => goTo(places.indexOf(place)),
    cursor: () => cursor,
    count: () => places.length,
    page: () => Math.floor(scroller.clientHeight / ROW_PX) - 2,
  };
}
