// @ts-check
/**
 * The deck: plays the recorded streams of a tape at the speed they arrived.
 *
 * The clock integrates wall time and drawing is pure: everything on screen follows from one position, so that playing,
 * seeking, stepping and changing speed are one function. Recorded text enters the page in Text nodes and nowhere else.
 *
 * @typedef {{kind: string, label: string, t: number[], text: string[]|null}} Lane
 * @typedef {{t: number, label: string}} Marker
 * @typedef {{name: string, grade: string, origin: string, duration: number, lanes: Lane[], markers: Marker[]}} Track
 * @typedef {{version: number, streams: Track[]}} Tape
 * @typedef {{speed?: number, position?: number, stream?: number,
 *   onChange?: (state: {position: number, speed: number, playing: boolean}) => void}} Options
 */

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];

const GRADES = {
  measured: ['●', 'measured: the client recorded when each event arrived'],
  stamped: ['◐', 'stamped: the server put its own time on each event'],
  bounded: ['↔', 'bounded: whole-second stamps tell the second each chunk came in; between them it is interpolated'],
  span: ['▭', 'span: only the total time is recorded; chunks are spread over it by tokens'],
  paced: ['○', 'speed not recorded: played at a nominal pace'],
};

/**
 * How many of the ascending times have come at a position.
 * @param {ArrayLike<number>} times @param {number} position
 */
export function countAt(times, position) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A position that moves with wall time, in seconds; the wall is handed in, so that a test can be the wall. */
export class Clock {
  /** @param {number} end @param {number} speed */
  constructor(end, speed = 1) {
    this.end = end;
    this.speed = speed;
    this.position = 0;
    this.playing = false;
    this.wall = 0;
  }

  /** @param {number} wall */
  start(wall) {
    if (this.position >= this.end) this.position = 0;
    this.wall = wall;
    this.playing = true;
  }

  stop() {
    this.playing = false;
  }

  /** Move on to a wall time; stops at the end. @param {number} wall */
  advance(wall) {
    if (!this.playing) return;
    // A wall that steps back stands still until it has caught up.
    const passed = Math.max(0, wall - this.wall);
    this.position = Math.min(this.end, this.position + passed * this.speed);
    this.wall += passed;
    if (this.position >= this.end) this.playing = false;
  }

  /** @param {number} position */
  seek(position) {
    this.position = Math.max(0, Math.min(this.end, position));
  }
}

/**
 * What a key does, as asciinema-player has it, and `<` `>` for speed; null for keys that are the page's.
 * @param {{key: string, shiftKey?: boolean, altKey?: boolean, ctrlKey?: boolean, metaKey?: boolean}} event
 * @returns {{name: string, value: number}|null}
 */
export function commandFor(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  if (/^[0-9]$/.test(event.key)) return { name: 'fraction', value: Number(event.key) / 10 };
  switch (event.key) {
    case ' ': return { name: 'toggle', value: 0 };
    case 'ArrowLeft': return event.shiftKey ? { name: 'share', value: -0.1 } : { name: 'skip', value: -5 };
    case 'ArrowRight': return event.shiftKey ? { name: 'share', value: 0.1 } : { name: 'skip', value: 5 };
    case 'Home': return { name: 'fraction', value: 0 };
    case 'End': return { name: 'fraction', value: 1 };
    case '[': return { name: 'marker', value: -1 };
    case ']': return { name: 'marker', value: 1 };
    case ',': return { name: 'step', value: -1 };
    case '.': return { name: 'step', value: 1 };
    case '<': return { name: 'speed', value: -1 };
    case '>': return { name: 'speed', value: 1 };
    default: return null;
  }
}

/** The speed one step slower or faster. @param {number} speed @param {number} direction */
export function nextSpeed(speed, direction) {
  const faster = SPEEDS.filter((one) => one > speed);
  const slower = SPEEDS.filter((one) => one < speed);
  return (direction > 0 ? faster[0] : slower[slower.length - 1]) ?? speed;
}

/**
 * The marker before or after a position; while playing, "before" passes over one just gone by, or it could never be left.
 * @param {Marker[]} markers @param {number} position @param {number} direction @param {boolean} playing @param {number} end
 */
export function markerFrom(markers, position, direction, playing, end) {
  const margin = 1e-6;
  if (direction > 0) return markers.find((marker) => marker.t > position + margin)?.t ?? end;
  const before = markers.filter((marker) => marker.t < position - (playing ? 1 : margin));
  return before.length ? before[before.length - 1].t : 0;
}

