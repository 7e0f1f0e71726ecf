// @ts-check
/**
 * The deck plays the recorded streams of a tape at the speed at which they arrived.
 *
 * The clock integrates wall time, and drawing is pure: everything on screen follows from one position. So playing, seeking, stepping
 * and changing the speed are one function. Recorded text enters the page only as Text nodes.
 *
 * @typedef {import('./race.js').Tape} Tape
 * @typedef {import('./link.js').State} State
 * @typedef {State & {onChange?: (state: State) => void, linkTo?: (state: string) => string, linkNote?: () => string}} Options
 *   `linkTo` returns the address for a link state, for the button that copies it, and `linkNote` what its reader must know
 * @typedef {{play: () => void, pause: () => void, seek: (position: number) => void, setSpeed: (speed: number) => void,
 *   destroy: () => void, readonly end: number, readonly position: number, readonly playing: boolean,
 *   readonly state: Required<State>}} Deck `seek` takes seconds, and playing continues from there
 */

import { Clock, countAt, nextSpeed, squeezer } from './clock.js';
import { makeColumn, showColumn } from './columns.js';
import { makeControls } from './controls.js';
import { element, setText } from './dom.js';
import { makeFinder } from './find.js';
import { listenToKeys } from './keyboard.js';
import { HELP } from './keys.js';
import { makeLanes } from './lanes.js';
import { linkOf } from './link.js';
import { IDLE_LIMIT_S, aligned, alignments, formatTime, gapsOf, markerFrom, markersOf, moments, tokensUpTo, warningOf } from './race.js';

const MAX_RACE = 6;

const now = () => performance.now() / 1000;

const makeHelp = () => element('div', { className: 'deck-help', role: 'dialog', ariaLabel: 'Keys', tabIndex: -1, hidden: true },
  element('dl', '', ...HELP.map(([key, effect]) => element('div', '', element('dt', '', key), element('dd', '', effect)))));

/**
 * Put a deck into an element. It starts at the end with the whole text shown. Play starts from the beginning.
 * @param {HTMLElement} root @param {Tape} tape @param {Options} options @returns {Deck}
 */
