// @ts-check
/**
 * The page of a session: what its time went into, and a table of turns, calls and subagents with a waterfall. A call opens by a click.
 *
 * @typedef {import('./calls_order.js').Order} Order
 * @typedef {import('./calls_order.js').Column} Column
 * @typedef {import('./time_axis.js').Axis} Axis
 * @typedef {import('./time_axis.js').View} View
 * @typedef {[text: string, tip: string, value: number|null]} Cell
 * @typedef {{type: 'turn'|'call'|'agent', depth: number, index: number, status: string, note: string, kind: string, words: string, detail: string,
 *   calls: number, compacted: boolean, bars: any[], time: Cell, model: Cell, tools: Cell, input: Cell, cached: Cell, output: Cell, cost: Cell}} Row
 * @typedef {[name: string, label: string, text: string, tip: string, seconds: number|null]} Share
 * @typedef {{title: string, figures: string, shares: Share[], agreements: [agrees: boolean, text: string][], axis: Axis, columns: string[], rows: Row[]}} Session
 * @typedef {{identity: string, session: string}} SessionData `session` is JSON of `Session`
 * @typedef {'turns'|'calls'|'all'} Level what is open: turns alone, the calls of the main agent, or subagents too
 * @typedef {{order: Order, view: View, closed: Set<number>}} State
 */

import { element } from '../../display/deck/dom.js';
import { inOrder, nextOrder } from './calls_order.js';
import { closedAtFirst, groupsOf, inSight } from './rail_tree.js';
import { breaks, callTrack, groupTrack } from './session_bars.js';
import { stripElement } from './session_strip.js';
import { fitted, ticksOf } from './time_axis.js';

/** The columns of numbers, with what is sorted by each. @type {[name: Column, text: string, tip: string][]} */
const NUMBERS = [
  ['time', 'time', 'From the first input to the last answer or result'], ['model', 'model', 'How long the model worked at most'],
  ['tools', 'tools', 'How long tools ran, or waited for permission, while no model worked'], ['input', 'input', 'Input tokens, including cached ones'],
  ['cached', 'cached', 'Input tokens read from the cache'], ['output', 'output', 'Output tokens, including reasoning'], ['cost', 'cost', 'US dollars'],
];
const GLYPHS = /** @type {{[status: string]: string}} */ ({ error: '✗', tool: '✗', cut: '✂' });
const MOST_TICKS = 5;
// As the style sets them.
const [ROW_PX, HEAD_PX] = [28, 28];
const SPARE_ROWS = 8;
const LEVELS = /** @type {[Level, string][]} */ ([['turns', 'Turns'], ['calls', 'Calls'], ['all', 'Subagents']]);

/** The identity shown in each parent element. @type {WeakMap<Element, string>} */
const shownSessions = new WeakMap();
/** How each session was left. @type {Map<string, State>} */
const states = new Map();

/** @param {Session} session */
function headElement({ title, figures, shares, agreements }) {
  // Without the length of one share, the others would look like the whole.
  const areKnown = shares.every((share) => share[4] !== null);
  const whole = shares.reduce((sum, share) => sum + (share[4] ?? 0), 0);
  const bar = element('div', { className: 'shares', ariaHidden: 'true' }, ...shares.map(([name, , , tip, seconds]) => {
    const part = element('span', { className: `share share-${name}`, title: tip });
    part.style.width = `${(100 * (seconds ?? 0)) / whole}%`;
    return part;
  }));
  const legend = element('p', 'legend', ...shares.map(([name, label, text, tip]) => element('span', { title: tip }, element('i', `share-${name}`), `${label} `, element('b', '', text))));
  const sums = agreements.map(([agrees, text]) => element('p', agrees ? 'agrees' : 'differs', `${agrees ? '✓' : '▲'} ${text}`));
  return [element('div', 'head', element('h1', '', title), element('p', 'facts', figures)), ...(areKnown && whole ? [bar] : []), ...(shares.length ? [legend] : []), ...sums];
}

