// @ts-check
/** What the cells of the tables of chunks and events show. */

import { element } from './deck/dom.js';

/**
 * @typedef {import('./deck/packing.js').Value} Value
 * @typedef {{[name: string]: Value[]}} Columns
 * @typedef {import('./virtual_table.js').Column} Column
 */

const MAX_CELL_CHARACTERS = 400;
const SYMBOLS = { '\n': '↵', '\r': '␍', '\t': '⇥' };

/** @param {Value} value */
const plain = (value) => (value === null ? '' : String(value));
/** @param {Value} micros */
const seconds = (micros) => (micros === null ? '' : (Number(micros) / 1e6).toFixed(3));

/** A text on one line, with line feeds and tabs as symbols. @param {string} text @param {[number, number]|undefined} span the match to mark */
export function lineOf(text, span = undefined) {
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
 * What each column of the chunk table shows.
 * @param {Columns} columns times in microseconds, tokens in thousandths @param {string[]} kinds @param {string[]} grades
 * @param {(row: number) => [number, number]|undefined} spanOf the match to mark in a row @returns {{[name: string]: Column}}
 */
export function chunkCells(columns, kinds, grades, spanOf) {
  /** @param {number} row */
  const kind = (row) => kinds[Number(columns.kind[row])];
  return {
    event: { title: 'event', cell: (row) => plain(columns.event[row]) },
    kind: { title: 'kind', cell: (row) => element('span', `kind kind-${kind(row)}`, kind(row).replace('_', ' ')) },
    text: { title: 'text', cell: (row) => lineOf(String(columns.text[row]), spanOf(row)) },
    t: { title: 't, s', cell: (row) => seconds(columns.t[row]) },
    t_low: { title: 'from, s', cell: (row) => seconds(columns.t_low[row]) },
    t_high: { title: 'to, s', cell: (row) => seconds(columns.t_high[row]) },
    tokens: { title: 'tokens', cell: (row) => plain(columns.tokens[row] === null ? null : Math.round(Number(columns.tokens[row]) / 10) / 100) },
    choice: { title: 'choice', cell: (row) => plain(columns.choice[row]) },
    tool: { title: 'tool', cell: (row) => plain(columns.tool[row]) },
    grade: { title: 'grade', cell: (row) => grades[Number(columns.grade[row])] },
    stamp: { title: 'stamp, s', cell: (row) => plain(columns.stamp[row] === null ? null : Number(columns.stamp[row]) / 1e6) },
    offset: { title: 'offset, B', cell: (row) => plain(columns.offset[row]) },
    size: { title: 'size, B', cell: (row) => plain(columns.size[row]) },
  };
}

/** What each column of the table of events shows. @param {Columns} columns @param {string[]} types @returns {{[name: string]: Column}} */
export function eventCells(columns, types) {
  return {
    event: { title: '#', cell: (row) => plain(columns.event[row]) },
    id: { title: 'id', cell: (row) => lineOf(plain(columns.id[row])) },
    type: { title: 'type', cell: (row) => lineOf(types[Number(columns.type[row])]) },
    data: { title: 'data', cell: (row) => lineOf(String(columns.data[row])) },
    size: { title: 'size, B', cell: (row) => plain(columns.size[row]) },
    t: { title: 't, s', cell: (row) => seconds(columns.t[row]) },
  };
}
