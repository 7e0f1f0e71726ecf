// @ts-check
/**
 * The order of the rows of the grid of calls.
 *
 * @typedef {'index'|'ended'|'started'|'length'|'input'|'output'|'cost'|'time'|'model'|'tools'|'cached'} Column
 * @typedef {{index: number, status: string, started: [string, string, number|null], length: [string, string, number|null],
 *   input: [string, number|null], output: [string, number|null], cost: [string, string, number|null]}} SortableCall
 * @typedef {{index: number, status: string} & {[column: string]: any}} Sortable
 * @typedef {{column: Column, descending: boolean}} Order
 */

/** What went wrong with a call, the worst last. */
const STATUSES = ['ok', 'cut', 'tool', 'error'];

/** What a row is sorted by; null sorts last. @param {Sortable} row @param {Column} column @returns {number|null} */
function valueOf(row, column) {
  if (column === 'index') return row.index;
  return column === 'ended' ? STATUSES.indexOf(row.status) : row[column].at(-1);
}

/**
 * The rows in an order. Rows without a value come last, and equal ones stay in the order of the calls.
 * @template {Sortable} R @param {R[]} rows in the order of the calls @param {Order} order @returns {R[]}
 */
export function inOrder(rows, { column, descending }) {
  if (column === 'index') return descending ? [...rows].reverse() : rows;
  return [...rows].sort((one, other) => {
    const [left, right] = [valueOf(one, column), valueOf(other, column)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return descending ? right - left : left - right;
  });
}

/** The order after a click on the head of a column: the largest first, then the smallest, then the order of the calls. @param {Order} order @param {Column} column @returns {Order} */
export function nextOrder(order, column) {
  if (column === 'index') return { column, descending: order.column === column && !order.descending };
  if (order.column !== column) return { column, descending: column !== 'started' };
  return order.descending === (column !== 'started') ? { column, descending: !order.descending } : { column: 'index', descending: false };
}
