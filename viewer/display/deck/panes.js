// @ts-check
/**
 * Panes of text, side by side in a race. Each shows the text of a lane up to the position, with its newest chunk marked.
 *
 * @typedef {{
 *   node: HTMLElement, lane: {t: number[]}, shift: number, setFolded: (folded: boolean) => void, unfold: () => void, follow: () => void,
 *   newestAt: (position: number) => number, show: (position: number, marked: boolean, playing: boolean) => void,
 *   places: (wanted: string) => import('./find.js').Place[], markFound: (place: any) => void, settle: () => void, forget: () => void,
 * }} Pane what shows text of a track: `shift` is what to add to its times on the clock
 */

import { countAt } from './clock.js';
import { button, element } from './dom.js';
import { ends, placesInText, highlight, isSelecting, makeGrowingText, setRange } from './text_blocks.js';

/**
 * @param {import('./race.js').Lane} lane @param {string} summary shown in place of the text when it has ended and is folded; a pane with "" never folds
 */
export function makePane(lane, summary) {
  const texts = lane.text ?? [];
  const end = ends(texts);
  const text = element('div',
    { className: `deck-text deck-text-${lane.kind}`, tabIndex: 0, role: 'group', ariaLabel: lane.label, ariaLive: 'off' });
  const growing = makeGrowingText(text, texts.join(''));
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
        growing.setLength(next ? end[next - 1] : 0);
        count.textContent = `${next} of ${texts.length} chunks`;
        // Keep the newest text in view, except at first: a reader begins at the top.
        if (shown >= 0 && (following || !playing) && !isSelecting(text)) text.scrollTop = text.scrollHeight;
        shown = next;
      }
      if (marked && next && setRange(newestRange, growing.boundary(next > 1 ? end[next - 2] : 0, end[next - 1]))) newest.add(newestRange);
      else newest.delete(newestRange);
    },
    /** Where a text is found, and when the last of each place arrived. @param {string} wanted */
    places: (wanted) => placesInText(growing.whole, wanted).map(([from, to]) => ({ from, to, t: lane.t[countAt(end, to - 1)] })),
    /** Mark one place and scroll to it; null removes the mark. @param {{from: number, to: number}|null} place */
    markFound(place) {
      found.delete(foundRange);
      if (!place || !setRange(foundRange, growing.boundary(place.from, place.to))) return;
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
