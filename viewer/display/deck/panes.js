// @ts-check
/** Panes of text. Each shows the text of a lane up to the position, with its newest chunk marked. */

import { countAt } from './clock.js';
import { button, element } from './dom.js';

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
export function placesOf(whole, wanted) {
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

/** The ranges of a name that the stylesheet marks, if the browser can. @param {string} name */
function highlight(name) {
  if (!globalThis.CSS?.highlights) return new Set();
  const known = CSS.highlights.get(name) ?? new Highlight();
  CSS.highlights.set(name, known);
  return known;
}

/**
 * @param {import('./race.js').Lane} lane @param {string} summary shown in place of the text when it has ended and is folded; a pane with "" never folds
 */
export function makePane(lane, summary) {
  const texts = lane.text ?? [];
  const end = ends(texts);
  const whole = texts.join('');
  const starts = blockStarts(whole);
  /** @type {Text[]} */
  const blocks = [];
  const text = element('div',
    { className: `deck-text deck-text-${lane.kind}`, tabIndex: 0, role: 'group', ariaLabel: lane.label, ariaLive: 'off' });
  const count = element('span', 'deck-count');
  const foldedNote = element('span', 'deck-thought');
  const fold = button('▾', `Show or hide ${lane.label}`, () => setFolded(!text.hidden, true), 'deck-fold');
  const title = element('div', 'deck-pane-title', element('span', `deck-swatch deck-${lane.kind}`), fold, lane.label, foldedNote, count);
  const [newest, found] = [highlight('deck-newest'), highlight('deck-found')];
  const [newestRange, foundRange] = [new Range(), new Range()];
  let shown = -1;
  let following = true;
  let byHand = false;

  /** @param {boolean} folded @param {boolean} hand */
  function setFolded(folded, hand = false) {
    byHand ||= hand;
    text.hidden = folded;
    fold.textContent = folded ? '▸' : '▾';
    fold.ariaExpanded = String(!folded);
    foldedNote.textContent = folded ? summary : '';
  }

  /** @param {number} length */
  function setLength(length) {
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
    text.append(added);
  }

  /** @param {Range} range @param {number} from @param {number} to */
  function span(range, from, to) {
    const first = countAt(starts, from) - 1;
    const last = Math.max(first, countAt(starts, to - 1) - 1);
    if (!blocks[last]) return;
    range.setStart(blocks[first], from - starts[first]);
    range.setEnd(blocks[last], Math.min(blocks[last].length, to - starts[last]));
  }

  function isSelecting() {
    const root = /** @type {{getSelection?: () => Selection|null}} */ (/** @type {unknown} */ (text.getRootNode()));
    // In a shadow root, Chromium's selection is that of the root.
    const selection = root.getSelection?.() ?? document.getSelection();
    return Boolean(selection && !selection.isCollapsed && text.contains(selection.anchorNode));
  }

  text.addEventListener('scroll', () => {
    following = text.scrollTop + text.clientHeight >= text.scrollHeight - 24;
  }, { passive: true });
  fold.hidden = !summary;
  setFolded(false);

  return {
    node: element('div', 'deck-pane', title, text),
    lane,
    setFolded: (/** @type {boolean} */ folded) => { if (summary && !byHand) setFolded(folded); },
    unfold: () => setFolded(false, true),
    follow: () => { following = true; },
    /** When the newest text at a position arrived. @param {number} position */
    newestAt: (position) => lane.t[countAt(lane.t, position) - 1] ?? -Infinity,
    /** @param {number} position @param {boolean} marked @param {boolean} playing */
    show(position, marked, playing) {
      const next = countAt(lane.t, position);
      if (next !== shown) {
        setLength(next ? end[next - 1] : 0);
        count.textContent = `${next} of ${texts.length} chunks`;
        // Keep the newest text in view, except at first: a reader begins at the top.
        if (shown >= 0 && (following || !playing) && !isSelecting()) text.scrollTop = text.scrollHeight;
        shown = next;
      }
      if (marked && next) {
        span(newestRange, next > 1 ? end[next - 2] : 0, end[next - 1]);
        newest.add(newestRange);
      } else newest.delete(newestRange);
    },
    /** Where a text is found, and when the last of each place arrived. @param {string} wanted */
    places: (wanted) => placesOf(whole, wanted).map(([from, to]) => ({ from, to, t: lane.t[countAt(end, to - 1)] })),
    /** Mark one place and scroll to it; null removes the mark. @param {{from: number, to: number}|null} place */
    markFound(place) {
      found.delete(foundRange);
      if (!place) return;
      span(foundRange, place.from, place.to);
      found.add(foundRange);
      const [inner, outer] = [foundRange.getBoundingClientRect(), text.getBoundingClientRect()];
      if (inner.top < outer.top || inner.bottom > outer.bottom) text.scrollTop += inner.top - outer.top - outer.height / 2;
    },
    /** Fix the height at that of the whole text, so that nothing below moves while it grows. */
    settle() {
      text.style.height = 'auto';
      if (text.scrollHeight) text.style.height = `${Math.min(text.scrollHeight + 2, 260)}px`;
    },
    forget() {
      newest.delete(newestRange);
      found.delete(foundRange);
    },
  };
}
