// @ts-check
/**
 * The button *Open…* and its dialog: files, a folder, pasted text, and what is open. Everything that is opened goes through
 * Streamlit's uploader, which is on the page but out of sight.
 *
 * @typedef {{key: string, name: string}} Opened
 * @typedef {{opened: Opened[], maxBytes: number, uploads: number}} OpenData `uploads` counts what the server has received
 * @typedef {{parentElement: HTMLElement, data: OpenData, setTriggerValue: (name: string, value: string) => void}} OpenComponent
 */

import { button, element } from '../../display/deck/dom.js';
import { listenToDrops, textFile } from './overlay.js';
import { packed } from './packing.js';

const UPLOADER = '[data-testid="stFileUploader"] input[type="file"]';
const WHAT_OPENS = 'Cassettes of go-vcr, VCR.py, Ruby VCR, Polly.js and other recorders, HAR files, event streams, and folders, zip or tar'
  + ' archives of them. Files go only to the server that runs this viewer.';

/** The parts of the dialog that later data changes. @type {WeakMap<Element, (data: OpenData) => void>} */
const mounted = new WeakMap();

/** Ask for files, or for a folder. @param {boolean} isFolder @param {(files: File[]) => void} open */
function choose(isFolder, open) {
  const input = element('input', { type: 'file', multiple: true, webkitdirectory: isFolder });
  input.onchange = () => {
    const found = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    open(packed(found, isFolder));
  };
  input.click();
}

/** @param {File[]} files @param {number} maxBytes @returns {string} why they cannot be sent; "" if they can */
export function refusal(files, maxBytes) {
  const large = files.find((file) => file.size > maxBytes);
  if (!files.length) return 'Nothing to open: the folder has no files.';
  return large ? `${large.name} is larger than the ${Math.round(maxBytes / 2 ** 20)} MB that this server takes at once.` : '';
}

/** @param {OpenComponent} component */
function mountOpening({ parentElement, data, setTriggerValue }) {
  const ending = new AbortController();
  let { maxBytes, uploads } = data;
  const opener = button('Open…', 'Open files, a folder or pasted text', () => dialog.showModal(), 'action');
  const message = element('p', { className: 'message', role: 'alert' });
  const text = element('textarea', { rows: 6, placeholder: 'data: {…}', spellcheck: false, ariaLabel: 'Events or a cassette' });
  const list = element('ul', 'opened');
  const openedTitle = element('h3', { hidden: true }, 'Open now');

  /** @param {File[]} files */
  function open(files) {
    message.textContent = refusal(files, maxBytes);
    const input = /** @type {HTMLInputElement|null} */ (document.querySelector(UPLOADER));
    if (message.textContent || !input) {
      if (!dialog.open) dialog.showModal();
      return;
    }
    const given = new DataTransfer();
    for (const file of files) given.items.add(file);
    input.files = given.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    opener.textContent = 'Opening…';
    opener.ariaBusy = 'true';
    dialog.close();
  }

  const dialog = element('dialog', { ariaLabel: 'Open recordings' },
    element('header', '', element('h2', '', 'Open recordings'), button('×', 'Close', () => dialog.close(), 'close')),
    element('p', '', 'Drop files or folders anywhere on the page, or paste with Ctrl+V.'),
    element('div', 'ways', button('Choose files…', '', () => choose(false, open)), button('Choose a folder…', '', () => choose(true, open))),
    element('label', '', 'Or paste events or a cassette here', text),
    element('div', 'ways', button('Open text', '', () => {
      if (text.value.trim()) open([textFile(text.value)]);
      else text.focus();
      text.value = '';
    })),
    message,
    openedTitle, list,
    element('p', 'note', WHAT_OPENS));
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  const box = element('div', 'opening', opener, dialog);
  // Streamlit binds bare keys. Inside this element, they are text.
  box.addEventListener('keydown', (event) => event.stopPropagation());
  parentElement.append(box);
  listenToDrops(box, open, ending.signal);

  /** @param {Opened} one */
  const item = ({ key, name }) => element('li', '',
    button(name, 'Show this recording', () => { dialog.close(); setTriggerValue('show', key); }, 'name'),
    element('button', { type: 'button', className: 'close', title: 'Remove', ariaLabel: `Remove ${name}`, onclick: () => setTriggerValue('remove', key) }, '×'));

  /** @param {OpenData} changed */
  function update(changed) {
    if (changed.uploads !== uploads) {
      opener.textContent = 'Open…';
      opener.ariaBusy = null;
    }
    ({ maxBytes, uploads } = changed);
    openedTitle.hidden = !changed.opened.length;
    list.replaceChildren(...changed.opened.map(item));
  }

  update(data);
  mounted.set(parentElement, update);
  return () => {
    ending.abort();
    box.remove();
    mounted.delete(parentElement);
  };
}

/** @type {WeakMap<Element, () => void>} */
const ends = new WeakMap();

/** Streamlit calls this on mount and whenever the data has changed. @param {OpenComponent} component */
export default function (component) {
  const update = mounted.get(component.parentElement);
  if (update) update(component.data);
  else ends.set(component.parentElement, mountOpening(component));
  return ends.get(component.parentElement);
}
