// @ts-check
/** The deck's page inside the frame of a notebook: it tells the notebook its height, and follows its theme. */

/**
 * Prepare the page for its host, before the deck is mounted. Call what is returned afterwards, and the host learns that the deck runs.
 * @returns {() => void}
 */
export function joinHost() {
  // Opened by itself, the page is as high as the window.
  if (parent === window) return () => {};
  const page = document.documentElement;
  page.classList.add('deck-hosted');
  // The frame has no origin of its own, and neither may its host. The height is no secret.
  const tellHeight = () => parent.postMessage({ deckHeight: page.offsetHeight }, '*');
  addEventListener('message', ({ source, data }) => {
    if (source !== parent || !['light', 'dark'].includes(data?.deckScheme)) return;
    page.style.colorScheme = data.deckScheme;
    tellHeight();
  });
  return () => {
    new ResizeObserver(tellHeight).observe(page);
    // A frame without a height is not drawn, so the observer would never be called.
    tellHeight();
  };
}
