// @ts-check

/** The page that each element shows. @type {WeakMap<object, string>} */
const shown = new WeakMap();

/**
 * Streamlit calls this on mount and whenever the data has changed. The page holds recorded text, so its frame has no origin: it can
 * reach neither this page nor the server.
 * @param {{parentElement: HTMLElement, data: {page: string, title: string}}} component
 */
export default function ({ parentElement, data }) {
  if (shown.get(parentElement) === data.page) return;
  shown.set(parentElement, data.page);
  parentElement.querySelector('iframe')?.remove();
  const frame = document.createElement('iframe');
  const address = URL.createObjectURL(new Blob([data.page], { type: 'text/html' }));
  frame.setAttribute('sandbox', 'allow-scripts allow-downloads');
  frame.title = data.title;
  frame.addEventListener('load', () => URL.revokeObjectURL(address), { once: true });
  frame.src = address;
  parentElement.append(frame);
}