/** @param {Row} row @param {boolean} isNested */
function whatElement(row, isNested) {
  const quoted = row.kind === 'answer' ? `“${row.words}”` : row.words;
  const what = element('div', { className: 'what', title: [quoted, row.detail, row.compacted && 'The conversation was compacted before this call.'].filter(Boolean).join('\n') });
  if (isNested && row.depth) what.style.setProperty('--depth', String(Math.min(row.depth, 6)));
  if (row.type !== 'call') what.append(element('span', 'caret'));
  if (row.compacted) what.append(element('span', { className: 'compacted', title: 'The conversation was compacted before this call.' }, '⇤ '));
  what.append(element('span', row.type === 'call' ? `words kind-${row.kind}` : 'words', GLYPHS[row.status] && row.type === 'call' ? `${GLYPHS[row.status]} ${quoted}` : quoted));
  const more = row.type === 'turn' ? `${row.calls} call${row.calls === 1 ? '' : 's'}` : row.detail === row.words ? '' : row.detail;
  if (row.note) what.append(element('span', 'note', row.note));
  if (more) what.append(element('span', 'label', more));
  return element('td', 'col-what', what);
}

/** Let Tab reach one row and what is in it. @param {HTMLElement} body @param {HTMLElement|undefined} row */
function focusSessionRow(body, row) {
  for (const node of body.querySelectorAll('[tabindex="0"]')) /** @type {HTMLElement} */ (node).tabIndex = -1;
  if (!row) return;
  row.tabIndex = 0;
  for (const link of row.querySelectorAll('button')) link.tabIndex = 0;
}

