// @ts-check
/** Where key presses go: to the find field, to the focused element, or to the deck. */

import { commandFor, isBare } from './keys.js';

/** Whether a focused element uses a key itself, to scroll or to be operated. @param {{matches: (selector: string) => boolean}} target @param {string} key */
export function isOwnKey(target, key) {
  if (target.matches('.deck-text')) return [' ', 'Home', 'End'].includes(key);
  return target.matches('select') || (target.matches('button') && [' ', 'Enter'].includes(key));
}

/**
 * `parts` are the elements in which keys are the deck's: the deck itself, and its transcript if that is elsewhere.
 * @param {HTMLElement} box @param {HTMLElement[]} parts @param {HTMLInputElement} find
 * @param {{run: (command: string, value: number) => void, findNext: (direction: number) => void, leaveFind: () => void}} actions
 * @param {AbortSignal} signal
 */
export function listenToKeys(box, parts, find, { run, findNext, leaveFind }, signal) {
  /** @param {KeyboardEvent} event */
  function runCommand(event) {
    const command = commandFor(event);
    if (!command) return;
    event.preventDefault();
    run(command.name, command.value);
  }

  /** @param {KeyboardEvent} event */
  function inDeck(event) {
    // Hosts bind bare keys (Streamlit reruns on r and clears caches on c). Inside the deck, they are the deck's.
    if (isBare(event)) event.stopPropagation();
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (target === find) {
      if (event.key === 'Enter') findNext(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') leaveFind();
      return;
    }
    if (!isOwnKey(target, event.key)) runCommand(event);
  }
  for (const part of [box, ...parts]) part.addEventListener('keydown', inDeck);
  document.addEventListener('keydown', (event) => {
    // If nothing has the focus, the target is the body. Of several decks in view, the first one handles the key.
    if (event.target !== document.body || event.defaultPrevented) return;
    const { top, bottom } = box.getBoundingClientRect();
    if (top < innerHeight && bottom > 0) runCommand(event);
  }, { signal });
}
