// @ts-check
/** What keys do: those of asciinema-player, and `<` `>` for speed. */

/** @type {[string, string][]} */
export const HELP = [
  ['space', 'play, pause'],
  ['← →', '5 s back, on'],
  ['shift ← →', '10 % back, on'],
  ['0 … 9, home, end', 'jump to 0 % … 90 %, beginning, end'],
  [', .', 'one chunk back, on, while paused'],
  ['[ ]', 'marker before, after'],
  ['< >', 'slower, faster'],
  ['l', 'loop'],
  ['i', 'skip idle time'],
  ['/', 'find in the text'],
  ['f', 'full screen'],
  ['?, esc', 'this help'],
];

/** @type {{[key: string]: [string, number]}} */
const COMMANDS = {
  ' ': ['toggle', 0], Home: ['fraction', 0], End: ['fraction', 1], '[': ['marker', -1], ']': ['marker', 1],
  ',': ['step', -1], '.': ['step', 1], '<': ['speed', -1], '>': ['speed', 1], l: ['loop', 0], i: ['idle', 0],
  '/': ['find', 0], f: ['fullscreen', 0], '?': ['help', 0], Escape: ['close', 0],
};

/**
 * The command of a key; null for keys that are the page's.
 * @param {{key: string, shiftKey?: boolean, altKey?: boolean, ctrlKey?: boolean, metaKey?: boolean}} event
 * @returns {{name: string, value: number}|null}
 */
export function commandFor(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  if (/^[0-9]$/.test(event.key)) return { name: 'fraction', value: Number(event.key) / 10 };
  if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
    const direction = event.key === 'ArrowLeft' ? -1 : 1;
    return event.shiftKey ? { name: 'share', value: direction * 0.1 } : { name: 'skip', value: direction * 5 };
  }
  const [name, value] = Object.hasOwn(COMMANDS, event.key) ? COMMANDS[event.key] : ['', 0];
  return name ? { name, value } : null;
}
