// @ts-check
/**
 * The rail of calls, which opens the call of a row. j and k walk through the calls from anywhere on the page.
 *
 * It is a list box or, for a session, a tree: turns and subagents are groups that can be closed.
 *
 * @typedef {import('./rail_rows.js').Calls} Calls
 * @typedef {{identity: string, rows: string, current: number}} RailData `rows` is JSON of `Calls`; `current` is -1 for all calls
 * @typedef {{identity: string, show: (index: number) => void, listening: AbortController}} Rail
 */

import { element } from '../../display/deck/dom.js';
import { isGroup, rowMaker } from './rail_rows.js';
import { callAfter, closedAtFirst, groupsOf, inSight, openGroups } from './rail_tree.js';

const ALL = -1;
// Walking with a key held down must not open each call on the way.
const SETTLED_AFTER_MS = 150;

/** The rail of each parent element. For changed data, Streamlit calls again without running the earlier cleanup. @type {WeakMap<Element, Rail>} */
const rails = new WeakMap();
/** The closed turns and subagents of each session, as they were left. @type {Map<string, Set<number>>} */
const closedRows = new Map();

/** Whether a key press is text that somebody types. @param {KeyboardEvent} event */
function isTyped(event) {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select, [role=combobox]'));
}

/** Let the list end at the lower edge of the window, wherever it begins. @param {HTMLElement} list */
function fit(list) {
  const top = Math.round(list.getBoundingClientRect().top);
  if (top > 0 && top < innerHeight / 2) list.style.maxHeight = `calc(100vh - ${top + 16}px)`;
}

/** Bring a row into sight, below the row that stays on top. @param {HTMLElement} list @param {HTMLElement} row @param {HTMLElement} top */
function scrollTo(list, row, top) {
  const head = row === top ? 0 : top.offsetHeight;
  if (row.offsetTop - head < list.scrollTop || row === top) list.scrollTop = row.offsetTop - head;
  else if (row.offsetTop + row.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = row.offsetTop + row.offsetHeight - list.clientHeight;
  }
}

/**
 * @param {HTMLElement} parent @param {RailData} data @param {(index: number) => void} open
 * @returns {Rail}
 */
