// @ts-check
/**
 * What stands on the page, as plain data made into elements: words become Text nodes and nothing else.
 *
 * @typedef {string | number | [string, {[name: string]: string}, ...any[]]} PageNode a number names a text that stands apart
 */

const HTML_TAGS = new Set('a b caption code dd details div dl dt h1 h3 li ol p pre section span summary table tbody td th thead tr ul'.split(' '));
const SVG_TAGS = new Set(['svg', 'rect', 'pattern', 'path']);
const ATTRIBUTES = new Set(('class title href open role tabindex aria-label scope colspan id x width height d'
  + ' patternUnits aria-hidden dir').split(' '));

/** @param {PageNode} node @param {string[]} texts long ones, which nodes share @returns {Node} */
export function built(node, texts) {
  if (!Array.isArray(node)) return document.createTextNode(typeof node === 'number' ? texts[node] : node);
  const [tag, attributes, ...children] = node;
  if (!HTML_TAGS.has(tag) && !SVG_TAGS.has(tag)) throw new Error(`a page has no ${tag}`);
  const made = SVG_TAGS.has(tag) ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (ATTRIBUTES.has(name) && (name !== 'href' || value.startsWith('#'))) made.setAttribute(name, value);
  }
  made.append(...children.map((child) => built(child, texts)));
  return made;
}
