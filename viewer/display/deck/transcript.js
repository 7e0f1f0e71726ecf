// @ts-check
/**
 * The transcript of a track: its blocks in the order of the wire, up to the position. It has the interface of a pane.
 *
 * If the selected event is at the position, all text is shown and what comes later is faint: whoever selects a word wants to go on reading.
 *
 * @typedef {import('./transcript_block.js').Block} Block
 * @typedef {import('./transcript_block.js').ShownBlock} ShownBlock
 * @typedef {{from: number, to: number, t: number, block: ShownBlock, text: import('./transcript_text.js').BlockText,
 *   section: {setFolded: (folded: boolean, hand?: boolean) => void}}} Found
 */

import { countAt } from './clock.js';
import { button, element, setText } from './dom.js';
import { unpacked } from './packing.js';
import { highlight, isSelecting, placesInText, setRange } from './text_blocks.js';
import { tintOf, tintsOf } from './tint.js';
import { makeBlock, textsOf } from './transcript_block.js';

/** With more ranges than these, painting gets slow. The highest classes come first. */
const MAX_TINTED = 20_000;
/** How many characters of folded thinking stand beside its heading. */
const MAX_SUMMARY = 80;
/** Chunks that are nearer to each other arrived together. */
const MOMENT_S = 1e-6;
const TINTS = ['deck-tint-1', 'deck-tint-2', 'deck-tint-3'];

/** Where an event is among blocks: the index of a block and its chunk; null if it has none. @param {{events: number[]}[]} blocks @param {number|null} event */
export function chunkOfEvent(blocks, event) {
  if (event === null) return null;
  for (let index = 0; index < blocks.length; index += 1) {
    const chunk = blocks[index].events.indexOf(event);
    if (chunk >= 0) return { index, chunk };
  }
  return null;
}

/**
 * What stands beside each block of thinking while it is folded: how long it took if there is one, else how each begins.
 * @param {import('./race.js').Track} track @param {Block[]} blocks
 */
export function summariesOf(track, blocks) {
  const isOne = blocks.filter((one) => one.kind === 'reasoning').length === 1;
  return blocks.map(({ kind, lane, from, to }) => {
    if (kind !== 'reasoning' || lane === null) return '';
    const begin = track.lanes[lane].text?.slice(from, Math.min(to, from + MAX_SUMMARY)).join('').trim().replace(/\s+/g, ' ') ?? '';
    return isOne ? track.thought : begin.length > MAX_SUMMARY ? `${begin.slice(0, MAX_SUMMARY)}…` : begin;
  });
}

/** The blocks of a track, and what each needs besides. @param {import('./race.js').Track} track */
function contentsOf(track) {
  const blocks = /** @type {Block[]} */ (track.blocks);
  const summaries = summariesOf(track, blocks);
  return {
    events: track.lanes.map((lane) => unpacked(lane.events, lane.t.length).map(Number)),
    blocks: blocks.map((block, index) => ({ block, summary: summaries[index] })),
  };
}

/**
 * For each block of a longer tape, the one of before that has grown to it: it begins with the same event and the same text. Null if
 * there is none.
 * @template {{block: Block, text: {whole: string}}} B
 * @param {B[]} before @param {Block[]} after @param {import('./race.js').Track} track @returns {(B|null)[]}
 */
export function grownFrom(before, after, track) {
  const left = [...before];
  return after.map((block) => {
    const text = textsOf(block, track).join('');
    const index = left.findIndex(({ block: one, text: { whole } }) => one.kind === block.kind && one.event === block.event
      && one.from === block.from && (one.lane === null) === (block.lane === null) && Boolean(one.error) === Boolean(block.error) && text.startsWith(whole));
    return index < 0 ? null : left.splice(index, 1)[0];
  });
}

/**
 * @param {import('./race.js').Runner} runner @param {import('./transcript_block.js').Options} options
 * @param {boolean} isGrowing whether the stream has not ended
 */
