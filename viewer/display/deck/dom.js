// @ts-check

/**
 * An element with a class or with properties, and its children. Strings become Text nodes.
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

/** Set a text unless it is set already: a new Text node would lose the selection. @param {Element} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {string} text @param {string} title @param {() => void} onclick @param {string} className */
export const button = (text, title, onclick, className = '') =>
  // One character is not a name that a screen reader can say.
  element('button', { type: 'button', title, onclick, className, ariaLabel: text.length < 3 ? title : null }, text);
