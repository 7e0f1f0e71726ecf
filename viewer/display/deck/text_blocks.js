// @ts-check
/** A long text that grows: shown up to a length, marked in places, and searched. */

import { countAt } from './clock.js';
import { element } from './dom.js';

const BLOCK_CHARACTERS = 2000;

/** The end of each text of a lane in the whole text, in UTF-16 units, as Text nodes count. @param {string[]} texts */
export function ends(texts) {
  let length = 0;
  return Uint32Array.from(texts, (text) => (length += text.length));
}

/**
 * The start of each block of a long text. Browsers lay out blocks faster than one long text. Each ends at the end of a line,
 * so that they read as one text.
 * @param {string} whole
 */
export function blockStarts(whole) {
  const starts = [0];
  for (;;) {
    const line = whole.indexOf('\n', starts[starts.length - 1] + BLOCK_CHARACTERS);
    if (line < 0 || line + 1 >= whole.length) return starts;
    starts.push(line + 1);
  }
}

/** The start and end of every place where a text is found in another, ignoring case. @param {string} whole @param {string} wanted */
export function placesInText(whole, wanted) {
  if (!wanted) return [];
  const pattern = new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'giu');
  /** @type {[number, number][]} */
  const places = [];
  for (const match of whole.matchAll(pattern)) {
    places.push([match.index, match.index + match[0].length]);
    if (places.length >= 10000) break;
  }
  return places;
}

/** The ranges of a name that the stylesheet marks, if the browser can. @param {string} name @returns {Set<AbstractRange>} */
export function highlight(name) {
  if (!globalThis.CSS?.highlights) return new Set();
  const known = CSS.highlights.get(name) ?? new Highlight();
  CSS.highlights.set(name, known);
  return /** @type {Set<AbstractRange>} */ (/** @type {unknown} */ (known));
}

/** Whether the reader is selecting text within a node. @param {Node} node */
export function isSelecting(node) {
  const root = /** @type {{getSelection?: () => Selection|null}} */ (/** @type {unknown} */ (node.getRootNode()));
  // In a shadow root, Chromium's selection is that of the root.
  const selection = root.getSelection?.() ?? document.getSelection();
  return Boolean(selection && !selection.isCollapsed && node.contains(selection.anchorNode));
}

/**
 * Keep a node showing the first characters of a text.
 * @param {HTMLElement} node @param {string} whole
 */
export function makeGrowingText(node, whole) {
  let starts = blockStarts(whole);
  /** @type {Text[]} */
  const blocks = [];
  return {
    get whole() { return whole; },
    /** Take a longer text that begins with this one. @param {string} longer */
    grow(longer) {
      whole = longer;
      starts = blockStarts(whole);
    },
    /** @param {number} length */
    setLength(length) {
      while (blocks.length && starts[blocks.length - 1] >= length) /** @type {Text} */ (blocks.pop()).parentElement?.remove();
      const added = document.createDocumentFragment();
      for (let index = Math.max(0, blocks.length - 1); index < starts.length && starts[index] < length; index += 1) {
        const wanted = Math.min(length, starts[index + 1] ?? length) - starts[index];
        const block = blocks[index] ?? document.createTextNode('');
        if (index === blocks.length) {
          blocks.push(block);
          added.append(element('div', 'deck-block', block));
        }
        // A node that grows keeps its selection.
        if (block.length > wanted) block.deleteData(wanted, block.length - wanted);
        else if (block.length < wanted) block.appendData(whole.slice(starts[index] + block.length, starts[index] + wanted));
      }
      node.append(added);
    },
    /** The ends of a range in the Text nodes, or null if it is not shown. @param {number} from @param {number} to @returns {StaticRangeInit|null} */
    boundary(from, to) {
      const first = Math.max(0, countAt(starts, from) - 1);
      const last = Math.max(first, countAt(starts, to - 1) - 1);
      if (!blocks[first] || !blocks[last] || from - starts[first] > blocks[first].length) return null;
      return {
        startContainer: blocks[first],
        startOffset: from - starts[first],
        endContainer: blocks[last],
        endOffset: Math.min(blocks[last].length, to - starts[last]),
      };
    },
    /** The place of a Text node's character in the text, or -1. @param {Node} container @param {number} offset */
    placeOf(container, offset) {
      const index = blocks.indexOf(/** @type {Text} */ (container));
      return index < 0 ? -1 : starts[index] + offset;
    },
  };
}

/** Move a live range. Return whether it is shown. @param {Range} range @param {StaticRangeInit|null} boundary */
export function setRange(range, boundary) {
  if (!boundary) return false;
  range.setStart(boundary.startContainer, boundary.startOffset);
  range.setEnd(boundary.endContainer, boundary.endOffset);
  return true;
}