function build(parent, data, open) {
  /** @type {Calls} */
  const calls = JSON.parse(data.rows);
  const { rows } = calls;
  const isTree = rows.some(isGroup);
  const groups = groupsOf(rows);
  const closed = closedRows.get(data.identity) ?? closedAtFirst(rows);
  closedRows.set(data.identity, closed);
  const nodeAt = rowMaker(calls, isTree);
  const top = nodeAt(-1);
  const list = element('div', { className: isTree ? 'rail rail-tree' : 'rail', role: isTree ? 'tree' : 'listbox', ariaLabel: 'Calls', tabIndex: 0 });
  parent.querySelector('.rail')?.remove();
  parent.append(list);
  const places = new Map(rows.flatMap((row, place) => (isGroup(row) ? [] : [[row.index, place]])));
  const listening = new AbortController();
  const { signal } = listening;
  let waiting = 0;
  /** The row that keys start from, and the one that is shown. */
  let cursor = -1;
  let selected = top;
  /** The interaction that was shown last, by a pick or by the server. */
  let shownLast = NaN;
  arrange();

  /** Show what is not in closed groups. */
  function arrange() {
    const shown = inSight(groups, closed);
    const inOrder = rows.flatMap((row, place) => {
      if (!shown[place]) return [];
      const node = nodeAt(place);
      if (isGroup(row)) node.ariaExpanded = String(!closed.has(place));
      return [node];
    });
    const { scrollTop } = list;
    list.replaceChildren(top, ...inOrder);
    list.scrollTop = scrollTop;
  }

  /** Mark the row of an interaction and bring it into sight. @param {number} index */
  function show(index) {
    // While a pick is on its way to the server, the server still names the call before it. A call that is shown already must
    // not open its turn again, which may have been closed since.
    if (waiting || index === shownLast) return;
    shownLast = index;
    mark(places.get(index) ?? -1);
  }

  /** @param {number} place */
  function mark(place) {
    if (openGroups(groups, closed, place)) arrange();
    selected.ariaSelected = 'false';
    selected = nodeAt(place);
    selected.ariaSelected = 'true';
    moveTo(place);
  }

  /** @param {number} place */
  function moveTo(place) {
    nodeAt(cursor).classList.remove('rail-cursor');
    cursor = place;
    nodeAt(place).classList.add('rail-cursor');
    list.setAttribute('aria-activedescendant', nodeAt(place).id);
    fit(list);
    scrollTo(list, nodeAt(place), top);
  }

  /** @param {number} place @param {number} delay_ms */
  function pick(place, delay_ms) {
    const row = rows[place];
    if (row && isGroup(row)) return moveTo(place);
    mark(place);
    shownLast = row ? row.index : ALL;
    clearTimeout(waiting);
    waiting = setTimeout(() => { waiting = 0; open(shownLast); }, delay_ms);
  }

  /** Walk from call to call. @param {number} steps */
  function walk(steps) {
    const place = callAfter(rows, groups, closed, cursor, steps);
    if (place !== cursor) pick(place, SETTLED_AFTER_MS);
  }

  /** Walk over all rows in sight. @param {number} steps */
  function walkRows(steps) {
    const shown = inSight(groups, closed);
    const inOrder = [-1, ...[...rows.keys()].filter((place) => shown[place])];
    const place = inOrder[Math.min(Math.max(inOrder.indexOf(cursor) + steps, 0), inOrder.length - 1)];
    if (place !== cursor) pick(place, SETTLED_AFTER_MS);
  }

  /** @param {number} place @param {boolean} isOpen */
  function setOpen(place, isOpen) {
    if (isOpen) closed.delete(place);
    else closed.add(place);
    arrange();
    moveTo(place);
  }

  /** Open or close the group under the cursor, or go to the group that it is in. @param {boolean} isOpen */
  function turn(isOpen) {
    const isHere = cursor >= 0 && isGroup(rows[cursor]);
    if (isHere && closed.has(cursor) === isOpen) setOpen(cursor, isOpen);
    else if (!isOpen && groups[cursor] >= 0) moveTo(groups[cursor]);
  }

  function enter() {
    if (cursor >= 0 && isGroup(rows[cursor])) setOpen(cursor, closed.has(cursor));
    else pick(cursor, 0);
  }

  list.addEventListener('click', (event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest('.rail-row');
    if (!(row instanceof HTMLElement)) return;
    const place = Number(row.dataset.place);
    if (place >= 0 && isGroup(rows[place])) setOpen(place, closed.has(place));
    else pick(place, 0);
  }, { signal });
  list.addEventListener('keydown', (event) => onKey(event, { walk: walkRows, enter, turn: isTree ? turn : null }, rows.length + 1), { signal });
  // In the capture phase, so that neither the deck nor Streamlit takes the key, too.
  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !['j', 'k'].includes(event.key) || isTyped(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    walk(event.key === 'j' ? 1 : -1);
  }, { signal, capture: true });
  signal.addEventListener('abort', () => clearTimeout(waiting));
  return { identity: data.identity, show, listening };
}

/**
 * @param {KeyboardEvent} event
 * @param {{walk: (steps: number) => void, enter: () => void, turn: ((isOpen: boolean) => void)|null}} actions
 * @param {number} count
 */
function onKey(event, { walk, enter, turn }, count) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const steps = /** @type {{[key: string]: number}} */ ({ ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -count, End: count })[event.key];
  if (steps) walk(steps);
  else if (event.key === 'Enter' || event.key === ' ') enter();
  else if (turn && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) turn(event.key === 'ArrowRight');
  // Streamlit binds bare letters.
  else if (event.key === 'Tab') return;
  else return event.stopPropagation();
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: RailData, setTriggerValue: (name: string, value: number) => void}} component
 */
export default function ({ parentElement, data, setTriggerValue }) {
  let rail = rails.get(parentElement);
  if (rail?.identity !== data.identity) {
    rail?.listening.abort();
    rail = build(parentElement, data, (index) => setTriggerValue('picked', index));
    rails.set(parentElement, rail);
  }
  const shown = rail;
  shown.show(data.current);
  return () => {
    shown.listening.abort();
    rails.delete(parentElement);
  };
}
