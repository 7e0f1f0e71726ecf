// @ts-check
/**
 * The search in the calls of a session: a field, and below it the places that the server found. A place opens by a click or Enter.
 *
 * @typedef {{index: number, kind: 'prompt'|'answer'|'thinking'|'call'|'result', what: string, words: [before: string, found: string, after: string], count: string}} FoundRow
 * @typedef {{summary: string, rows: FoundRow[]}} Found
 * @typedef {{identity: string, wanted: string, found: string}} FindData `found` is JSON of `Found`, for the text `wanted`
 * @typedef {{identity: string, show: (data: FindData) => void}} Find
 */

import { element } from '../../display/deck/dom.js';

// Each search goes to the server.
const TYPED_AFTER_MS = 250;

/** @type {WeakMap<Element, Find>} */
const finds = new WeakMap();

/** @param {FoundRow} row @param {number} place */
function foundElement({ index, kind, what, words: [before, found, after], count }, place) {
  const node = element('div', { className: `found found-${kind}`, id: `found-${place}`, role: 'option', ariaSelected: 'false', ariaLabel: `call ${index}, ${what}: ${before}${found}${after}` },
    element('span', 'found-index', String(index)), element('span', 'found-what', what), element('span', 'found-count', count),
    element('span', 'found-words', before, element('mark', '', found), after));
  node.dataset.place = String(place);
  return node;
}

/**
 * @param {HTMLElement} parent @param {FindData} first
 * @param {(wanted: string) => void} search @param {(place: number) => void} pick
 * @returns {Find}
 */
function buildFind(parent, first, search, pick) {
  const summary = element('p', { className: 'found-summary', role: 'status' });
  const list = element('div', { className: 'found-list', id: 'found-list', role: 'listbox', ariaLabel: 'What was found' });
  const panel = element('div', { className: 'found-panel', hidden: true }, summary, list);
  const field = element('input', { type: 'search', placeholder: 'Search prompts, answers, results', ariaLabel: 'Search the calls', role: 'combobox', autocomplete: 'off', value: first.wanted });
  field.setAttribute('aria-controls', 'found-list');
  field.ariaExpanded = 'false';
  parent.querySelector('.find')?.remove();
  parent.append(element('div', 'find', field, panel));
  /** @type {HTMLElement[]} */
  let rows = [];
  let marked = -1;
  let waiting = 0;
  let shown = '';

  /** @param {boolean} isOpen */
  function setOpen(isOpen) {
    panel.hidden = !isOpen;
    field.ariaExpanded = String(isOpen);
  }

  /** @param {number} place */
  function mark(place) {
    if (rows[marked]) rows[marked].ariaSelected = 'false';
    marked = Math.min(Math.max(place, -1), rows.length - 1);
    const row = rows[marked];
    if (!row) return field.removeAttribute('aria-activedescendant');
    row.ariaSelected = 'true';
    row.scrollIntoView({ block: 'nearest' });
    field.setAttribute('aria-activedescendant', row.id);
  }

  /** @param {number} place */
  function choose(place) {
    mark(place);
    setOpen(false);
    pick(place);
  }

  /** @param {FindData} data */
  function show(data) {
    // While somebody types on, the server still answers the text before.
    if (data.wanted !== field.value.trim() || shown === data.wanted + data.found) return;
    shown = data.wanted + data.found;
    /** @type {Found} */
    const found = JSON.parse(data.found);
    summary.textContent = found.summary;
    rows = found.rows.map(foundElement);
    marked = -1;
    list.replaceChildren(...rows);
    setOpen(Boolean(data.wanted) && field.matches(':focus'));
  }

  field.addEventListener('input', () => {
    clearTimeout(waiting);
    if (!field.value.trim()) setOpen(false);
    waiting = setTimeout(() => search(field.value.trim()), TYPED_AFTER_MS);
  });
  field.addEventListener('focus', () => { if (field.value.trim() && rows.length) setOpen(true); });
  field.addEventListener('blur', () => setOpen(false));
  field.addEventListener('keydown', (event) => {
    // Streamlit binds bare letters.
    event.stopPropagation();
    const steps = /** @type {{[key: string]: number}} */ ({ ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 })[event.key];
    if (steps) mark(marked + steps);
    else if (event.key === 'Enter' && rows.length) choose(Math.max(marked, 0));
    else if (event.key === 'Escape' && !panel.hidden) setOpen(false);
    else return;
    event.preventDefault();
  });
  // The field keeps the focus, so that its blur does not close the panel before the click.
  panel.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest('.found');
    if (row instanceof HTMLElement) choose(Number(row.dataset.place));
  });
  return { identity: first.identity, show };
}

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: FindData, setStateValue: (name: string, value: string) => void,
 *   setTriggerValue: (name: string, value: number) => void}} component
 */
export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  let find = finds.get(parentElement);
  if (find?.identity !== data.identity) {
    find = buildFind(parentElement, data, (wanted) => setStateValue('wanted', wanted), (place) => setTriggerValue('picked', place));
    finds.set(parentElement, find);
  }
  find.show(data);
}
