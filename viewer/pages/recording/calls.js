// @ts-check
/**
 * The waterfall of all calls: one grid with a bar in each row. A row opens its call.
 *
 * @typedef {import('./calls_order.js').Order} Order
 * @typedef {import('./calls_order.js').Column} Column
 * @typedef {{from: number, parts: ['input'|'output', number][], open: boolean, unknown: boolean, bounds: number[]}} Bar in percent of the axis
 * @typedef {import('./calls_order.js').SortableCall & {ended: string, kind: string, words: string, label: string,
 *   bar: Bar|null, soFar: [string], spent: [string, string], tools: [name: string, failed: boolean, answeredBy: number|null][]}} Row
 * @typedef {{title: string, figures: string, axis: {label: string, ticks: [number, string][]}, longest: [string, number, string]|null, columns: string[], rows: Row[]}} Calls
 * @typedef {{identity: string, calls: string}} CallsData `calls` is JSON of `Calls`
 */

import { element } from '../../display/deck/dom.js';
import { inOrder, nextOrder } from './calls_order.js';

/** @typedef {[name: string, text: string, sortedBy: Column|null]} Head */
/** @type {Head[]} */
const HEADS = [
  ['index', '#', 'index'], ['what', 'call', null], ['ended', 'ended', 'ended'], ['bar', '', null], ['started', 'started', 'started'],
  ['length', 'length', 'length'], ['input', 'input', 'input'], ['output', 'output', 'output'], ['so-far', 'tokens so far', null],
  ['cost', 'cost', 'cost'], ['spent', 'cost so far', null], ['tools', 'tools → result in', null],
];
/** @type {{[name: string]: string}} */
const TITLES = { index: 'Sort by order', ended: 'Errors and failed tools first' };
const ALWAYS = ['index', 'what', 'ended', 'bar'];
const MARKS = /** @type {{[status: string]: string}} */ ({ error: '✗', tool: '✗', cut: '✂' });

/** The identity shown in each parent element. @type {WeakMap<Element, string>} */
const shown = new WeakMap();
/** The order in which each cassette was left. @type {Map<string, Order>} */
const orders = new Map();

/** @param {Bar|null} bar @param {string} tip */
function barElement(bar, tip) {
  const track = element('div', { className: 'bar-track', title: tip });
  if (!bar) return track;
  const at = (/** @type {HTMLElement} */ node, /** @type {number} */ left, /** @type {number} */ width) => {
    node.style.left = `${left}%`;
    node.style.width = `${width}%`;
    track.append(node);
  };
  if (bar.bounds.length === 2) at(element('span', 'bar-bounds'), bar.bounds[0], bar.bounds[1] - bar.bounds[0]);
  let left = bar.from;
  for (const [kind, width] of bar.parts) {
    if (!bar.unknown) at(element('span', `bar-part bar-${kind}`), left, width);
    left += width;
  }
  if (bar.open) {
    const end = element('span', bar.unknown ? 'bar-open bar-unknown' : 'bar-open');
    end.style.left = `min(${left}%, 100% - 14px)`;
    track.append(end);
  }
  return track;
}

/** @param {Row['tools']} tools @param {(index: number) => void} open */
function toolElements(tools, open) {
  return tools.map(([name, failed, answeredBy]) => {
    const node = element('span', { className: failed ? 'tool failed' : 'tool', title: name }, element('span', 'name', failed ? `✗ ${name}` : name));
    if (answeredBy !== null) {
      const link = element('button', { type: 'button', tabIndex: -1, title: `Open call ${answeredBy}, which got the result`, ariaLabel: `result of ${name} in call ${answeredBy}` }, `→ ${answeredBy}`);
      link.addEventListener('click', (event) => { event.stopPropagation(); open(answeredBy); });
      node.append(link);
    }
    return node;
  });
}

/** @param {Row} row @param {Head[]} heads @param {(index: number) => void} open */
function rowElement(row, heads, open) {
  const quoted = row.kind === 'answer' ? `“${row.words}”` : row.words;
  const what = element('td', { className: 'col-what', title: `${row.label}\n${quoted}` }, element('span', `words kind-${row.kind}`, quoted));
  if (row.label !== row.words) what.append(element('span', 'label', row.label));
  /** @type {{[name: string]: HTMLElement}} */
  const special = {
    what, bar: element('td', 'col-bar', barElement(row.bar, `started ${row.started[0]} (${row.started[1]})\nlength ${row.length[0]} (${row.length[1]})`)),
    tools: element('td', 'col-tools', element('div', '', ...toolElements(row.tools, open))),
  };
  /** Text and tooltip of each plain cell. @type {{[name: string]: (string|number|null)[]}} */
  const texts = {
    index: [String(row.index)], ended: [`${MARKS[row.status] ?? ''} ${row.ended}`.trim(), row.kind === 'error' ? row.words : row.ended],
    started: row.started, length: row.length, input: row.input.slice(0, 1), output: row.output.slice(0, 1), cost: row.cost,
    'so-far': row.soFar, spent: row.spent,
  };
  const cells = heads.map(([name]) => special[name]
    ?? element('td', { className: `col-${name}`, title: String(texts[name][1] ?? '') }, String(texts[name][0])));
  const node = element('tr', { className: `is-${row.status}`, tabIndex: -1 }, ...cells);
  node.dataset.index = String(row.index);
  node.addEventListener('click', () => { if (!String(getSelection())) open(row.index); });
  return node;
}