/** @param {HTMLElement} parent @param {SessionData} data @param {(index: number) => void} open */
function buildSession(parent, data, open) {
  /** @type {Session} */
  const session = JSON.parse(data.session);
  const { rows, axis } = session;
  const groups = groupsOf(rows);
  /** @type {State} */
  const state = states.get(data.identity) ?? { order: { column: 'index', descending: false }, view: { from: 0, to: axis.end }, closed: closedAtFirst(rows) };
  states.set(data.identity, state);
  const columns = NUMBERS.filter(([name]) => session.columns.includes(name));
  /** Rows are made once they are in sight. @type {Map<string, HTMLTableRowElement>} */
  const made = new Map();
  const body = element('tbody', '');
  const ticks = element('div', 'axis');
  const scroller = element('div', { className: 'scroller', tabIndex: -1 });
  const [above, below] = [element('tr', { className: 'spacer', ariaHidden: 'true' }), element('tr', { className: 'spacer', ariaHidden: 'true' })];
  /** The rows in the order of the table, and the one that keys start from. @type {number[]} */
  let places = [];
  let cursor = 0;
  const { strip, show } = stripElement(axis, turnsOf(rows), rows.filter((row) => row.type === 'call'), () => state.view, setView);
  const whole = element('button', { type: 'button', className: 'whole', onclick: () => setView({ from: 0, to: axis.end }) }, 'Whole session');
  const levels = LEVELS.filter(([level]) => hasLevel(rows, level)).map(([level, text]) => element('button', { type: 'button', className: 'level', onclick: () => setLevel(level) }, text));

  /** @param {View} view */
  function setView(view) {
    state.view = fitted(view, axis.end);
    const { from, to } = state.view;
    scroller.style.setProperty('--from', String(from));
    scroller.style.setProperty('--span', String(to - from));
    scroller.style.setProperty('--breaks', breaks(axis.pieces, state.view));
    ticks.replaceChildren(...ticksOf(axis, state.view, MOST_TICKS).map(({ at, text }) => {
      const tick = element('span', 'tick', text);
      tick.style.left = `${100 * at}%`;
      return tick;
    }));
    whole.hidden = to - from >= axis.end * 0.999;
    show(state.view);
  }

  /** @param {number} place @param {boolean} isNested */
  function rowAt(place, isNested) {
    const key = `${place} ${isNested}`;
    const before = made.get(key);
    if (before) return before;
    const row = rows[place];
    const name = row.type === 'turn' ? `turn ${row.index + 1}` : row.words;
    const track = row.type === 'call' ? callTrack(row.bars) : groupTrack(row.bars, name, (from, to) => setView({ from, to }));
    const cells = columns.map(([column]) => element('td', { className: `col-number col-${column}`, title: /** @type {any} */ (row)[column][1] }, /** @type {any} */ (row)[column][0]));
    const node = element('tr', { className: `is-${row.status} row-${row.type}`, tabIndex: -1 },
      element('td', 'col-index', row.type === 'agent' ? '' : String(row.type === 'turn' ? row.index + 1 : row.index)), whatElement(row, isNested), element('td', 'col-bar', track), ...cells);
    node.dataset.place = String(place);
    made.set(key, node);
    return node;
  }

  /** Show the rows in their order, as far as they are open. */
  function arrange() {
    const shown = inSight(groups, state.closed);
    places = isNested() ? rows.flatMap((_, place) => (shown[place] ? [place] : [])) : sortedPlaces();
    heads.forEach(([head, column]) => {
      head.ariaSort = column === state.order.column ? (state.order.descending ? 'descending' : 'ascending') : null;
    });
    const level = levelNow();
    levels.forEach((button) => { button.ariaPressed = String(button.textContent === LEVELS.find(([name]) => name === level)?.[1]); });
    table.ariaRowCount = String(places.length + 1);
    if (!places.includes(cursor)) cursor = places[0] ?? 0;
    draw();
  }

  const isNested = () => state.order.column === 'index' && !state.order.descending;

  /** Put the rows around what is scrolled into sight into the table: a thousand rows would make each zoom slow. */
  function draw() {
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW_PX) - SPARE_ROWS);
    const stop = Math.min(places.length, first + Math.ceil((scroller.clientHeight || innerHeight) / ROW_PX) + 2 * SPARE_ROWS);
    const nodes = places.slice(first, stop).map((place, at) => {
      const node = rowAt(place, isNested());
      if (rows[place].type !== 'call') node.ariaExpanded = isNested() ? String(!state.closed.has(place)) : null;
      node.ariaRowIndex = String(first + at + 2);
      return node;
    });
    above.style.height = `${first * ROW_PX}px`;
    below.style.height = `${(places.length - stop) * ROW_PX}px`;
    const wanted = [above, ...nodes, below];
    const kept = new Set(/** @type {Element[]} */ (wanted));
    const root = /** @type {ShadowRoot|Document} */ (scroller.getRootNode());
    for (const child of [...body.children]) {
      if (kept.has(child)) continue;
      // Keys go on from the row that is scrolled out of sight.
      if (child.contains(root.activeElement)) scroller.focus({ preventScroll: true });
      child.remove();
    }
    wanted.forEach((node, at) => { if (body.children[at] !== node) body.insertBefore(node, body.children[at] ?? null); });
    focusSessionRow(body, nodes[places.slice(first, stop).indexOf(cursor)] ?? nodes[0]);
  }

  /** Go to a row. @param {number} at index in the order of the table */
  function goTo(at) {
    const place = Math.min(Math.max(at, 0), places.length - 1);
    cursor = places[place];
    const [top, height] = [place * ROW_PX, scroller.clientHeight - HEAD_PX];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW_PX > scroller.scrollTop + height) scroller.scrollTop = top + ROW_PX - height;
    draw();
    rowAt(cursor, isNested()).focus({ preventScroll: true });
  }

  /** Turns or calls, whichever is open, sorted by a column. */
  function sortedPlaces() {
    const type = levelNow() === 'turns' ? 'turn' : 'call';
    const chosen = rows.flatMap((row, place) => (row.type === type ? [{ ...row, place }] : []));
    return inOrder(/** @type {any[]} */ (chosen), state.order).map((row) => row.place);
  }

  /** What is open; "" for a mix. @returns {Level|''} */
  function levelNow() {
    const isOpen = (/** @type {string} */ type) => rows.flatMap((row, place) => (row.type === type ? [!state.closed.has(place)] : []));
    const [turns, agents] = [isOpen('turn'), isOpen('agent')];
    if (turns.length && !turns.includes(true)) return 'turns';
    if (turns.includes(false)) return '';
    return !agents.includes(false) ? (agents.length ? 'all' : 'calls') : agents.includes(true) ? '' : 'calls';
  }

  /** @param {Level} level */
  function setLevel(level) {
    rows.forEach((row, place) => {
      if (row.type === 'call') return;
      if (row.type === 'turn' ? level !== 'turns' : level === 'all') state.closed.delete(place);
      else state.closed.add(place);
    });
    arrange();
  }

  /** Open a call, or open and close a turn or a subagent. @param {number} place */
  function act(place) {
    if (rows[place].type === 'call') return open(rows[place].index);
    setOpen(place, state.closed.has(place));
  }

  /** @param {number} place @param {boolean} isOpen */
  function setOpen(place, isOpen) {
    if (!isNested() || state.closed.has(place) !== isOpen) return;
    if (isOpen) state.closed.delete(place);
    else state.closed.add(place);
    cursor = place;
    arrange();
    goTo(places.indexOf(place));
  }

  /** @param {KeyboardEvent} event */
  function onKeyInTable(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || /** @type {HTMLElement} */ (event.target).closest('button')) return;
    const page = Math.floor(scroller.clientHeight / ROW_PX) - 2;
    const steps = /** @type {{[key: string]: number}} */ ({ ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -places.length, End: places.length })[event.key];
    if (steps) goTo(places.indexOf(cursor) + steps);
    else if (event.key === 'Enter' || event.key === ' ') act(cursor);
    else if ((event.key === 'ArrowRight' || event.key === 'ArrowLeft') && rows[cursor].type !== 'call') setOpen(cursor, event.key === 'ArrowRight');
    else if (event.key === 'ArrowLeft' && groups[cursor] >= 0 && isNested()) goTo(places.indexOf(groups[cursor]));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {[Column, string, string][]} all @returns {[HTMLTableCellElement, Column|null][]} */
  const headsOf = (all) => all.map(([column, text, tip]) => {
    const onclick = () => { state.order = nextOrder(state.order, column); arrange(); };
    return [element('th', { className: `col-number col-${column}`, scope: 'col' }, element('button', { type: 'button', title: tip, onclick }, text)), column];
  });
  const index = element('th', { className: 'col-index', scope: 'col' }, element('button', { type: 'button', title: 'Back to the order of the session', onclick: () => { state.order = { column: 'index', descending: false }; arrange(); } }, '#'));
  /** @type {[HTMLTableCellElement, Column|null][]} */
  const heads = [[index, 'index'], [element('th', { className: 'col-what', scope: 'col' }, 'turn and call'), null],
    [element('th', { className: 'col-bar', scope: 'col' }, ticks), null], ...headsOf(columns)];

  body.addEventListener('click', (event) => {
    const node = /** @type {HTMLElement} */ (event.target).closest('tr');
    if (!node?.dataset.place || String(getSelection())) return;
    cursor = Number(node.dataset.place);
    act(cursor);
  });
  scroller.addEventListener('keydown', onKeyInTable);
  scroller.addEventListener('scroll', draw);
  const table = element('table', { ariaLabel: `${session.title}; bars are ${axis.unit === 's' ? 'times since its start' : 'tokens so far'}` },
    element('thead', '', element('tr', '', ...heads.map(([head]) => head))), body);
  scroller.append(table);
  parent.querySelector('.calls')?.remove();
  parent.append(element('div', 'calls session', ...headElement(session),
    element('div', 'toolbar', element('div', { className: 'levels', role: 'group', ariaLabel: 'Show' }, ...(levels.length > 1 ? levels : [])), whole, element('span', 'axis-label', axisLabel(axis))),
    ...(axis.unit === 's' ? [strip] : []), scroller));
  setView(state.view);
  arrange();
}

/** @param {Row[]} rows @param {Level} level */
function hasLevel(rows, level) {
  return level === 'calls' || rows.some((row) => row.type === (level === 'turns' ? 'turn' : 'agent'));
}

/** The turns that have a place on the axis. @param {Row[]} rows */
function turnsOf(rows) {
  return rows.flatMap((row) => (row.type === 'turn' && row.bars.length
    ? [{ number: String(row.index + 1), words: row.words, begin: Math.min(...row.bars.map((bar) => bar[1])), end: Math.max(...row.bars.map((bar) => bar[2])) }] : []));
}

/** @param {Axis} axis */
function axisLabel({ unit, pieces }) {
  if (unit === 'tokens') return 'Bars: tokens so far; times were not recorded.';
  const cut = pieces.some((piece) => piece[4]) ? ' Long waits are cut.' : '';
  return `Bars: time since the start; solid is certain, pale is at most: a model may not have begun yet, and a tool may have waited for permission.${cut}`;
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
