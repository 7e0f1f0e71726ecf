// @ts-check
/** The frame of the library's list: what stays while rows come and go. */

import { button, element } from '../../display/deck/dom.js';

/** The elements that hold the facets, the bar above the rows, and the rows. */
export function buildFrame() {
  const facets = element('div', { className: 'facets', id: 'facets' });
  const toggle = button('Filters', '', () => {
    toggle.ariaExpanded = String(root.classList.toggle('filters-open'));
  }, 'toggle');
  toggle.ariaExpanded = 'false';
  toggle.setAttribute('aria-controls', 'facets');
  const count = element('span', { className: 'count-of-rows', role: 'status' });
  const compare = element('span', 'compare-place');
  const heads = element('div', { className: 'row head', role: 'row', ariaRowIndex: '1' });
  const body = element('div', { className: 'body', role: 'rowgroup' });
  const scroller = element('div', { className: 'scroller', role: 'grid', ariaLabel: 'Streams, answers and errors' }, heads, body);
  const root = element('div', 'library', facets, element('div', 'main', element('div', 'bar', toggle, count, compare), scroller));
  return { root, facets, count, compare, heads, body, scroller };
}
