// @ts-check
/** The right part of the bar: the switch between the light and the dark theme, and the help. */

import { button, element } from '../../display/deck/dom.js';
import { storageOf } from './storage.js';

// Streamlit keeps the theme for each path, and reads it when the page is loaded.
const THEME_KEYS = ['', 'library', 'compare'].map((page) => `stActiveTheme-${new URL(page || './', document.baseURI).pathname}-v2`);

/** @type {[string, string][]} */
const KEYS = [
  ['Space', 'play, pause'],
  ['← →', 'back, forward'],
  [', .', 'previous, next chunk'],
  ['[ ]', 'previous, next marker'],
  ['W S', 'zoom in, out'],
  ['A D', 'move the part in sight'],
  ['j k', 'next, previous call'],
  ['/', 'find in the text'],
  ['?', 'all keys of the deck'],
  ['Ctrl+V', 'open what was copied'],
];

const isDark = () => getComputedStyle(document.querySelector('.stApp') ?? document.body).colorScheme === 'dark';

/** Everything that is shown is named in the address, so that loading the page again keeps it. */
function switchTheme() {
  const theme = JSON.stringify(isDark() ? 'Light' : 'Dark');
  for (const key of THEME_KEYS) storageOf('localStorage')?.setItem(key, theme);
  location.reload();
}

function helpDialog() {
  const keys = element('dl', 'keys', ...KEYS.flatMap(([key, what]) => [element('dt', '', element('kbd', '', key)), element('dd', '', what)]));
  /** @type {HTMLDialogElement} */
  const dialog = element('dialog', { ariaLabel: 'Help' },
    element('header', '', element('h2', '', 'Cassette viewer'), button('×', 'Close', () => dialog.close(), 'close')),
    element('p', '', 'Opens recorded streams of language models: cassettes of some seventy recorders, HAR files, bodies of event streams, and folders,'
      + ' zip or tar archives of them. Drop them anywhere on the page.'),
    element('p', '', 'A mark beside a time tells how well it is known. Rest the pointer on it to read why. What was not recorded is never drawn.'),
    element('h3', '', 'Keys'), keys);
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  return dialog;
}

/** What ends each mounted part. @type {WeakMap<Element, AbortController>} */
const mounted = new WeakMap();

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, setTriggerValue: (name: string, value: boolean) => void}} component
 */
export default function ({ parentElement, setTriggerValue }) {
  const ending = mounted.get(parentElement) ?? new AbortController();
  if (!mounted.has(parentElement)) {
    mounted.set(parentElement, ending);
    const dialog = helpDialog();
    const box = element('div', 'switches',
      // A theme that cannot be kept would be gone with the reload that shows it.
      ...(storageOf('localStorage') ? [button('◐', 'Light or dark', switchTheme, 'icon')] : []),
      button('?', 'Help', () => dialog.showModal(), 'icon'), dialog);
    box.addEventListener('keydown', (event) => event.stopPropagation());
    parentElement.append(box);
    // Charts have the colours of the theme in which they were drawn.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', () => setTriggerValue('scheme', scheme.matches), { signal: ending.signal });
    ending.signal.addEventListener('abort', () => box.remove());
  }
  return () => {
    ending.abort();
    mounted.delete(parentElement);
  };
}