/** Minutes, seconds and hundredths, rounded. @param {number} seconds */
export function formatTime(seconds) {
  const hundredths = Math.round(Math.max(0, seconds) * 100);
  const rest = (hundredths % 6000) / 100;
  return `${Math.floor(hundredths / 6000)}:${rest.toFixed(2).padStart(5, '0')}`;
}

/**
 * One ascending list of every moment at which something appears, for stepping.
 * @param {Track} track
 */
export function moments(track) {
  return [...new Set(track.lanes.flatMap((lane) => lane.t))].sort((one, other) => one - other);
}

/**
 * Where each text of a lane ends in the text of all.
 * @param {string[]} texts
 */
export function ends(texts) {
  let length = 0;
  return Uint32Array.from(texts, (text) => (length += text.length));
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {string} className @param {(Node|string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function element(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

/** A pane that shows the first texts of a lane, the newest of them marked. @param {Lane} lane */
function makePane(lane) {
  const texts = lane.text ?? [];
  const end = ends(texts);
  const whole = texts.join('');
  const before = document.createTextNode('');
  const newest = document.createTextNode('');
  const current = element('span', 'deck-current', newest);
  const text = element('div', `deck-text deck-text-${lane.kind}`, before, current);
  text.tabIndex = 0;
  text.setAttribute('role', 'region');
  text.setAttribute('aria-label', lane.label);
  const count = element('span', 'deck-count');
  const title = element('div', 'deck-pane-title', element('span', `deck-swatch deck-${lane.kind}`), lane.label, count);
  let shown = -1;
  return {
    node: element('div', 'deck-pane', title, text),
    /** When the newest text shown had come. @param {number} position */
    newestAt(position) {
      return lane.t[countAt(lane.t, position) - 1] ?? -Infinity;
    },
    /** @param {number} position @param {boolean} marked */
    show(position, marked) {
      current.classList.toggle('deck-marked', marked);
      const next = countAt(lane.t, position);
      if (next === shown) return;
      const from = before.length;
      const to = next > 1 ? end[next - 2] : 0;
      if (to >= from && shown >= 0) before.appendData(whole.slice(from, to));
      else before.data = whole.slice(0, to);
      newest.data = next ? texts[next - 1] : '';
      count.textContent = `${next} of ${texts.length} chunks`;
      // The newest text stays in sight, but for the first drawing: a reader begins at the top.
      if (shown >= 0) text.scrollTop = text.scrollHeight;
      shown = next;
    },
  };
}

const LANE_HEIGHT = 20;
const BAR_HEIGHT = 12;

/** The lanes, drawn on a canvas that is also the scrubber. @param {Track} track @param {number} end */
function makeLanes(track, end) {
  const canvas = element('canvas', 'deck-canvas');
  const labels = element('div', 'deck-labels', ...track.lanes.map((lane) => {
    const label = element('div', 'deck-label', lane.label);
    label.title = lane.label;
    return label;
  }));
  const scrubber = element('div', 'deck-scrubber', canvas);
  scrubber.tabIndex = 0;
  scrubber.setAttribute('role', 'slider');
  scrubber.setAttribute('aria-label', 'Position');
  scrubber.setAttribute('aria-valuemin', '0');
  scrubber.setAttribute('aria-valuemax', end.toFixed(3));
  // Colours come from the stylesheet: each probe takes one, and the canvas asks what it became.
  const probes = track.lanes.map((lane) => element('span', `deck-probe deck-${lane.kind}`));
  const height = track.lanes.length * LANE_HEIGHT + 4;
  canvas.style.height = `${height}px`;
  labels.style.height = `${height}px`;
  const picture = document.createElement('canvas');
  let width = 0;

  /** @param {number} t */
  const x = (t) => (end ? (t / end) * (width - 3) : 0);

  /** Draw every chunk once; playing then only copies this picture. */
  function redraw() {
    const scale = window.devicePixelRatio || 1;
    width = Math.max(1, scrubber.clientWidth);
    for (const one of [canvas, picture]) {
      one.width = Math.round(width * scale);
      one.height = Math.round(height * scale);
    }
    const pen = /** @type {CanvasRenderingContext2D} */ (picture.getContext('2d'));
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    track.lanes.forEach((lane, row) => drawLane(pen, lane, getComputedStyle(probes[row]).color, row * LANE_HEIGHT + 4, x));
  }

  /** @param {number} position */
  function draw(position) {
    if (!scrubber.clientWidth) return;
    if (scrubber.clientWidth !== width) redraw();
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const scale = canvas.width / width;
    const head = x(position);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.globalAlpha = 0.3;
    pen.drawImage(picture, 0, 0);
    pen.globalAlpha = 1;
    const past = Math.round((head + 2) * scale);
    if (past) pen.drawImage(picture, 0, 0, past, canvas.height, 0, 0, past, canvas.height);
    pen.fillStyle = getComputedStyle(scrubber).color;
    pen.fillRect(head * scale, 0, 2 * scale, canvas.height);
    scrubber.setAttribute('aria-valuenow', position.toFixed(3));
    scrubber.setAttribute('aria-valuetext', `${formatTime(position)} of ${formatTime(end)}`);
  }

  return {
    node: element('div', 'deck-lanes', labels, scrubber, ...probes),
    scrubber,
    redraw,
    draw,
    /** @param {PointerEvent} event */
    positionOf(event) {
      const box = scrubber.getBoundingClientRect();
      return box.width ? ((event.clientX - box.left) / box.width) * end : 0;
    },
  };
}

/**
 * @param {CanvasRenderingContext2D} pen @param {Lane} lane @param {string} colour @param {number} top
 * @param {(t: number) => number} x
 */
function drawLane(pen, lane, colour, top, x) {
  const hidden = lane.kind === 'hidden';
  pen.fillStyle = hidden ? hatch(pen, colour) : colour;
  // Hidden reasoning is a stretch of time and not single marks; only what interrupts it shows.
  const gap = hidden ? 16 : 2.5;
  let drawn = -1;
  let begin = 0;
  let last = 0;
  // Chunks closer than a pixel are one bar, however many there are.
  for (let index = 0; index <= lane.t.length; index += 1) {
    const at = index < lane.t.length ? x(lane.t[index]) : Infinity;
    if (drawn >= 0 && at - last > gap) {
      pen.fillRect(begin, top, Math.max(2, last - begin + 2), BAR_HEIGHT);
      begin = at;
    }
    if (drawn < 0) begin = at;
    drawn = index;
    last = at;
  }
}

/** @param {CanvasRenderingContext2D} pen @param {string} colour */
function hatch(pen, colour) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const brush = /** @type {CanvasRenderingContext2D} */ (tile.getContext('2d'));
  brush.strokeStyle = colour;
  brush.lineWidth = 1.4;
  for (const shift of [-6, 0, 6]) {
    brush.moveTo(shift, 6);
    brush.lineTo(shift + 6, 0);
  }
  brush.stroke();
  return pen.createPattern(tile, 'repeat') ?? colour;
}

/**
 * Put a deck into an element. It begins at the end, the whole text shown; play starts it over.
 * @param {HTMLElement} root @param {Tape} tape @param {Options} options
 */
export function mount(root, tape, options = {}) {
  const track = tape.streams[options.stream ?? 0];
  const end = track.duration;
  const clock = new Clock(end, options.speed ?? 1);
  const steps = moments(track);
  clock.seek(options.position ?? end);

  const play = element('button', 'deck-play');
  play.type = 'button';
  const time = element('span', 'deck-time');
  const speed = element('select', 'deck-speed');
  speed.setAttribute('aria-label', 'Speed');
  speed.append(...SPEEDS.map((one) => new Option(`${one}×`, String(one))));
  const [mark, meaning] = GRADES[/** @type {keyof typeof GRADES} */ (track.grade)];
  const grade = element('span', 'deck-grade', `${mark} ${track.grade === 'paced' ? 'speed not recorded' : track.grade}`);
  grade.title = meaning;
  const keys = element('span', 'deck-keys', 'keys, once clicked: space play · ← → 5 s · 0–9 · , . step · [ ] marker · < > speed');
  const lanes = makeLanes(track, end);
  const panes = track.lanes.filter((lane) => lane.text).map(makePane);
  const box = element('div', `deck deck-grade-${track.grade}`,
    element('div', 'deck-bar', play, time, speed, grade, keys), lanes.node,
    element('div', 'deck-panes', ...panes.map((pane) => pane.node)));
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', `Replay of ${track.name}`);
  root.append(box);

  let frame = 0;
  let wasPlaying = false;

  function render() {
    lanes.draw(clock.position);
    const newest = Math.max(...panes.map((pane) => pane.newestAt(clock.position)));
    for (const pane of panes) {
      const marked = clock.position < end && pane.newestAt(clock.position) === newest;
      pane.show(clock.position, marked);
    }
    time.textContent = `${formatTime(clock.position)} / ${formatTime(end)}`;
    if (play.dataset.playing !== String(clock.playing)) {
      play.dataset.playing = String(clock.playing);
      play.textContent = clock.playing ? 'Pause' : 'Play';
    }
    speed.value = String(clock.speed);
  }

  function report() {
    options.onChange?.({ position: clock.position, speed: clock.speed, playing: clock.playing });
  }

  /** @param {number} now */
  function tick(now) {
    clock.advance(now / 1000);
    render();
    if (clock.playing) frame = requestAnimationFrame(tick);
    else if (wasPlaying) report();
    wasPlaying = clock.playing;
  }

  const api = {
    play() {
      if (clock.playing) return;
      clock.start(performance.now() / 1000);
      wasPlaying = true;
      frame = requestAnimationFrame(tick);
      render();
    },
    pause() {
      if (!clock.playing) return;
      clock.advance(performance.now() / 1000);
      clock.stop();
      cancelAnimationFrame(frame);
      render();
      report();
    },
    /** @param {number} position in seconds; playing goes on */
    seek(position) {
      clock.seek(position);
      clock.wall = performance.now() / 1000;
      render();
      if (!clock.playing) report();
    },
    /** @param {number} value */
    setSpeed(value) {
      clock.advance(performance.now() / 1000);
      clock.speed = value;
      render();
    },
    destroy() {
      cancelAnimationFrame(frame);
      resized.disconnect();
      document.removeEventListener('visibilitychange', onVisibility);
      box.remove();
    },
    get position() {
      return clock.position;
    },
    get playing() {
      return clock.playing;
    },
  };

  /** @param {{name: string, value: number}} command */
  function run({ name, value }) {
    const here = countAt(steps, clock.position);
    if (name === 'toggle') (clock.playing ? api.pause : api.play)();
    else if (name === 'skip') api.seek(clock.position + value);
    else if (name === 'share') api.seek(clock.position + value * end);
    else if (name === 'fraction') api.seek(value * end);
    else if (name === 'marker') api.seek(markerFrom(track.markers, clock.position, value, clock.playing, end));
    else if (name === 'speed') api.setSpeed(nextSpeed(clock.speed, value));
    else if (name === 'step' && !clock.playing && steps.length) {
      api.seek(steps[Math.max(0, Math.min(steps.length - 1, value > 0 ? here : here - 2))]);
    }
  }

  box.addEventListener('keydown', (event) => {
    // Hosts bind bare keys (Streamlit reruns on r and clears caches on c); inside the deck they are not theirs.
    if (!event.altKey && !event.ctrlKey && !event.metaKey) event.stopPropagation();
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (target.classList.contains('deck-text') && [' ', 'Home', 'End'].includes(event.key)) return;
    if (target === speed || (target === play && (event.key === ' ' || event.key === 'Enter'))) return;
    const command = commandFor(event);
    if (!command) return;
    event.preventDefault();
    run(command);
  });
  play.addEventListener('click', () => (clock.playing ? api.pause() : api.play()));
  speed.addEventListener('change', () => api.setSpeed(Number(speed.value)));
  lanes.scrubber.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    lanes.scrubber.setPointerCapture(event.pointerId);
    api.seek(lanes.positionOf(event));
  });
  lanes.scrubber.addEventListener('pointermove', (event) => {
    if (lanes.scrubber.hasPointerCapture(event.pointerId)) api.seek(lanes.positionOf(event));
  });
  // A hidden tab draws no frames; without this the clock would leap ahead on return.
  function onVisibility() {
    if (document.hidden) clock.advance(performance.now() / 1000);
    else clock.wall = performance.now() / 1000;
  }
  document.addEventListener('visibilitychange', onVisibility);
  // A theme that changes shows as a colour transition of the box.
  box.addEventListener('transitionend', (event) => {
    if (event.target !== box) return;
    lanes.redraw();
    render();
  });
  const resized = new ResizeObserver(() => {
    lanes.redraw();
    render();
  });
  resized.observe(lanes.scrubber);
  render();
  return api;
}
