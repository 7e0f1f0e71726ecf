// @ts-check
/**
 * Markdown in a frame of its own. The frame has no scripts and no origin, and its page may fetch nothing: the text in it is recorded.
 *
 * @typedef {import('./markdown.js').Tree} Tree
 */

import { element } from './dom.js';
import { markdownTree } from './markdown.js';

/** Of a longer text, the frame shows the beginning. */
const MAX_RENDERED = 200_000;
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'";
// Written as XML, so without characters that XML escapes.
const PAGE_STYLE = 'body { margin: 8px 10px; font: 15px/1.55 system-ui, sans-serif; overflow-wrap: anywhere; unicode-bidi: isolate }'
  + ' h1, h2, h3, h4, h5, h6 { font-size: 1.1em; margin: 1em 0 .4em } h1 { font-size: 1.35em } h2 { font-size: 1.2em }'
  + ' p, ul, ol, pre, blockquote, table { margin: .5em 0 } li { white-space: normal } p, li, td, th { white-space: pre-line }'
  + ' code { font: 13px ui-monospace, monospace; background: #8882; border-radius: 3px; padding: 1px 3px }'
  + ' pre { background: #8882; border-radius: 6px; padding: 8px 10px; overflow: auto } pre code { background: none; padding: 0; white-space: pre }'
  + ' table { border-collapse: collapse } td, th { border: 1px solid #8886; padding: 3px 8px; text-align: start }'
  + ' blockquote { border-inline-start: 3px solid #8886; padding-inline-start: 10px; margin-inline: 0 } small { opacity: .75; font-size: .9em }';
const TREE_TAGS = new Set('h1 h2 h3 h4 h5 h6 p ul ol li pre code blockquote hr em strong del table tr th td small'.split(' '));
// XML has no form for these, and a page none that would show them.
const NOT_IN_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** @param {Document} page @param {Tree} tree @returns {Node} */
function buildTree(page, tree) {
  if (typeof tree === 'string') return page.createTextNode(tree.replace(NOT_IN_XML, '\ufffd'));
  const [tag, ...children] = tree;
  const made = page.createElement(TREE_TAGS.has(tag) ? tag : 'p');
  made.append(...children.map((child) => buildTree(page, child)));
  return made;
}

/** The page of a text. @param {string} text @param {string} color @param {string} scheme */
function pageOf(text, color, scheme) {
  const page = document.implementation.createHTMLDocument('Markdown');
  const policy = page.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = PAGE_POLICY;
  const charset = page.createElement('meta');
  charset.setAttribute('charset', 'utf-8');
  const style = page.createElement('style');
  style.textContent = PAGE_STYLE;
  page.head.prepend(charset, policy, style);
  page.documentElement.style.colorScheme = scheme;
  page.body.style.color = color;
  const rest = text.length > MAX_RENDERED ? [page.createElement('hr'), 'The rest is not rendered.'] : [];
  page.body.append(...markdownTree(text.slice(0, MAX_RENDERED)).map((tree) => buildTree(page, tree)), ...rest);
  return `<!doctype html>${new XMLSerializer().serializeToString(page.documentElement)}`;
}

/** A frame that shows a text as Markdown in the look of an element. @param {string} text @param {Element} like */
export function makeMarkdownFrame(text, like) {
  const { color, colorScheme } = getComputedStyle(like);
  const scheme = /dark/.test(colorScheme) && !/light/.test(colorScheme) ? 'dark' : 'light';
  const address = URL.createObjectURL(new Blob([pageOf(text, color, scheme)], { type: 'text/html' }));
  const frame = element('iframe', { className: 'deck-markdown', title: 'The text as Markdown' });
  frame.setAttribute('sandbox', '');
  frame.addEventListener('load', () => URL.revokeObjectURL(address), { once: true });
  frame.src = address;
  return frame;
}
