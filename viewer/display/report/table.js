// @ts-check
/** The chunk table of the report, with a search and a filter by kind. */

import { button, element } from '../deck/dom.js';
import { chunkCells } from '../table_cells.js';
import { MAX_ROWS, VirtualTable } from '../virtual_table.js';
import { foundIn, rowsShown } from './search.js';

/** @typedef {import('./columns.js').Columns} Columns */

const counted = (/** @type {number} */ count) => count.toLocaleString('en');

/**
 * @param {HTMLElement} root
 * @param {{columns: Columns, kinds: string[], grades: string[], shown: string[], note: string}} data
 * @param {(event: number) => void} select called with the event of a row that is selected
 */
export function mountTable(root, { columns, kinds, grades, shown, note }, select) {
  const texts = columns.text.map(String);
  const kindOf = columns.kind.map(Number);
  const laneOfRow = texts.map((_, row) => `${columns.choice[row]}/${columns.kind[row]}/${columns.tool[row]}`);
  const present = [...new Set(kindOf)].sort((one, other) => one - other);
  /** @type {Set<number|string>} */
  const chosen = new Set();
  /** @type {ReturnType<typeof foundIn>|null} */
  let found = null;
  const table = new VirtualTable({
    columns: chunkCells(columns, kinds, grades, (row) => found?.get(row)),
    shown,
    label: 'Chunks',
    onSelect: (row) => select(Number(columns.event[row])),
  });

  const find = element('input', { type: 'search', placeholder: 'Search the text', ariaLabel: 'Search the chunks' });
  const filters = present.map((kind) => {
    const count = kindOf.reduce((sum, one) => sum + Number(one === kind), 0);
    const name = kinds[kind].replace('_', ' ');
    const toggle = button(`${name} ${counted(count)}`, `Only ${name}`, () => {
      if (!chosen.delete(kind)) chosen.add(kind);
      toggle.ariaPressed = String(chosen.has(kind));
      narrow();
    }, `kind kind-${kinds[kind]}`);
    toggle.ariaPressed = 'false';
    return toggle;
  });
  const status = element('span', { className: 'note', role: 'status' });

  function narrow() {
    found = find.value ? foundIn(texts, laneOfRow, find.value) : null;
    const rows = rowsShown(kindOf, chosen, found);
    const most = rows.length > MAX_ROWS ? `, the first ${counted(MAX_ROWS)} listed` : '';
    status.textContent = `${counted(rows.length)} of ${counted(texts.length)} chunks${most}`;
    table.list(rows);
  }

  let waiting = 0;
  find.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(narrow, 120);
  });
  root.replaceChildren(element('div', 'tools', find, ...(present.length > 1 ? filters : []), status), element('p', 'note', note), table.box);
  narrow();
  return table;
}
