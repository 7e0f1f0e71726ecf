// @ts-check

/**
 * Streamlit calls this on mount and whenever the data has changed. The page holds recorded text, so its frame has no origin: it can
 * reach neither this page nor the server.
 * @param {{parentElement: HTMLElement, data: {page: string, title: string}}} component
 */
export default function ({ parentElement, data }) {
  const shown = parentElement.querySelector('iframe');
  if (shown?.srcdoc === data.page) return;
  shown?.remove();
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts allow-downloads');
  frame.title = data.title;
  frame.srcdoc = data.page;
  parentElement.append(frame);
}