export function mount(root, tape, options = {}) {
  const chosen = (options.streams ?? [0]).filter((index) => tape.streams[index]).slice(0, MAX_RACE);
  const streams = chosen.length ? chosen : [0];
  const tracks = streams.map((index) => tape.streams[index]);
  const possible = alignments(tracks);
  const align = possible.find((one) => one === options.align) ?? possible[0] ?? 'token';
  const runners = aligned(tracks, align);
  const end = Math.max(...runners.map(({ track, shift }) => track.duration + shift));
  const steps = moments(runners);
  const gaps = gapsOf(steps);
  const markers = markersOf(runners);
  const sums = tracks.map((track) => track.lanes.map(tokensUpTo));
  let isSqueezed = false;
  const clock = new Clock(end, options.speed ?? 1);
  if (options.to !== undefined) [clock.begin, clock.stop] = [options.position ?? 0, options.to];
  clock.seek(end);

  const controls = makeControls(tracks, { align, possible, hasGaps: gaps.length > 0, hasLink: Boolean(options.linkTo) }, run);
  const lanes = makeLanes(runners, markers, end, sums, clock, () => (isSqueezed ? gaps : []));
  const { scrubber } = lanes;
  const columns = runners.map((runner, index) => makeColumn(runner, sums[index], tracks.length > 1));
  const panes = columns.flatMap((column) => column.panes);
  const help = makeHelp();
  const warning = warningOf(tracks);
  const box = element('div',
    { className: `deck${tracks.length > 1 ? ' deck-race' : ''}`, role: 'group', ariaLabel: `Replay of ${tracks.map((track) => track.name).join(' and ')}` },
    controls.bar, element('p', { className: 'deck-warning', hidden: !warning }, warning), lanes.node,
    element('div', 'deck-columns', ...columns.map((column) => column.node)), help);
  root.append(box);
  const findNext = makeFinder(panes, controls.find, controls.status, clock, end, (t) => deck.seek(t));
  const listening = new AbortController();
  const { signal } = listening;
  let animation = 0;

  function render() {
    const { position } = clock;
    lanes.draw(position);
    for (const column of columns) showColumn(column, position, clock.playing);
    controls.time.textContent = `${formatTime(position)} −${formatTime(end - position)}`;
    setText(controls.play, clock.playing ? 'Pause' : 'Play');
    controls.speed.value = String(clock.speed);
  }

  const redraw = () => {
    lanes.redraw();
    render();
  };

  /** Fold reasoning that has ended, and open it while it still arrives. */
  function foldEnded() {
    for (const pane of panes) {
      const last = pane.lane.t[pane.lane.t.length - 1] + pane.shift;
      pane.setFolded(clock.position >= markerFrom(markers, last, 1, false, end));
    }
  }

  const state = () => ({ position: clock.position, to: clock.stop, speed: clock.speed, streams, align });
  const report = () => options.onChange?.(state());

  function tick() {
    clock.advance(now());
    foldEnded();
    render();
    if (clock.playing) animation = requestAnimationFrame(tick);
    else report();
  }

  const deck = {
    play() {
      if (clock.playing) return;
      if (clock.position >= end) for (const pane of panes) pane.follow();
      clock.start(now());
      animation = requestAnimationFrame(tick);
      render();
    },
    pause() {
      if (!clock.playing) return;
      clock.advance(now());
      clock.playing = false;
      cancelAnimationFrame(animation);
      render();
      report();
    },
    /** @param {number} position */
    seek(position) {
      clock.seek(position);
      clock.wall = now();
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
    destroy() {
      cancelAnimationFrame(animation);
      resized.disconnect();
      listening.abort();
      for (const pane of panes) pane.forget();
      box.remove();
    },
    end,
    get position() { return clock.position; },
    get playing() { return clock.playing; },
    get state() { return state(); },
  };

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

  /** @type {{[name: string]: (value: number) => unknown}} */
  const commands = {
    toggle: () => (clock.playing ? deck.pause() : deck.play()),
    restart: () => deck.seek(clock.begin),
    skip: (seconds) => deck.seek(clock.position + seconds),
    share: (share) => deck.seek(clock.position + share * end),
    fraction: (fraction) => deck.seek(fraction * end),
    marker: (direction) => deck.seek(markerFrom(markers, clock.position, direction, clock.playing, end)),
    speed: (direction) => deck.setSpeed(nextSpeed(clock.speed, direction)),
    find: () => controls.find.focus(),
    help: () => showHelp(Boolean(help.hidden)),
    close: () => help.hidden || showHelp(false),
    fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen())?.catch(() => {}),
    copyLink,
    loop() {
      clock.loop = !clock.loop;
      controls.loop.ariaPressed = String(clock.loop);
    },
    idle() {
      if (!gaps.length) return;
      isSqueezed = !isSqueezed;
      clock.scale = squeezer(isSqueezed ? gaps : [], IDLE_LIMIT_S);
      controls.idle.ariaPressed = String(isSqueezed);
      redraw();
    },
    step(direction) {
      const index = countAt(steps, clock.position) + (direction > 0 ? 0 : -2);
      if (!clock.playing && steps.length) deck.seek(steps[Math.max(0, Math.min(steps.length - 1, index))]);
    },
  };

  /** @param {string} command @param {number} value */
  function run(command, value = 0) {
    commands[command](value);
  }

  listenToKeys(box, controls.find, { run, findNext, leaveFind: () => scrubber.focus() }, signal);
  controls.find.addEventListener('search', () => { if (!controls.find.value) findNext(1); });
  controls.alignBy.addEventListener('change', () => {
    const { playing } = clock;
    deck.destroy();
    // The host keeps this object, which becomes the deck in its new alignment.
    const realigned = mount(root, tape, { ...options, ...state(), align: controls.alignBy.value });
    Object.defineProperties(deck, Object.getOwnPropertyDescriptors(realigned));
    if (playing) realigned.play();
  });
  controls.speed.addEventListener('change', () => deck.setSpeed(Number(controls.speed.value)));
  scrubber.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    scrubber.setPointerCapture(event.pointerId);
    deck.seek(lanes.positionOf(event));
  });
  scrubber.addEventListener('pointermove', (event) => {
    if (scrubber.hasPointerCapture(event.pointerId)) deck.seek(lanes.positionOf(event));
  });
  // A hidden tab draws no frames. Without this, the clock would jump ahead when the tab is shown again.
  document.addEventListener('visibilitychange', () => { clock.wall = now(); }, { signal });
  // A change of theme appears as a colour transition of the box.
  box.addEventListener('transitionend', (event) => { if (event.target === box) redraw(); });
  const resized = new ResizeObserver(redraw);
  resized.observe(scrubber);
  render();
  for (const pane of panes) pane.settle();
  if (options.position !== undefined) clock.seek(options.position);
  foldEnded();
  render();
  return deck;
}
