// @ts-check
/**
 * The notebook's side of the frame that holds a deck: it gets its height only when the deck says that it runs. Where a policy forbids
 * the frame or its script, nothing of it is seen.
 *
 * The text of this function is the `onload` attribute of the frame, because a host that inserts HTML runs attributes but not always scripts.
 * @param {HTMLIFrameElement & {hosting?: AbortController}} frame
 */
export function hostDeck(frame) {
  // The highest deck: six streams that race. A recording must not fill the notebook.
  const most = 1600;
  // A frame that is moved in the notebook loads again.
  frame.hosting?.abort();
  const { signal } = (frame.hosting = new AbortController());
  const tellScheme = () => {
    // Every host sets the colour of its text, each in another way: light text is on a dark ground.
    const [red, green, blue] = (getComputedStyle(frame.parentElement ?? document.body).color.match(/[\d.]+/g) ?? []).map(Number);
    const deckScheme = red + green + blue > 384 ? 'dark' : 'light';
    // The same scheme on both sides lets the ground of the notebook shine through.
    frame.style.colorScheme = deckScheme;
    frame.contentWindow?.postMessage({ deckScheme }, '*');
  };
  // In an attribute, a bare name would be that of the frame.
  window.addEventListener('message', ({ source, data }) => {
    const height = Number(data?.deckHeight);
    if (source === frame.contentWindow && height > 0) frame.style.height = `${Math.min(Math.ceil(height), most)}px`;
  }, { signal });
  const themes = new MutationObserver(() => (frame.isConnected ? tellScheme() : frame.hosting?.abort()));
  for (const node of [document.documentElement, document.body]) themes.observe(node, { attributes: true });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', tellScheme, { signal });
  signal.addEventListener('abort', () => themes.disconnect());
  tellScheme();
}
