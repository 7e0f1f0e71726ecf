// @ts-check
/**
 * Nodes of `nodes.py` made into elements. Every text becomes a Text node and nothing else.
 *
 * An element with `data-event="n"` selects event n of the stream, by a click, Enter or the space bar.
 *
 * @typedef {string | number | ElementNode} PageNode a number is an index into the shared texts
 * @typedef {[tag: string, attributes: {[name: string]: string}, ...children: PageNode[]]} ElementNode
 */

const HTML_TAGS = new Set(('a b caption code dd del details div dl dt h1 h2 h3 ins li ol p pre section span summary'
  + ' table tbody td th thead tr ul').split(' '));
const SVG_TAGS = new Set(['svg', 'rect', 'pattern', 'path']);
const ROWS = new Set(['tr', 'td', 'li']);
const ATTRIBUTES = new Set(('class title href open role tabindex aria-label scope colspan id x width height d'
  + ' patternUnits aria-hidden dir').split(' '));

/** @param {PageNode} node @param {string[]} texts long texts that nodes share @returns {Node} */
export function build(node, texts) {
  if (!Array.isArray(node)) return document.createTextNode(typeof node === 'number' ? texts[node] : node);
  const [tag, attributes, ...children] = node;
  if (!HTML_TAGS.has(tag) && !SVG_TAGS.has(tag)) throw new Error(`${tag} is not a tag of a node`);
  const made = SVG_TAGS.has(tag) ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (ATTRIBUTES.has(name) && (name !== 'href' || value.startsWith('#'))) made.setAttribute(name, value);
  }
  if (/^\d+$/.test(attributes['data-event'] ?? '')) makeButton(made, attributes['data-event']);
  made.append(...children.map((child) => build(child, texts)));
  return made;
}

/** @param {Element} made @param {string} event */
function makeButton(made, event) {
  made.setAttribute('data-event', event);
  made.setAttribute('tabindex', '0');
  // A row or an item that is called a button is no longer part of its table or list.
  if (!ROWS.has(made.localName)) made.setAttribute('role', 'button');
}

/**
 * Call `select` with the event of each element with `data-event` that is clicked or operated by a key.
 * @param {EventTarget} root @param {(event: number) => void} select
 */
export function onEventSelected(root, select) {
  /** @param {Event} happened */
  const selectTarget = (happened) => {
    const pressed = happened instanceof KeyboardEvent ? happened.key : 'Enter';
    // A link or a button within a row has its own effect.
    const within = /** @type {Element} */ (happened.target).closest('a, button, input, summary, [data-event]');
    const event = within?.getAttribute('data-event');
    if (!event || (pressed !== 'Enter' && pressed !== ' ')) return;
    happened.preventDefault();
    select(Number(event));
  };
  root.addEventListener('click', selectTarget);
  root.addEventListener('keydown', selectTarget);
}