/** @param {Calls} calls */
function axisElement({ axis }) {
  const ticks = axis.ticks.map(([place, text]) => {
    const tick = element('span', 'tick', text);
    tick.style.left = `${place}%`;
    return tick;
  });
  return element('div', { className: 'axis', title: axis.label }, ...ticks);
}

/** @param {HTMLTableSectionElement} body @param {KeyboardEvent} event @param {(index: number) => void} open */
function onKey(body, event, open) {
  const row = /** @type {HTMLElement} */ (event.target).closest('tr');
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling, Home: body.firstElementChild, End: body.lastElementChild }[event.key];
  if (next instanceof HTMLElement) {
    focusRow(body, next);
    next.focus();
  } else if (event.key !== 'Enter' || event.target !== row) return;
  else open(Number(row.dataset.index));
  event.preventDefault();
  event.stopPropagation();
}

/** Let Tab reach one row and its links, and no other. @param {HTMLElement} body @param {HTMLElement} row */
function focusRow(body, row) {
  for (const node of body.querySelectorAll('[tabindex="0"]')) /** @type {HTMLElement} */ (node).tabIndex = -1;
  row.tabIndex = 0;
  for (const link of row.querySelectorAll('button')) link.tabIndex = 0;
}

/** @param {HTMLElement} parent @param {CallsData} data @param {(index: number) => void} open */
function build(parent, data, open) {
  /** @type {Calls} */
  const calls = JSON.parse(data.calls);
  let order = orders.get(data.identity) ?? { column: /** @type {Column} */ ('index'), descending: false };
  const shownHeads = HEADS.filter(([name]) => ALWAYS.includes(name) || calls.columns.includes(name));
  const rows = new Map(calls.rows.map((row) => [row.index, rowElement(row, shownHeads, open)]));
  const body = element('tbody', '');
  const heads = shownHeads.map(([name, text, column]) => {
    const head = element('th', { className: `col-${name}`, scope: 'col' });
    if (name === 'bar') head.append(axisElement(calls));
    else if (!column) head.append(text);
    else head.append(element('button', { type: 'button', title: TITLES[name] ?? `Sort by ${text}`, onclick: () => { order = nextOrder(order, column); arrange(); } }, text));
    return head;
  });

  function arrange() {
    orders.set(data.identity, order);
    body.replaceChildren(...inOrder(calls.rows, order).map((row) => /** @type {HTMLElement} */ (rows.get(row.index))));
    heads.forEach((head, place) => {
      head.ariaSort = shownHeads[place][2] === order.column ? (order.descending ? 'descending' : 'ascending') : null;
    });
    if (body.firstElementChild instanceof HTMLElement) focusRow(body, body.firstElementChild);
  }

  body.addEventListener('keydown', (event) => onKey(body, event, open));
  const facts = element('p', 'facts', calls.figures);
  if (calls.longest) {
    const [label, index, length] = calls.longest;
    facts.append(calls.figures && ' · ', `${label}: `, element('button', { type: 'button', onclick: () => open(index) }, `call ${index}, ${length}`));
  }
  const table = element('table', { ariaLabel: `${calls.title}; the axis shows ${calls.axis.label}` }, element('thead', '', element('tr', '', ...heads)), body);
  parent.querySelector('.calls')?.remove();
  parent.append(element('div', 'calls', element('div', 'head', element('h1', '', calls.title), facts),
    element('p', 'axis-label', `Bars: ${calls.axis.label}.`), element('div', 'scroller', table)));
  arrange();
}

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: CallsData, setTriggerValue: (name: string, value: number) => void}} component
 */
export default function ({ parentElement, data, setTriggerValue }) {
  if (shown.get(parentElement) === data.identity) return;
  shown.set(parentElement, data.identity);
  build(parentElement, data, (index) => setTriggerValue('picked', index));
}