export function makeTranscript({ track, shift }, options, isGrowing = false) {
  const { blocks, events } = contentsOf(track);
  let shownBlocks = blocks.map(({ block, summary }) => makeBlock(block, track, events, summary, options));
  const scroller = element('div', { className: 'deck-transcript', tabIndex: 0, role: 'region', ariaLabel: 'Transcript', ariaLive: 'off' },
    ...shownBlocks.map((one) => one.node));
  const marks = { newest: highlight('deck-newest'), found: highlight('deck-found'), selected: highlight('deck-selected'), later: highlight('deck-later') };
  const ranges = { newest: new Range(), found: new Range(), selected: new Range() };
  /** @type {StaticRange[]} */
  let later = [];
  /** @type {[Set<AbstractRange>, StaticRange][]} */
  let tinted = [];
  let following = true;
  let lastT = NaN;
  /** Up to where text is shown. */
  let lastShown = -Infinity;
  // Whoever watches a stream that grows begins at its end.
  let isFirst = !isGrowing;
  /** The width for which the height was fixed. */
  let settled = { width: 0, height: '' };
  let wasPinned = false;
  /** The number of the selected event. @type {number|null} */
  let selected = null;

  const tintNote = element('span', 'deck-count');
  const tint = element('select', { ariaLabel: 'Tint' });
  tint.addEventListener('change', () => paintTint());
  const copyAll = button('Copy all', 'Copy the whole transcript', async () => {
    await navigator.clipboard.writeText(allText(shownBlocks)).then(() => setText(copyAll, 'Copied'), () => setText(copyAll, 'Not allowed'));
    setTimeout(() => setText(copyAll, 'Copy all'), 1500);
  });
  const bar = element('div', 'deck-transcript-bar', element('h2', 'deck-transcript-title', 'Transcript'), tintNote, tint, copyAll);

  /** Colour the chunks that are shown by their gaps or tokens. */
  function paintTint() {
    for (const [mark, range] of tinted) mark.delete(range);
    tinted = [];
    tintNote.textContent = '';
    if (tint.value === 'none') return;
    const { classes, limits } = tintOf(track, tint.value);
    const unit = tint.value === 'gap' ? (/** @type {number} */ one) => `${(one * 1000).toPrecision(3).replace(/e.*/, '')} ms` : String;
    tintNote.textContent = limits.length ? `from ${limits.map(unit).join(', ')}` : 'all the same';
    const byClass = TINTS.map(() => /** @type {StaticRange[]} */ ([]));
    for (const one of shownBlocks) {
      if (one.block.lane === null || !one.lane?.text) continue;
      for (let chunk = 0; chunk < one.shown; chunk += 1) {
        const level = classes(one.block.lane, one.block.from + chunk);
        const boundary = level && byClass[level - 1].length < MAX_TINTED ? one.text.chunk(chunk) : null;
        if (boundary) byClass[level - 1].push(new StaticRange(boundary));
      }
    }
    tinted = byClass.flatMap((of, level) => of.map((range) => /** @type {[Set<AbstractRange>, StaticRange]} */ ([highlight(TINTS[level]), range])))
      .reverse().slice(0, MAX_TINTED);
    for (const [mark, range] of tinted) mark.add(range);
  }

  /** @param {StaticRangeInit|null} boundary @param {Range} range @param {Set<AbstractRange>} mark */
  function markRange(boundary, range, mark) {
    mark.delete(range);
    if (!setRange(range, boundary)) return false;
    mark.add(range);
    return true;
  }

  /** @param {Range} range */
  function scrollTo(range) {
    const [inner, outer] = [range.getBoundingClientRect(), scroller.getBoundingClientRect()];
    if (inner.top < outer.top + 30 || inner.bottom > outer.bottom) scroller.scrollTop += inner.top - outer.top - outer.height / 3;
  }

  /** Mark the selected event. @param {boolean} isScrolled */
  function showSelected(isScrolled) {
    const found = chunkOfEvent(shownBlocks, selected);
    for (const [index, one] of shownBlocks.entries()) one.node.classList.toggle('deck-selected-block', index === found?.index);
    const one = found && shownBlocks[found.index];
    const boundary = one && found.chunk < one.shown ? one.text.chunk(found.chunk) : null;
    if (one && isScrolled && boundary) one.setFolded(false, one.block.kind === 'reasoning');
    if (markRange(boundary, ranges.selected, marks.selected) && isScrolled) scrollTo(ranges.selected);
    else if (one && isScrolled && one.node.offsetTop) one.node.scrollIntoView({ block: 'nearest' });
  }

  /** Whether the selected event is the one at a position. @param {number} t */
  function isSelectedAt(t) {
    const found = chunkOfEvent(shownBlocks, selected);
    return found !== null && Math.abs(shownBlocks[found.index].timeOf(found.chunk) - t) < 1e-6;
  }

  /** Make what comes after a position faint. @param {number} t */
  function showLater(t) {
    for (const range of later) marks.later.delete(range);
    later = [];
    for (const one of shownBlocks) {
      const [came, { end }] = [one.cameAt(t), one.text];
      const boundary = t < Infinity && came < one.events.length ? one.text.boundary(came ? end[came - 1] : 0, end[end.length - 1]) : null;
      if (boundary) later.push(new StaticRange(boundary));
    }
    for (const range of later) marks.later.add(range);
  }

  /** Fold thinking that has ended, and open it while it still comes. @param {number} t */
  function foldThinking(t) {
    for (const one of shownBlocks) if (one.block.kind === 'reasoning' && shownBlocks.length > 1) one.setFolded(isGrowing ? t > one.last + MOMENT_S : t > one.last || t >= track.duration);
  }

  scroller.addEventListener('scroll', () => {
    following = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 24;
  }, { passive: true });
  scroller.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (target.closest('button, iframe') || isSelecting(scroller)) return;
    const caret = caretAt(event, scroller);
    for (const one of shownBlocks) {
      const chunk = caret && one.node.contains(caret.node) ? one.text.chunkAt(caret.node, caret.offset) : -1;
      if (chunk >= 0) options.onSelect(one.events[chunk]);
      const below = chunk < 0 && one.below.find(({ body }) => body.contains(target));
      if (below && below.below.event !== null) options.onSelect(below.below.event);
    }
  });

  /** A short text needs less than the height of the style. It is fixed for a width, so that nothing below moves while the text grows. */
  function settle() {
    // Until the page has put the transcript in its place, it has no height. A reader may have given it another height.
    // While the stream grows, its height is not known.
    if (isGrowing || !scroller.clientHeight || scroller.style.height !== settled.height) return;
    scroller.style.height = '';
    for (const one of shownBlocks) one.show(Infinity);
    foldThinking(Infinity);
    const bottom = scroller.lastElementChild?.getBoundingClientRect().bottom ?? 0;
    const needed = bottom - scroller.getBoundingClientRect().top + scroller.scrollTop + 12;
    if (needed > 12 && needed < scroller.clientHeight) scroller.style.height = `${needed}px`;
    settled = { width: scroller.offsetWidth, height: scroller.style.height };
    for (const one of shownBlocks) one.show(lastShown);
    if (lastShown < Infinity) foldThinking(lastShown);
  }

  // The width without a scroll bar, which comes and goes with the text, would settle it again and again.
  const placed = new ResizeObserver(() => { if (scroller.offsetWidth !== settled.width) settle(); });
  placed.observe(scroller);

  /** Offer the tints that the track can have. */
  function fillTint() {
    const names = tintsOf(track);
    if (names.length === tint.options.length) return;
    const { value } = tint;
    tint.replaceChildren(...names.map((name) => new Option(`Tint: ${name}`, name)));
    tint.value = names.includes(value) ? value : 'none';
    tint.hidden = names.length < 2;
  }

  fillTint();
  return {
    node: element('div', 'deck-transcript-box', bar, scroller),
    /** Take a longer track. Blocks that grow keep the selection in them. Show it afterwards. @param {import('./race.js').Track} longer @param {boolean} isStillGrowing */
    grow(longer, isStillGrowing) {
      [track, isGrowing] = [longer, isStillGrowing];
      const grown = contentsOf(track);
      const known = grownFrom(shownBlocks, grown.blocks.map(({ block }) => block), track);
      const next = grown.blocks.map(({ block, summary }, index) => {
        known[index]?.grow(block, track, grown.events, summary);
        return known[index] ?? makeBlock(block, track, grown.events, summary, options);
      });
      for (const one of shownBlocks) if (!next.includes(one)) one.node.remove();
      next.forEach(({ node }, index) => { if (scroller.children[index] !== node) scroller.insertBefore(node, scroller.children[index]); });
      shownBlocks = next;
      fillTint();
      lastT = NaN;
    },
    lane: { t: [track.duration] },
    shift,
    // Its blocks fold by themselves.
    setFolded: (/** @type {boolean} */ _folded) => {},
    unfold: () => {},
    follow: () => { following = true; },
    newestAt: (/** @type {number} */ t) => Math.max(-Infinity, ...track.lanes.map((lane) => lane.t[countAt(lane.t, t) - 1] ?? -Infinity)),
    /** @param {number} t @param {boolean} isMarked whether the newest chunk is marked @param {boolean} isPlaying */
    show(t, isMarked, isPlaying) {
      if (t === lastT && !isPlaying) return;
      lastT = t;
      const isPinned = !isPlaying && isSelectedAt(t);
      lastShown = isPinned ? Infinity : t;
      const changes = shownBlocks.map((one) => one.show(lastShown)).some(Boolean);
      foldThinking(t);
      if (isPinned || wasPinned) showLater(isPinned ? t : Infinity);
      // Keep the newest text in view, except at first: a reader begins at the top.
      if (changes && !isFirst && !isPinned && (following || !isPlaying) && !isSelecting(scroller)) scroller.scrollTop = scroller.scrollHeight;
      const newest = isMarked ? newestBlock(shownBlocks, t) : null;
      markRange(newest ? newest.text.chunk(newest.cameAt(t) - 1) : null, ranges.newest, marks.newest);
      if (changes || isPinned !== wasPinned) {
        if (!isPlaying) paintTint();
        showSelected(isPinned && !wasPinned);
      }
      wasPinned = isPinned;
      isFirst = false;
    },
    /** Mark an event, and scroll to it if another part of the page selected it. @param {number|null} event @param {boolean} isScrolled */
    select(event, isScrolled) {
      selected = event;
      lastT = NaN;
      showSelected(isScrolled);
    },
    /** Where a text is found, and when the last of each place arrived. @param {string} wanted @returns {Found[]} */
    places: (wanted) => shownBlocks.flatMap((one) => [
      ...placesInText(one.text.whole, wanted).map(([from, to]) => ({ from, to, t: one.timeOf(countAt(one.text.end, to - 1)), block: one, text: one.text, section: one })),
      ...one.below.flatMap((below) => placesInText(below.text.whole, wanted).map(([from, to]) =>
        ({ from, to, t: Math.max(one.last, below.below.t ?? 0), block: one, text: below.text, section: below }))),
    ]),
    /** Mark one place and scroll to it; null removes the mark. @param {{from: number, to: number}|null} place */
    markFound(place) {
      marks.found.delete(ranges.found);
      const found = /** @type {Found|null} */ (place);
      if (!found) return;
      found.section.setFolded(false, true);
      if (markRange(found.text.boundary(found.from, found.to), ranges.found, marks.found)) scrollTo(ranges.found);
    },
    settle,
    forget() {
      placed.disconnect();
      for (const name of /** @type {const} */ (['newest', 'found', 'selected'])) marks[name].delete(ranges[name]);
      for (const range of later) marks.later.delete(range);
      for (const [mark, range] of tinted) mark.delete(range);
    },
  };
}

