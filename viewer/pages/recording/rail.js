// @ts-check
/**
 * The rail of calls: a list box that opens the call of a row. j and k walk through it from anywhere on the page.
 *
 * @typedef {{index: number, status: 'ok'|'error'|'tool'|'cut'|'other', note: string, kind: string, words: string,
 *   input: number, output: number, tokens: string, time: string}} Row
 * @typedef {{title: string, figures: string, rows: Row[]}} Calls
 * @typedef {{identity: string, rows: string, current: number}} RailData `rows` is JSON of `Calls`; `current` is -1 for all calls
 * @typedef {{identity: string, current: number, walk: (steps: number) => void, show: (index: number) => void, listening: AbortController}} Rail
 */

import { element } from '../../display/deck/dom.js';

const ALL = -1;
// Walking with a key held down must not open each call on the way.
const SETTLED_AFTER_MS = 150;
const GLYPHS = { ok: '', error: '✗', tool: '✗', cut: '✂', other: '·' };
const STATUS_NAMES = { ok: '', error: 'error', tool: 'tool failed', cut: 'cut off', other: 'not a call of a model' };

/** The rail of each parent element. For changed data, Streamlit calls again without running the earlier cleanup. @type {WeakMap<Element, Rail>} */
const rails = new WeakMap();

/** Whether a key press is text that somebody types. @param {KeyboardEvent} event */
function isTyped(event) {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select, [role=combobox]'));
}

/** @param {Row} row @param {number} most the most tokens of a call */
function rowElement(row, most) {
  const quoted = row.kind === 'answer' ? `“${row.words}”` : row.words;
  const status = [STATUS_NAMES[row.status], row.note].filter(Boolean).join(', ');
  const bar = element('span', 'rail-bar');
  for (const kind of /** @type {const} */ (['input', 'output'])) {
    if (!row[kind]) continue;
    const part = element('span', `rail-${kind}`);
    part.style.width = `${(100 * row[kind]) / most}%`;
    bar.append(part);
  }
  const node = element('div', {
    className: `rail-row rail-is-${row.status}`, id: `rail-${row.index}`, role: 'option', title: quoted,
    ariaLabel: [`${row.index}: ${quoted}`, status, row.tokens, row.time].filter(Boolean).join(', '),
  },
  element('span', 'rail-glyph', GLYPHS[row.status]), element('span', 'rail-index', String(row.index)),
  element('span', `rail-words rail-kind-${row.kind}`, quoted), element('span', 'rail-note', row.note));
  if (row.status !== 'other') {
    node.append(element('span', 'rail-more', ...(bar.hasChildNodes() ? [bar] : []), element('span', 'rail-tokens', row.tokens), element('span', 'rail-time', row.time)));
  }
  node.dataset.index = String(row.index);
  return node;
}

/** @param {Calls} calls */
function allElement({ title, figures }) {
  const node = element('div', { className: 'rail-row rail-all', id: `rail-${ALL}`, role: 'option', ariaLabel: [title, figures].filter(Boolean).join(': ') },
    element('span', 'rail-title', title), element('span', 'rail-figures', figures));
  node.dataset.index = String(ALL);
  return node;
}

/** Let the list end at the lower edge of the window, wherever it begins. @param {HTMLElement} list */
function fit(list) {
  const top = Math.round(list.getBoundingClientRect().top);
  if (top > 0 && top < innerHeight / 2) list.style.maxHeight = `calc(100vh - ${top + 16}px)`;
}

/**
 * @param {HTMLElement} parent @param {RailData} data @param {(index: number) => void} open
 * @returns {Rail}
 */
function build(parent, data, open) {
  /** @type {Calls} */
  const calls = JSON.parse(data.rows);
  const most = Math.max(1, ...calls.rows.map((row) => row.input + row.output));
  const rows = [allElement(calls), ...calls.rows.map((row) => rowElement(row, most))];
  const list = element('div', { className: 'rail', role: 'listbox', ariaLabel: 'Calls', tabIndex: 0 }, ...rows);
  parent.querySelector('.rail')?.remove();
  parent.append(list);
  const listening = new AbortController();
  const { signal } = listening;
  const places = [ALL, ...calls.rows.map((row) => row.index)];
  let waiting = 0;

  /** @type {Rail} */
  const rail = { identity: data.identity, current: ALL, walk, show, listening };

  /** Mark the row of an interaction and bring it into sight. @param {number} index */
  function show(index) {
    // While a pick is on its way to the server, the server still names the call before it.
    if (!waiting) mark(index);
  }

  /** @param {number} index */
  function mark(index) {
    rail.current = index;
    for (const row of rows) row.ariaSelected = String(row.dataset.index === String(index));
    const row = rows[places.indexOf(index)];
    if (!row) return;
    list.setAttribute('aria-activedescendant', row.id);
    fit(list);
    const head = index === ALL ? 0 : rows[0].offsetHeight;
    if (row.offsetTop - head < list.scrollTop || index === ALL) list.scrollTop = row.offsetTop - head;
    else if (row.offsetTop + row.offsetHeight > list.scrollTop + list.clientHeight) {
      list.scrollTop = row.offsetTop + row.offsetHeight - list.clientHeight;
    }
  }

  /** @param {number} index @param {number} delay_ms */
  function pick(index, delay_ms) {
    mark(index);
    clearTimeout(waiting);
    waiting = setTimeout(() => { waiting = 0; open(index); }, delay_ms);
  }

  /** @param {number} steps */
  function walk(steps) {
    const place = Math.min(Math.max(places.indexOf(rail.current) + steps, 0), places.length - 1);
    if (places[place] !== rail.current) pick(places[place], SETTLED_AFTER_MS);
  }

  list.addEventListener('click', (event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest('.rail-row');
    if (row instanceof HTMLElement) pick(Number(row.dataset.index), 0);
  }, { signal });
  list.addEventListener('keydown', (event) => onKey(event, walk, () => pick(rail.current, 0), places.length), { signal });
  // In the capture phase, so that neither the deck nor Streamlit takes the key, too.
  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !['j', 'k'].includes(event.key) || isTyped(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    walk(event.key === 'j' ? 1 : -1);
  }, { signal, capture: true });
  signal.addEventListener('abort', () => clearTimeout(waiting));
  return rail;
}

/** @param {KeyboardEvent} event @param {(steps: number) => void} walk @param {() => void} open @param {number} count */
function onKey(event, walk, open, count) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const steps = /** @type {{[key: string]: number}} */ ({ ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -count, End: count })[event.key];
  if (steps) walk(steps);
  else if (event.key === 'Enter' || event.key === ' ') open();
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
