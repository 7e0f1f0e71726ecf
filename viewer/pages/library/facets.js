// @ts-check
/** The facets beside the list: the values of each with their counts, as boxes to tick. */

import { button, element } from '../../display/deck/dom.js';
import { facetCounts } from './rows.js';

/**
 * @typedef {import('./rows.js').Table} Table
 * @typedef {import('./rows.js').Chosen} Chosen
 */

const SHOWN_VALUES = 10;

/** The chosen values in an address. @param {Table} table @param {string} search @returns {Chosen} */
export function chosenIn(table, search) {
  const query = new URLSearchParams(search);
  return new Map(table.facets.map(({ name }) => [name, new Set(query.getAll(name))]));
}

/**
 * Draw the facets anew. A tick draws them again with the counts that it changes.
 * @param {HTMLElement} place @param {Table} table @param {number[]} rows @param {Chosen} chosen @param {Set<string>} unfolded
 * @param {() => void} changed
 */
export function drawFacets(place, table, rows, chosen, unfolded, changed) {
  const focused = /** @type {ShadowRoot} */ (place.getRootNode()).activeElement?.getAttribute('data-facet');
  const counts = facetCounts(table, rows, chosen);
  const groups = table.facets.flatMap((facet, index) => {
    const wanted = chosen.get(facet.name) ?? new Set();
    const order = facet.values.map((_, code) => code)
      .filter((code) => counts[index][code] || wanted.has(facet.values[code]))
      .sort((a, b) => counts[index][b] - counts[index][a]);
    // A facet with one value filters nothing.
    return order.length < 2 && !wanted.size ? [] : [group(facet, order, counts[index], wanted, unfolded, changed)];
  });
  place.replaceChildren(...groups);
  const again = focused && /** @type {HTMLElement|null} */ (place.querySelector(`[data-facet="${CSS.escape(focused)}"]`));
  if (again) again.focus();
}

/**
 * @param {import('./rows.js').FacetColumn} facet @param {number[]} order @param {number[]} counts @param {Set<string>} wanted
 * @param {Set<string>} unfolded @param {() => void} changed
 */
function group(facet, order, counts, wanted, unfolded, changed) {
  const isFolded = order.length > SHOWN_VALUES && !unfolded.has(facet.name);
  // What is chosen never hides.
  const shown = isFolded ? order.filter((code, place) => place < SHOWN_VALUES || wanted.has(facet.values[code])) : order;
  const boxes = shown.map((code) => {
    const value = facet.values[code];
    const box = element('input', { type: 'checkbox', checked: wanted.has(value), onchange: () => {
      if (!wanted.delete(value)) wanted.add(value);
      changed();
    } });
    box.dataset.facet = `${facet.name}/${value}`;
    return element('label', { className: 'value', title: value }, box, element('span', 'name', value), element('span', 'count', counts[code].toLocaleString('en')));
  });
  const fold = () => {
    if (!unfolded.delete(facet.name)) unfolded.add(facet.name);
    changed();
  };
  const rest = order.length - shown.length;
  const folding = order.length > SHOWN_VALUES ? [button(isFolded ? `${rest} more` : 'Fewer', '', fold, 'fold')] : [];
  for (const one of folding) one.dataset.facet = `${facet.name}/`;
  return element('fieldset', '', element('legend', '', facet.title), ...boxes, ...folding);
}
