// @ts-check
/** One row of the library as elements. Its first line is a link, which covers the whole row. */

import { element } from '../../display/deck/dom.js';
import { FIGURES, splitPath } from './rows.js';

/**
 * @typedef {import('./rows.js').Table} Table
 * @typedef {[column: string, place: string, before: string, found: string, after: string]} Hit
 * @typedef {{ticked: boolean, canTick: boolean, active: boolean, index: number}} RowState
 */

const HIT_COLUMNS = /** @type {{[column: string]: string}} */ (
  { content: 'answer', reasoning: 'reasoning', tools: 'tool call', request: 'request' });
const PREFIXES = /** @type {{[source: string]: string}} */ ({ asked: 'Asked: ', tools: 'Calls ', error: 'Error: ' });

/** The query that opens a row. @param {Table} table @param {number} row */
export const recordingQuery = (table, row) =>
  new URLSearchParams({ file: table.recordings[table.rows.recording[row]][0], stream: String(table.rows.interaction[row]) });

/** The query that opens a row where the search has found something. @param {Table} table @param {number} row @param {Hit} hit */
export function hitQuery(table, row, hit) {
  const query = recordingQuery(table, row);
  query.set('at', hit[1]);
  return query;
}

/** @param {Table} table @param {number} row @param {Hit[]} hits @param {RowState} state */
export function rowView(table, row, hits, state) {
  const { rows } = table;
  const text = rows.text[row] || 'No text';
  const link = element('a', { className: `first ${rows.source[row]}`, href: `./?${recordingQuery(table, row)}`, tabIndex: state.active ? 0 : -1 },
    `${PREFIXES[rows.source[row]] ?? ''}${text}`);
  link.dataset.go = 'recording';
  const tick = element('input', { type: 'checkbox', checked: state.ticked, disabled: !state.ticked && !state.canTick, tabIndex: -1,
    ariaLabel: `Compare: ${text.slice(0, 60)}` });
  const what = element('div', { className: 'what', role: 'gridcell' }, link, secondLine(table, row),
    ...hits.map((hit) => hitView(table, row, hit)));
  const view = element('div', { className: `row${state.ticked ? ' ticked' : ''}`, role: 'row', ariaRowIndex: String(state.index + 2) },
    element('div', { className: 'tick', role: 'gridcell' }, element('label', '', tick)), what, ...FIGURES.map(([name, label]) => figure(table, row, name, label)));
  view.dataset.row = String(row);
  return view;
}

/** @param {Table} table @param {number} row */
function secondLine({ rows, recordings }, row) {
  const path = recordings[rows.recording[row]][1];
  const [folder, name] = splitPath(path);
  const parts = [rows.model[row], null, rows.kind[row] === 'answer' ? 'not streamed' : '', rows.recorder[row], rows.finish[row]];
  return element('div', 'second', ...parts.flatMap((part) => {
    if (part === null) return [element('span', { className: 'path', title: path }, element('span', 'folder', folder), element('span', 'name', name))];
    return part ? [element('span', part === rows.model[row] ? 'model' : 'fact', part)] : [];
  }));
}

/** @param {Table} table @param {number} row @param {Hit} hit */
function hitView(table, row, hit) {
  const [column, , before, found, after] = hit;
  const link = element('a', { className: 'hit', href: `library?${hitQuery(table, row, hit)}`, tabIndex: -1 },
    element('span', 'where', HIT_COLUMNS[column] ?? column), element('span', 'snippet', before, element('mark', '', found), after));
  link.dataset.go = 'library';
  return link;
}

/** @param {Table} table @param {number} row @param {typeof FIGURES[number][0]} name @param {string} label */
function figure({ rows }, row, name, label) {
  const { text, key, tip } = rows[name];
  const cell = element('div', { className: `figure ${name}${key[row] === null ? ' unknown' : ''}`, role: 'gridcell', title: tip?.[row] ?? '' }, text[row]);
  cell.dataset.label = label;
  return cell;
}
