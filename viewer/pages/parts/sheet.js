// @ts-check
const TAGS = new Set(('div span p b h1 h2 dl dt dd ul li code pre details summary table tr th td ins del').split(' '));

/** @param {any} node @returns {Node} */
function build(node) {
  if (!Array.isArray(node)) return document.createTextNode(String(node));
  const [tag, kind, tip, ...children] = node;
  const element = document.createElement(TAGS.has(tag) ? tag : 'span');
  element.className = kind;
  if (tip) element.title = tip;
  element.append(...children.map(build));
  return element;
}

/** Streamlit calls this on mount and whenever the data has changed. @param {any} component */
export default function ({ parentElement, data }) {
  parentElement.querySelector('.sheet')?.remove();
  const sheet = document.createElement('div');
  sheet.className = 'sheet';
  sheet.append(...data.nodes.map(build));
  parentElement.append(sheet);
}
