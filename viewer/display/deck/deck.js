// @ts-check
/**
 * The deck: plays the recorded streams of a tape at the speed they arrived.
 *
 * The clock integrates wall time and drawing is pure: everything on screen follows from one position, so that playing,
 * seeking, stepping and changing speed are one function. Recorded text enters the page in Text nodes and nowhere else.
 *
 * @typedef {import('./race.js').Tape} Tape
 * @typedef {import('./link.js').State} State
 * @typedef {State & {onChange?: (state: State) => void, linkTo?: (state: string) => string}} Options
 *   `linkTo` makes an address of the state of a link, for the button that copies it.
 */

import { Clock, SPEEDS, countAt, nextSpeed, speedName, squeezer } from './clock.js';
import { button, element } from './dom.js';
import { HELP, commandFor, isBare } from './keys.js';
import { makeLanes } from './lanes.js';
import { linkOf } from './link.js';
import { makePane } from './panes.js';
import { IDLE_LIMIT_S, aligned, alignments, countersOf, formatTime, gapsOf, isPaced, markerFrom, markersOf, moments, tokensUpTo, warningOf } from './race.js';

const ALIGNMENTS = { request: 'the request', token: 'the first token', content: 'the first content' };

/** @param {string} name @param {[string, string][]} choices value and text */
const select = (name, choices) =>
  element('select', { ariaLabel: name }, ...choices.map(([value, text]) => new Option(text, value)));

/** Set a text that may be set already: a Text node made anew would lose what is selected in it. @param {Element} node @param {string} text */
const say = (node, text) => { if (node.textContent !== text) node.textContent = text; };

const now = () => performance.now() / 1000;

/** @param {number} usd */
const dollars = (usd) => `$${usd >= 0.1 ? usd.toFixed(2) : usd.toPrecision(2)}`;

/**
 * Put a deck into an element. It begins at the end, the whole text shown; play starts it over.
 * @param {HTMLElement} root @param {Tape} tape @param {Options} options
 */
