// @ts-check
/** What keys do: the same as in asciinema-player, `<` `>` change the speed, and `w` `a` `s` `d` zoom and pan as in Perfetto. */

/** @type {[string, string][]} */
export const HELP = [
  ['space', 'play, pause'],
  ['← →', 'back, forward by 5 % of what is in sight'],
  ['shift ← →', 'back, forward by 10 %'],
  ['w s', 'zoom in, out (also the wheel; a double click shows all)'],
  ['a d', 'pan left, right'],
  ['0 … 9, home, end', 'go to 0 % … 90 %, start, end'],
  [', .', 'previous, next chunk (while paused)'],
  ['[ ]', 'previous, next marker'],
  ['< >', 'slower, faster'],
  ['l', 'loop'],
  ['i', 'skip idle time'],
  ['/', 'find in the text'],
  ['f', 'full screen'],
  ['?', 'show this help'],
  ['esc', 'close this help, clear the range'],
];

/** @type {{[key: string]: [string, number]}} */
const COMMANDS = {
  ' ': ['toggle', 0], ArrowLeft: ['skip', -0.05], ArrowRight: ['skip', 0.05], 'shift ArrowLeft': ['skip', -0.1], 'shift ArrowRight': ['skip', 0.1],
  w: ['zoom', 0.5], s: ['zoom', 2], a: ['pan', -0.2], d: ['pan', 0.2],
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
