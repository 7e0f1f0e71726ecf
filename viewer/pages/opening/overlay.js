// @ts-check
/** The overlay over the whole window while files are dragged over it, and what is dropped or pasted anywhere on the page. */

import { element } from '../../display/deck/dom.js';
import { filesIn } from './packing.js';

// A browser sends dragover at least this often while the pointer rests. Moving over elements sends dragleave, but no pause.
const GONE_AFTER_MS = 700;
export const PASTED_NAME = 'pasted text';

/** @param {number} count of what is dragged; 0 if the browser does not tell */
export const invitation = (count) => (count > 1 ? `Drop to open ${count} files` : 'Drop to open');

/** @param {DragEvent} event */
const holdsFiles = (event) => Boolean(event.dataTransfer?.types.includes('Files'));

/** Whether an event comes from a field that takes text itself. @param {Event} event */
function isInField(event) {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

/** A text as a file, as if it had been dropped. @param {string} text */
export const textFile = (text) => new File([text], PASTED_NAME, { type: 'text/plain' });

/**
 * Show the overlay while files are over the window, and pass on what is dropped, and what is pasted outside of fields.
 * @param {Node} parent @param {(files: File[]) => void} open @param {AbortSignal} signal
 */
export function listenToDrops(parent, open, signal) {
  const words = element('strong', '');
  const overlay = element('div', { className: 'overlay', popover: 'manual' }, words);
  parent.appendChild(overlay);
  let hiding = 0;

  function hide() {
    clearTimeout(hiding);
    if (overlay.matches(':popover-open')) overlay.hidePopover();
  }

  /** @param {DragEvent} event */
  function show(event) {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    clearTimeout(hiding);
    hiding = setTimeout(hide, GONE_AFTER_MS);
    if (overlay.matches(':popover-open')) return;
    const items = [...(event.dataTransfer?.items ?? [])].filter((item) => item.kind === 'file');
    words.textContent = invitation(items.length);
    // A popover is above everything, an open dialog included.
    overlay.showPopover();
  }

  /** @param {DragEvent} event */
  async function drop(event) {
    if (!holdsFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    event.stopPropagation();
    hide();
    open(await filesIn(event.dataTransfer));
  }

  /** @param {ClipboardEvent} event */
  function paste(event) {
    if (isInField(event) || !event.clipboardData) return;
    const files = [...event.clipboardData.files];
    const text = event.clipboardData.getData('text/plain');
    if (files.length) open(files);
    else if (text.trim()) open([textFile(text)]);
  }

  const options = { capture: true, signal };
  document.addEventListener('dragenter', show, options);
  document.addEventListener('dragover', show, options);
  document.addEventListener('dragleave', (event) => { if (holdsFiles(event) && !event.relatedTarget && event.clientX <= 0 && event.clientY <= 0) hide(); }, options);
  document.addEventListener('drop', drop, options);
  document.addEventListener('paste', paste, options);
  signal.addEventListener('abort', () => overlay.remove());
}