export function mount(root, tape, options = {}) {
  const streams = (options.streams ?? [0]).filter((index) => tape.streams[index]).slice(0, 6);
  const tracks = (streams.length ? streams : [0]).map((index) => tape.streams[index]);
  const isRace = tracks.length > 1;
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

  const play = button('Play', 'Play or pause', () => commands.toggle(0), 'deck-play');
  const restart = button('Restart', 'Back to the beginning', () => api.seek(clock.begin));
  const time = element('span', 'deck-time');
  const speed = select('Speed', SPEEDS.map((one) => [String(one), speedName(one)]));
  const loop = button('Loop', 'Play over and over (l)', () => commands.loop(0));
  const idle = button('Skip idle', `Squeeze gaps to ${IDLE_LIMIT_S} s (i)`, () => commands.idle(0));
  idle.hidden = !gaps.length;
  const alignBy = select('Aligned at', possible.map((one) => [one, ALIGNMENTS[one]]));
  alignBy.value = align;
  alignBy.hidden = !isRace || possible.length < 2;
  const grades = [...new Map(tracks.map((track) => [track.grade, track])).values()].map((track) => element('span',
    { className: `deck-grade deck-grade-${track.grade}`, title: track.meaning },
    `${track.mark} ${isPaced(track) ? 'speed not recorded' : track.grade}`));
  const find = element('input', { className: 'deck-find', type: 'search', placeholder: 'Find', ariaLabel: 'Find in the text' });
  const said = element('span', { className: 'deck-said', role: 'status' });
  const link = button('Copy link', 'Copy a link to this moment', copyLink);
  link.hidden = !options.linkTo;
  const keys = button('?', 'Keys', () => commands.help(0));
  const help = element('div', { className: 'deck-help', role: 'dialog', ariaLabel: 'Keys', tabIndex: -1, hidden: true },
    element('dl', '', ...HELP.map(([key, does]) => element('div', '', element('dt', '', key), element('dd', '', does)))));
  const warning = warningOf(tracks);
  const lanes = makeLanes(runners, markers, end, sums, clock, () => (isSqueezed ? gaps : []));
  const { scrubber } = lanes;
  const columns = runners.map(({ track, shift }, index) => {
    const read = track.lanes.filter((lane) => lane.text);
    // Reasoning folds when it ends, unless it is all there is to read.
    const panes = read.map((lane) => ({ ...makePane(lane, lane.kind === 'reasoning' && read.length > 1 ? track.thought : ''), shift }));
    const figures = element('div', 'deck-figures');
    const node = element('div', 'deck-column', element('div', 'deck-name', isRace ? track.name : ''), figures, ...panes.map((pane) => pane.node));
    return { track, shift, panes, count: countersOf(track, sums[index]), figures, node };
  });
  const panes = columns.flatMap((column) => column.panes);
  const bar = element('div', 'deck-bar', play, restart, time, speed, loop, idle, alignBy, ...grades, find, said, link, keys);
  const box = element('div', { className: `deck${isRace ? ' deck-race' : ''}`, role: 'group', ariaLabel: `Replay of ${tracks.map((track) => track.name).join(' and ')}` },
    bar, element('p', { className: 'deck-warning', hidden: !warning }, warning), lanes.node,
    element('div', 'deck-columns', ...columns.map((column) => column.node)), help);
  root.append(box);

  const listening = new AbortController();
  const { signal } = listening;
  let frame = 0;
  /** @type {{t: number, from: number, to: number, pane: (typeof panes)[number]}[]} */
  let places = [];
  let wanted = '';
  let at = 0;

  function render() {
    const { position } = clock;
    lanes.draw(position);
    for (const { track, shift, panes: own, count, figures } of columns) {
      // A nanosecond, or rounding would keep back what comes at this very moment.
      const here = position - shift + 1e-9;
      const newest = Math.max(...own.map((pane) => pane.newestAt(here)));
      for (const pane of own) pane.show(here, here < track.duration && pane.newestAt(here) === newest, clock.playing);
      const { byKind, rate, spent } = count(here);
      const parts = [...byKind].map(([kind, tokens]) => `${kind.replace('_', ' ')} ${Math.round(tokens)} tokens`);
      if (rate !== null) parts.push(`${rate.toPrecision(2).replace(/e.*/, '')} tokens/s now`);
      if (spent !== null) parts.push(dollars(spent) + (track.cost?.estimate ? ', estimated' : ''));
      say(figures, parts.join(' · '));
    }
    time.textContent = `${formatTime(position)} −${formatTime(end - position)}`;
    say(play, clock.playing ? 'Pause' : 'Play');
    speed.value = String(clock.speed);
  }

  /** Fold reasoning that has ended; open it where it is still coming. */
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
    if (clock.playing) frame = requestAnimationFrame(tick);
    else report();
  }

  const api = {
    play() {
      if (clock.playing) return;
      if (clock.position >= end) for (const pane of panes) pane.follow();
      clock.start(now());
      frame = requestAnimationFrame(tick);
      render();
    },
    pause() {
      if (!clock.playing) return;
      clock.advance(now());
      clock.playing = false;
      cancelAnimationFrame(frame);
      render();
      report();
    },
    /** @param {number} position in seconds; playing goes on */
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
      cancelAnimationFrame(frame);
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

  /** @param {boolean} shown */
  function showHelp(shown) {
    help.hidden = !shown;
    (shown ? help : scrubber).focus();
  }

  async function copyLink() {
    const address = options.linkTo?.(linkOf(state())) ?? '';
    try {
      await navigator.clipboard.writeText(address);
      said.textContent = 'copied';
    } catch {
      // No leave for the clipboard, as in a file: the address can be copied by hand.
      prompt('The link to this moment', address);
    }
  }

  /** Seek to the next place where the text is found. @param {number} direction */
  function findNext(direction) {
    for (const pane of panes) pane.markFound(null);
    if (find.value !== wanted) {
      wanted = find.value;
      places = panes.flatMap((pane) => pane.places(wanted).map((place) => ({ ...place, t: place.t + pane.shift, pane })));
      places.sort((one, other) => one.t - other.t);
      at = clock.position < end ? places.findIndex((place) => place.t > clock.position) - direction : -1;
    }
    at = (at + direction + places.length) % places.length;
    const place = places[at];
    said.textContent = place ? `${at + 1} of ${places.length}` : wanted && 'not found';
    if (!place) return;
    api.seek(place.t);
    place.pane.unfold();
    place.pane.markFound(place);
  }

  /** @type {{[name: string]: (value: number) => void}} */
  const commands = {
    toggle: () => (clock.playing ? api.pause() : api.play()),
    skip: (seconds) => api.seek(clock.position + seconds),
    share: (share) => api.seek(clock.position + share * end),
    fraction: (fraction) => api.seek(fraction * end),
    marker: (direction) => api.seek(markerFrom(markers, clock.position, direction, clock.playing, end)),
    speed: (direction) => api.setSpeed(nextSpeed(clock.speed, direction)),
    find: () => find.focus(),
    help: () => showHelp(Boolean(help.hidden)),
    close: () => help.hidden || showHelp(false),
    fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen())?.catch(() => {}),
    loop() {
      clock.loop = !clock.loop;
      loop.ariaPressed = String(clock.loop);
    },
    idle() {
      if (!gaps.length) return;
      isSqueezed = !isSqueezed;
      clock.scale = squeezer(isSqueezed ? gaps : [], IDLE_LIMIT_S);
      idle.ariaPressed = String(isSqueezed);
      redraw();
    },
    step(direction) {
      const here = countAt(steps, clock.position) + (direction > 0 ? 0 : -2);
      if (!clock.playing && steps.length) api.seek(steps[Math.max(0, Math.min(steps.length - 1, here))]);
    },
  };

  /** @param {KeyboardEvent} event */
  function obey(event) {
    const command = commandFor(event);
    if (!command) return;
    event.preventDefault();
    commands[command.name](command.value);
  }

  box.addEventListener('keydown', (event) => {
    // Hosts bind bare keys (Streamlit reruns on r and clears caches on c); inside the deck they are not theirs.
    if (isBare(event)) event.stopPropagation();
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (target === find) {
      if (event.key === 'Enter') findNext(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') scrubber.focus();
      return;
    }
    if (target.matches('.deck-text') && [' ', 'Home', 'End'].includes(event.key)) return;
    if (target.matches('select') || (target.matches('button') && [' ', 'Enter'].includes(event.key))) return;
    obey(event);
  });
  document.addEventListener('keydown', (event) => {
    // The body is the target where nothing has the focus. Of several decks in sight, the first leaves none of its keys to the others.
    if (event.target !== document.body || event.defaultPrevented) return;
    const { top, bottom } = box.getBoundingClientRect();
    if (top < innerHeight && bottom > 0) obey(event);
  }, { signal });
  find.addEventListener('search', () => { if (!find.value) findNext(1); });
  alignBy.addEventListener('change', () => {
    const { playing } = clock;
    api.destroy();
    // The host holds this deck; it becomes one that is laid out anew.
    const anew = mount(root, tape, { ...options, ...state(), align: alignBy.value });
    Object.defineProperties(api, Object.getOwnPropertyDescriptors(anew));
    if (playing) anew.play();
  });
  speed.addEventListener('change', () => api.setSpeed(Number(speed.value)));
  scrubber.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    scrubber.setPointerCapture(event.pointerId);
    api.seek(lanes.positionOf(event));
  });
  scrubber.addEventListener('pointermove', (event) => {
    if (scrubber.hasPointerCapture(event.pointerId)) api.seek(lanes.positionOf(event));
  });
  // A hidden tab draws no frames; without this the clock would leap ahead on return.
  document.addEventListener('visibilitychange', () => { clock.wall = now(); }, { signal });
  const redraw = () => {
    lanes.redraw();
    render();
  };
  // A theme that changes shows as a colour transition of the box.
  box.addEventListener('transitionend', (event) => { if (event.target === box) redraw(); });
  const resized = new ResizeObserver(redraw);
  resized.observe(scrubber);
  render();
  for (const pane of panes) pane.settle();
  if (options.position !== undefined) clock.seek(options.position);
  foldEnded();
  render();
  return api;
}
