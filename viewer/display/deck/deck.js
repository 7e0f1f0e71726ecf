// @ts-check
/**
 * The deck plays the recorded streams of a tape: at the speed at which they arrived, or by the numbers of their chunks.
 *
 * The clock integrates wall time, and drawing is pure: everything on screen follows from one position. So playing, seeking, stepping
 * and changing the speed are one function. Recorded text enters the page only as Text nodes.
 *
 * @typedef {import('./race.js').Tape} Tape
 * @typedef {import('./link.js').State} State
 * @typedef {import('./transcript_block.js').MakeFrame} MakeFrame
 * @typedef {[number, number]|null} Part a part of the axis; null is all of it or nothing
 * @typedef {State & {
 *   onChange?: (state: State) => void, linkTo?: (state: string) => string, linkNote?: () => string, onSelect?: (event: number) => void,
 *   onView?: (part: Part) => void, onRange?: (part: Part) => void, transcript?: HTMLElement|null, makeMarkdownFrame?: MakeFrame,
 *   isGrowing?: boolean,
 * }} Options
 *   `linkTo` returns the address for a link state, for the button that copies it, and `linkNote` what its reader must know.
 *   `transcript` is where the texts are put instead of below the lanes. `makeMarkdownFrame`, if the page may load frames, shows a text as Markdown.
 *   `isGrowing` says that the stream has not ended: the deck stays at its end until the reader pauses or goes elsewhere.
 * @typedef {{play: () => void, pause: () => void, seek: (position: number) => void, setSpeed: (speed: number) => void,
 *   select: (event: number|null, isSought?: boolean) => void, setView: (part: Part) => void, setRange: (part: Part) => void,
 *   moveTranscript: (place: HTMLElement|null) => void, grow: (tape: Tape, isGrowing?: boolean) => void, destroy: () => void,
 *   readonly end: number, readonly position: number, readonly playing: boolean, readonly live: boolean, readonly state: Required<State>}} Deck
 *   places are on the axis of the tracks: seconds or numbers of chunks. Playing continues from where `seek` goes. `grow` takes a longer
 *   tape of the same streams. `live` says that the deck is at the end of a stream that grows, and stays there.
 */

import { chunkAt, formatTime, placeText } from './axis.js';
import { countAt } from './clock.js';
import { growColumn, makeColumn, showColumn } from './columns.js';
import { makeCommands } from './commands.js';
import { makeControls } from './controls.js';
import { element, setText } from './dom.js';
import { makeFigures } from './figures.js';
import { makeFinder } from './find.js';
import { chunkUnder, makeHover } from './hover.js';
import { listenToKeys } from './keyboard.js';
import { HELP } from './keys.js';
import { makeLanes } from './lanes.js';
import { linkOf } from './link.js';
import { unpacked } from './packing.js';
import { listenToPointer } from './pointer.js';
import { markerFrom, warningOf } from './race.js';
import { figuresInWords, figuresOf, partInWords } from './range.js';
import { growStage, makeStage } from './stage.js';

const HINT = 'Drag over the lanes to measure a part; the wheel zooms.';

const now = () => performance.now() / 1000;

const makeHelp = () => element('div', { className: 'deck-help', role: 'dialog', ariaLabel: 'Keys', tabIndex: -1, hidden: true },
  element('dl', '', ...HELP.map(([key, effect]) => element('div', '', element('dt', '', key), element('dd', '', effect)))));

/** The place of a track's figures in a race has its name. @param {import('./race.js').Runner} runner @param {Float64Array[]} sums @param {boolean} isRace */
function makeSummary({ track, shift }, sums, isRace) {
  const figures = makeFigures(track, sums);
  const node = element('div', 'deck-summary', ...(isRace ? [element('b', '', `${track.name} `)] : []), figures.node);
  return { node, show: (/** @type {number} */ position) => figures.show(position - shift + 1e-9) };
}

/**
 * Put a deck into an element. It starts at the end with the whole text shown. Play starts from the beginning.
 * @param {HTMLElement} root @param {Tape} tape @param {Options} options @returns {Deck}
 */
