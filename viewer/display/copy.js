// @ts-check
/** Buttons that copy a text. */

import { button } from './deck/dom.js';

const SHOWN_MS = 1500;

/** Copy a text, also on a page without the right to write to the clipboard, such as one of plain HTTP. @param {string} text */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

/** @param {string} label @param {string} title @param {() => string} textOf */
export function copyButton(label, title, textOf) {
  const made = button(label, title, async () => {
    await copyText(textOf());
    made.textContent = 'Copied';
    setTimeout(() => { made.textContent = label; }, SHOWN_MS);
  }, 'copy');
  return made;
}