/** The block with the newest text at a position. @param {ShownBlock[]} blocks @param {number} t */
function newestBlock(blocks, t) {
  /** @type {ShownBlock|null} */
  let newest = null;
  let at = -Infinity;
  for (const one of blocks) {
    const came = one.lane?.text ? one.cameAt(t) : 0;
    if (came && one.timeOf(came - 1) >= at) [newest, at] = [one, one.timeOf(came - 1)];
  }
  return newest;
}

/** The whole transcript as text, each block under its heading. @param {{block: Block, text: {whole: string}, below: {below: {label: string, text: string}}[]}[]} blocks */
export function allText(blocks) {
  return blocks.flatMap(({ block, text, below }) => [
    `[${block.label}]\n${text.whole}`.trim(),
    ...below.map((one) => `[${one.below.label}]\n${one.below.text}`.trim()),
  ]).join('\n\n');
}

/** The character under the pointer. @param {MouseEvent} event @param {Node} inside @returns {{node: Node, offset: number}|null} */
function caretAt(event, inside) {
  const root = inside.getRootNode();
  const page = /** @type {{caretPositionFromPoint?: (x: number, y: number, options?: object) => {offsetNode: Node, offset: number}|null}} */ (document);
  const caret = page.caretPositionFromPoint?.(event.clientX, event.clientY, root instanceof ShadowRoot ? { shadowRoots: [root] } : {});
  return caret ? { node: caret.offsetNode, offset: caret.offset } : null;
}
