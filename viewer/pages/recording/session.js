// @ts-check
/**
 * The page of a session: what its time went into, and a table of turns, calls and subagents with a waterfall. A call opens by a click.
 *
 * @typedef {import('./calls_order.js').Order} Order
 * @typedef {import('./calls_order.js').Column} Column
 * @typedef {import('./session_order.js').Level} Level
 * @typedef {import('./session_rows.js').Row} Row
 * @typedef {import('./time_axis.js').Axis} Axis
 * @typedef {import('./time_axis.js').View} View
 * @typedef {import('./session_rows.js').Head & {axis: Axis, columns: string[], rows: Row[]}} Session
 * @typedef {{identity: string, session: string}} SessionData `session` is JSON of `Session`
 * @typedef {{order: Order, view: View, closed: Set<number>}} State
 */

import { element } from '../../display/deck/dom.js';
import { nextOrder } from './calls_order.js';
import { closedAtFirst, groupsOf } from './rail_tree.js';
import { breaks, extent } from './session_bars.js';
import { isNested, levelOf, levelsOf, placesOf, setLevel } from './session_order.js';
import { sessionHead, sessionRow } from './session_rows.js';
import { stripElement } from './session_strip.js';
import { rowWindow } from './session_window.js';
import { fitted, ticksOf } from './time_axis.js';

/** The columns of numbers, and what is sorted by each. @type {[name: Column, tip: string][]} */
const NUMBERS = [
  ['time', 'From the first input to the last answer or result'], ['model', 'How long the model worked at most'],
  ['tools', 'How long tools ran, or waited for permission, while no model worked'], ['input', 'Input tokens, including cached ones'],
  ['cached', 'Input tokens read from the cache'], ['output', 'Output tokens, including reasoning'], ['cost', 'US dollars'],
];
const LEVEL_NAMES = { turns: 'Turns', calls: 'Calls', all: 'Subagents' };
const MOST_TICKS = 5;

/** The identity shown in each parent element. @type {WeakMap<Element, string>} */
const shownSessions = new WeakMap();
/** How each session was left. @type {Map<string, State>} */
const states = new Map();

/** @param {string} identity @param {Session} session @returns {State} */
function stateOfSession(identity, { rows, axis }) {
  const state = states.get(identity) ?? { order: { column: 'index', descending: false }, view: { from: 0, to: axis.end }, closed: closedAtFirst(rows) };
  states.set(identity, state);
  return state;
}

/** The head of the table, whose buttons sort it. @param {Column[]} columns @param {HTMLElement} ticks @param {(column: Column) => void} sort */
function tableHead(columns, ticks, sort) {
  /** @param {string} className @param {string} text @param {string} title @param {Column} column */
  const sortable = (className, text, title, column) => {
    const head = element('th', { className, scope: 'col' }, element('button', { type: 'button', title, onclick: () => sort(column) }, text));
    head.dataset.column = column;
    return head;
  };
  const tips = new Map(NUMBERS);
  return element('tr', '', sortable('col-index', '#', 'The order of the session', 'index'), element('th', { className: 'col-what', scope: 'col' }, 'turn and call'),
    element('th', { className: 'col-bar', scope: 'col' }, ticks), ...columns.map((column) => sortable(`col-number col-${column}`, column, tips.get(column) ?? '', column)));
}

/** Mark the column by which the table is sorted. @param {HTMLElement} head @param {Order} order */
function markOrder(head, { column, descending }) {
  for (const node of head.children) {
    node.ariaSort = /** @type {HTMLElement} */ (node).dataset.column === column ? (descending ? 'descending' : 'ascending') : null;
  }
}

/**
 * The bar above the table: what is open, and the way back from a zoom.
 * @param {Session} session @param {(level: Level) => void} setTo @param {() => void} showWhole
 */
function toolbar({ rows, axis }, setTo, showWhole) {
  const levels = levelsOf(rows);
  const buttons = levels.map((level) => element('button', { type: 'button', className: 'level', onclick: () => setTo(level) }, LEVEL_NAMES[level]));
  const whole = element('button', { type: 'button', className: 'whole', onclick: showWhole }, 'Whole session');
  const bar = element('div', 'toolbar', element('div', { className: 'levels', role: 'group', ariaLabel: 'Show' }, ...(levels.length > 1 ? buttons : [])), whole, element('span', 'axis-label', axisLabel(axis)));
  /** @param {Level|''} now */
  const mark = (now) => buttons.forEach((button, place) => { button.ariaPressed = String(levels[place] === now); });
  return { bar, whole, mark };
}

/** The ticks of the part that is shown. @param {HTMLElement} line @param {Axis} axis @param {View} view */
function drawTicks(line, axis, view) {
  line.replaceChildren(...ticksOf(axis, view, MOST_TICKS).map(({ at, text }) => {
    const tick = element('span', 'tick', text);
    tick.style.left = `${100 * at}%`;
    return tick;
  }));
}

