// @ts-check
/** What keys do: the same as in asciinema-player, and `<` `>` change the speed. */

/** @type {[string, string][]} */
export const HELP = [
  ['space', 'play, pause'],
  ['← →', '5 s back, forward'],
  ['shift ← →', '10 % back, forward'],
  ['0 … 9, home, end', 'go to 0 % … 90 %, start, end'],
  [', .', 'previous, next chunk (while paused)'],
  ['[ ]', 'previous, next marker'],
  ['< >', 'slower, faster'],
  ['l', 'loop'],
  ['i', 'skip idle time'],
  ['/', 'find in the text'],
  ['f', 'full screen'],
  ['?, esc', 'show, close this help'],
];

/** @type {{[key: string]: [string, number]}} */
const COMMANDS = {
  ' ': ['toggle', 0], ArrowLeft: ['skip', -5], ArrowRight: ['skip', 5], 'shift ArrowLeft': ['share', -0.1], 'shift ArrowRight': ['share', 0.1],
  Home: ['fraction', 0], End: ['fraction', 1], '[': ['marker', -1], ']': ['marker', 1],
  ',': ['step', -1], '.': ['step', 1], '<': ['speed', -1], '>': ['speed', 1], l: ['loop', 0], i: ['idle', 0],
  '/': ['find', 0], f: ['fullscreen', 0], '?': ['help', 0], Escape: ['close', 0],
};

/** @typedef {{key: string, shiftKey?: boolean, altKey?: boolean, ctrlKey?: boolean, metaKey?: boolean}} Pressed */

/** Whether a key is pressed without a modifier that would make it a shortcut of the browser. @param {Pressed} event */
export const isBare = (event) => !event.altKey && !event.ctrlKey && !event.metaKey;

/** The command of a key, or null if the key is not the deck's. @param {Pressed} event @returns {{name: string, value: number}|null} */
export function commandFor(event) {
  if (!isBare(event)) return null;
  if (/^[0-9]$/.test(event.key)) return { name: 'fraction', value: Number(event.key) / 10 };
  const key = event.shiftKey && event.key.startsWith('Arrow') ? `shift ${event.key}` : event.key;
  if (!Object.hasOwn(COMMANDS, key)) return null;
  const [name, value] = COMMANDS[key];
  return { name, value };
}
