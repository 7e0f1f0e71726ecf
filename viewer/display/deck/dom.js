// @ts-check

/**
 * An element of a class, or with properties, and what is inside; text becomes Text nodes.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {string|Partial<HTMLElementTagNameMap[K]>} properties @param {(Node|string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, properties, ...children) {
  const node = document.createElement(tag);
  Object.assign(node, typeof properties === 'string' ? { className: properties } : properties);
  node.append(...children);
  return node;
}

/** @param {string} text @param {string} title @param {() => void} onclick @param {string} className */
export const button = (text, title, onclick, className = '') =>
  // A sign alone is no name.
  element('button', { type: 'button', title, onclick, className, ariaLabel: text.length < 3 ? title : null }, text);