/** @param {HTMLElement} parent @param {SessionData} data @param {(index: number) => void} open */
function buildSession(parent, data, open) {
  /** @type {Session} */
  const session = JSON.parse(data.session);
  const { rows, axis } = session;
  const state = stateOfSession(data.identity, session);
  const groups = groupsOf(rows);
  const columns = NUMBERS.map(([name]) => name).filter((name) => session.columns.includes(name));
  const ticks = element('div', 'axis');
  const scroller = element('div', { className: 'scroller', tabIndex: -1 });
  const body = element('tbody', '');
  const head = tableHead(columns, ticks, (column) => { state.order = column === 'index' ? { column, descending: false } : nextOrder(state.order, column); arrange(); });
  const table = element('table', { ariaLabel: `${session.title}; bars are ${axis.unit === 's' ? 'times since its start' : 'tokens so far'}` }, element('thead', '', head), body);
  const { strip, show } = stripElement(axis, turnsOf(rows), rows.filter((row) => row.type === 'call'), () => state.view, setView);
  const tools = toolbar(session, (level) => { setLevel(rows, state.closed, level); arrange(); }, () => setView({ from: 0, to: axis.end }));
  /** Rows are made once they are in sight. @type {Map<string, HTMLElement>} */
  const made = new Map();
  const shown = rowWindow(scroller, body, rowAt);

  /** @param {View} view */
  function setView(view) {
    state.view = fitted(view, axis.end);
    const { from, to } = state.view;
    scroller.style.setProperty('--from', String(from));
    scroller.style.setProperty('--span', String(to - from));
    scroller.style.setProperty('--breaks', breaks(axis.pieces, state.view));
    drawTicks(ticks, axis, state.view);
    tools.whole.hidden = to - from >= axis.end * 0.999;
    show(state.view);
  }

  /** @param {number} place @param {number} at */
  function rowAt(place, at) {
    const nested = isNested(state.order);
    const key = `${place} ${nested}`;
    const node = made.get(key) ?? sessionRow(rows[place], place, columns, nested, (from, to) => setView({ from, to }));
    made.set(key, node);
    if (rows[place].type !== 'call') node.ariaExpanded = nested ? String(!state.closed.has(place)) : null;
    node.ariaRowIndex = String(at + 2);
    return node;
  }

  /** Show the rows in their order, as far as they are open. @param {number} [current] */
  function arrange(current) {
    markOrder(head, state.order);
    tools.mark(levelOf(rows, state.closed));
    shown.show(placesOf(rows, groups, state.closed, state.order), current);
    table.ariaRowCount = String(shown.count() + 1);
  }

  /** @param {number} place @param {boolean} isOpen */
  function setOpen(place, isOpen) {
    if (!isNested(state.order) || state.closed.has(place) !== isOpen) return;
    if (isOpen) state.closed.delete(place);
    else state.closed.add(place);
    arrange(place);
    shown.goToPlace(place);
  }

  /** Open a call, or open or close a turn or a subagent. @param {number} place */
  function act(place) {
    if (rows[place].type === 'call') open(rows[place].index);
    else setOpen(place, state.closed.has(place));
  }

  /** Open or close the row under the cursor, or go to the turn or subagent that it is in. @param {boolean} isOpen */
  function turn(isOpen) {
    const place = shown.cursor();
    if (rows[place].type !== 'call' && state.closed.has(place) === isOpen) setOpen(place, isOpen);
    else if (!isOpen && groups[place] >= 0 && isNested(state.order)) shown.goToPlace(groups[place]);
  }

  body.addEventListener('click', (event) => {
    const place = /** @type {HTMLElement} */ (event.target).closest('tr')?.dataset.place;
    if (place && !String(getSelection())) act(Number(place));
  });
  scroller.addEventListener('keydown', (event) => onTableKey(event, shown, { enter: () => act(shown.cursor()), turn }));
  scroller.append(table);
  parent.querySelector('.calls')?.remove();
  parent.append(element('div', 'calls session', ...sessionHead(session), tools.bar, ...(axis.unit === 's' ? [strip] : []), scroller));
  setView(state.view);
  arrange();
}

/** The turns that have a place on the axis. @param {Row[]} rows */
function turnsOf(rows) {
  return rows.flatMap(({ type, index, words, bars }) => {
    if (type !== 'turn' || !bars.length) return [];
    const [begin, end] = extent(bars);
    return [{ number: String(index + 1), words, begin, end }];
  });
}

/** @param {Axis} axis */
function axisLabel({ unit, pieces }) {
  if (unit === 'tokens') return 'Bars: tokens so far; times were not recorded.';
  const cut = pieces.some((piece) => piece[4]) ? ' Long waits are cut.' : '';
  return `Bars: time since the start; solid is certain, pale is at most: a model may not have begun yet, and a tool may have waited for permission.${cut}`;
}

/**
 * @param {KeyboardEvent} event @param {import('./session_window.js').RowWindow} table
 * @param {{enter: () => void, turn: (isOpen: boolean) => void}} actions
 */
function onTableKey(event, table, { enter, turn }) {
  // A button in a row has keys of its own.
  if (event.altKey || event.ctrlKey || event.metaKey || /** @type {HTMLElement} */ (event.target).closest('button')) return;
  const [page, all] = [table.page(), table.count()];
  const steps = /** @type {{[key: string]: number}} */ ({ ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -all, End: all })[event.key];
  if (steps) table.walk(steps);
  else if (event.key === 'Enter' || event.key === ' ') enter();
  else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') turn(event.key === 'ArrowRight');
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: SessionData, setTriggerValue: (name: string, value: number) => void}} component
 */
export default function ({ parentElement, data, setTriggerValue }) {
  if (shownSessions.get(parentElement) === data.identity) return;
  shownSessions.set(parentElement, data.identity);
  buildSession(parentElement, data, (index) => setTriggerValue('picked', index));
}