export function mount(root, tape, options = {}) {
  const stage = makeStage(tape, options);
  const { streams, align, axis, isRace, view, clock } = stage;
  const timeText = (/** @type {number} */ position) =>
    (axis === 'chunks' ? placeText(axis, position, stage.end) : `${formatTime(position)} −${formatTime(stage.end - position)}`);
  const controls = makeControls(stage.recorded,
    { align, possible: stage.possible, hasGaps: stage.idle.length > 0, hasLink: Boolean(options.linkTo), longestTime: timeText(stage.end) }, run);
  const lanes = makeLanes(stage, goTo);
  const { scrubber } = lanes;
  const hover = makeHover(stage, lanes);
  scrubber.append(hover.line, hover.tip);
  const makeSummaries = () => stage.runners.map((runner, index) => makeSummary(runner, stage.sums[index], isRace));
  let summaries = makeSummaries();
  const measured = element('div', { className: 'deck-range', ariaLive: 'polite' }, HINT);
  const columns = stage.runners.map((runner) => makeColumn(runner, isRace, { makeMarkdownFrame: options.makeMarkdownFrame, onSelect: selectByHand }, options.isGrowing));
  const panes = columns.flatMap((column) => column.panes);
  const texts = element('div', `deck-columns${isRace ? ' deck-race' : ''}`, ...columns.map((column) => column.node));
  const help = makeHelp();
  const warning = warningOf(stage.recorded);
  const box = element('div',
    { className: `deck${isRace ? ' deck-race' : ''}`, role: 'group', ariaLabel: `Replay of ${stage.recorded.map((track) => track.name).join(' and ')}` },
    controls.bar, element('p', { className: 'deck-warning', hidden: !warning }, warning), lanes.node,
    ...summaries.map((summary) => summary.node), measured, help);
  root.append(box);
  moveTranscript(options.transcript ?? null);
  const findNext = makeFinder(panes, controls.find, controls.status, clock, (t) => deck.seek(t));
  const listening = new AbortController();
  const { signal } = listening;
  let animation = 0;
  let isGrowing = Boolean(options.isGrowing);
  let live = isGrowing;

  function render() {
    const { position } = clock;
    lanes.draw(position);
    for (const summary of summaries) summary.show(position);
    for (const column of columns) showColumn(column, position, deck.playing, isGrowing);
    setText(controls.time, timeText(position));
    setText(controls.play, deck.playing ? 'Pause' : 'Play');
    controls.live.hidden = !isGrowing;
    controls.live.ariaPressed = String(live);
    controls.speed.value = String(clock.speed);
  }

  const redraw = () => {
    lanes.redraw();
    render();
  };

  /** The view has changed by hand. */
  function viewChanged() {
    hover.hide();
    redraw();
    options.onView?.(view.part);
  }

  /** Keep the playhead in sight, unless it was out of sight before. @param {number} before */
  function follow(before) {
    if (!view.isZoomed || !view.has(before) || view.has(clock.position)) return;
    view.reveal(clock.position);
    lanes.redraw();
    options.onView?.(view.part);
  }

  /** Fold reasoning that has ended, and open it while it still arrives. */
  function foldEnded() {
    for (const pane of panes) {
      const last = pane.lane.t[pane.lane.t.length - 1] + pane.shift;
      pane.setFolded(clock.position >= markerFrom(stage.markers, last, 1, stage.end));
    }
  }

  /** A position as others see it: by number, a chunk is there or not. @param {number} position */
  const seen = (position) => (axis === 'chunks' ? chunkAt(position) : position);
  const state = () => ({ position: seen(clock.position), to: clock.stop, speed: clock.speed, streams, align });
  const report = () => options.onChange?.(state());

  function tick() {
    const before = clock.position;
    clock.advance(now());
    live = isGrowing && !clock.playing && clock.position >= stage.end;
    follow(before);
    foldEnded();
    render();
    if (clock.playing) animation = requestAnimationFrame(tick);
    else report();
  }

  /** @param {HTMLElement|null} place */
  function moveTranscript(place) {
    // Outside of the deck's own box, the texts bring its style along.
    texts.classList.toggle('deck', Boolean(place));
    (place ?? box).append(texts);
  }

  /** Set the range, which playing loops over. @param {Part} part */
  function showRange(part) {
    stage.range = part && (axis === 'chunks' ? [Math.floor(part[0]), Math.ceil(part[1])] : part);
    [clock.begin, clock.stop] = stage.range ?? [0, Infinity];
    if (!stage.range) {
      setText(measured, HINT);
      return;
    }
    const [from, to] = stage.range;
    const figures = stage.runners.map(({ track, shift }, index) =>
      `${isRace ? `${track.name}: ` : ''}${figuresInWords(figuresOf(track, stage.sums[index], from - shift, to - shift), track)}`);
    setText(measured, [partInWords(axis, from, to), ...figures].join(' · '));
  }

  const deck = {
    play() {
      if (deck.playing) return;
      if (isGrowing && clock.position >= stage.end) {
        goLive();
        return;
      }
      if (clock.position >= stage.end) for (const pane of panes) pane.follow();
      clock.start(now());
      animation = requestAnimationFrame(tick);
      render();
    },
    pause() {
      if (!deck.playing) return;
      clock.advance(now());
      clock.playing = live = false;
      cancelAnimationFrame(animation);
      render();
      report();
    },
    /** @param {number} position */
    seek(position) {
      const before = clock.position;
      clock.seek(axis === 'chunks' ? Math.ceil(position - 1e-6) : position);
      clock.wall = now();
      live = isGrowing && !clock.playing && clock.position >= stage.end;
      follow(before);
      foldEnded();
      render();
      if (!clock.playing) report();
    },
    /** @param {number} value */
    setSpeed(value) {
      clock.advance(now());
      clock.speed = value;
      render();
      if (!clock.playing) report();
    },
    /** @param {number|null} event @param {boolean} isSought */
    select(event, isSought = true) {
      const place = lanes.select(event);
      for (const { transcript } of columns) transcript?.select(event, isSought);
      if (place !== null && isSought) {
        view.reveal(place);
        lanes.redraw();
        deck.seek(place);
      } else render();
    },
    /** @param {Part} part */
    setView(part) {
      view.show(part);
      redraw();
    },
    /** @param {Part} part */
    setRange(part) {
      showRange(part);
      render();
    },
    moveTranscript,
    grow(/** @type {Tape} */ longer, isStillGrowing = true) {
      if (!growStage(stage, longer)) {
        remount(longer, { isGrowing: isStillGrowing });
        return;
      }
      tape = longer;
      const before = clock.position;
      if (live) clock.seek(stage.end);
      isGrowing = isStillGrowing;
      live &&= isGrowing;
      lanes.grow();
      lanes.select(stage.selected);
      const grown = makeSummaries();
      summaries.forEach((summary, index) => summary.node.replaceWith(grown[index].node));
      summaries = grown;
      columns.forEach((column, index) => growColumn(column, stage.runners[index], isGrowing));
      controls.idle.hidden = !stage.idle.length;
      follow(before);
      redraw();
    },
    destroy() {
      cancelAnimationFrame(animation);
      resized.disconnect();
      listening.abort();
      for (const pane of panes) pane.forget();
      box.remove();
      texts.remove();
    },
    get end() { return stage.end; },
    get position() { return clock.position; },
    get playing() { return clock.playing || live; },
    get live() { return live; },
    get state() { return state(); },
  };

  /** Go to the newest chunk of a stream that grows, and stay there. */
  function goLive() {
    clock.playing = false;
    cancelAnimationFrame(animation);
    for (const pane of panes) pane.follow();
    deck.seek(stage.end);
  }

  /** Make the deck anew. The host keeps its object, which becomes the new deck. @param {Tape} shown @param {Options} changed */
  function remount(shown, changed) {
    const { playing } = clock;
    const atEnd = live ? { position: undefined } : {};
    deck.destroy();
    const next = mount(root, shown, { ...options, isGrowing, ...state(), ...atEnd, ...changed });
    Object.defineProperties(deck, Object.getOwnPropertyDescriptors(next));
    if (playing) next.play();
  }

  /** @param {boolean} isShown */
  function showHelp(isShown) {
    help.hidden = !isShown;
    (isShown ? help : scrubber).focus();
  }

  async function copyLink() {
    const address = options.linkTo?.(linkOf(state())) ?? '';
    try {
      await navigator.clipboard.writeText(address);
      controls.status.textContent = ['copied', options.linkNote?.()].filter(Boolean).join(' · ');
    } catch {
      // Some pages, such as local files, may not write to the clipboard.
      prompt('The link to this moment', address);
    }
  }

  /** Go to a marker, and select its event. @param {import('./race.js').Marker} marker */
  function goTo({ t, event }) {
    deck.seek(t);
    if (event !== null) selectByHand(event);
  }

  /** @param {number} event */
  function selectByHand(event) {
    if (isRace) return;
    lanes.select(event);
    for (const { transcript } of columns) transcript?.select(event, false);
    render();
    options.onSelect?.(event);
  }

  /** Select the event of the chunk at a point, or of the nearest one in any lane. @param {number} x @param {number} y */
  function selectAt(x, y) {
    changeRange(null);
    const { row, index } = chunkUnder(stage, lanes.rows, x, y);
    if (row.lane && index >= 0) {
      selectByHand(Number(unpacked(row.lane.events, row.lane.t.length)[index]));
      return;
    }
    const t = clock.position;
    const events = stage.runners[0].track.lanes.flatMap((lane) => {
      const last = countAt(lane.t, t) - 1;
      return last < 0 ? [] : [Number(unpacked(lane.events, lane.t.length)[last])];
    });
    if (events.length) selectByHand(Math.max(...events));
  }

  /** @param {Part} part */
  function changeRange(part) {
    if (!part && !stage.range) return;
    showRange(part);
    render();
    options.onRange?.(stage.range);
    if (!clock.playing) report();
  }

  const commands = makeCommands(stage, {
    deck,
    viewChanged,
    redraw,
    copyLink,
    clearRange: () => changeRange(null),
    toggleHelp: () => showHelp(Boolean(help.hidden)),
    goLive,
    closeHelp() {
      const wasOpen = !help.hidden;
      if (wasOpen) showHelp(false);
      return wasOpen;
    },
    find: () => controls.find.focus(),
    fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen())?.catch(() => {}),
    press: (name, isPressed) => { controls[name].ariaPressed = String(isPressed); },
  });

  /** @param {string} command @param {number} value */
  function run(command, value = 0) {
    commands[command](value);
  }

  listenToKeys(box, [texts], controls.find, { run, findNext, leaveFind: () => scrubber.focus() }, signal);
  controls.find.addEventListener('search', () => { if (!controls.find.value) findNext(1); });
  controls.alignBy.addEventListener('change', () => remount(tape, { align: controls.alignBy.value }));
  controls.speed.addEventListener('change', () => deck.setSpeed(Number(controls.speed.value)));
  listenToPointer(scrubber, lanes.overview, view, lanes.rows[0].height, {
    seek: (place) => deck.seek(place),
    select: selectAt,
    range: (from, to) => changeRange([from, to]),
    hover: hover.show,
    leave: hover.hide,
    changed: viewChanged,
  }, signal);
  // A hidden tab draws no frames. Without this, the clock would jump ahead when the tab is shown again.
  document.addEventListener('visibilitychange', () => { clock.wall = now(); }, { signal });
  // A change of theme appears as a colour transition of the box.
  box.addEventListener('transitionend', (event) => { if (event.target === box) redraw(); });
  const resized = new ResizeObserver(redraw);
  resized.observe(scrubber);
  render();
  for (const pane of panes) pane.settle();
  if (options.position !== undefined) clock.seek(options.position);
  live &&= clock.position >= stage.end;
  if (options.to !== undefined && options.to <= stage.end) showRange([options.position ?? 0, options.to]);
  foldEnded();
  render();
  return deck;
}
