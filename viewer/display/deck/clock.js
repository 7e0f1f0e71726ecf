// @ts-check
/** The clock of the deck: a position in recorded seconds, which moves with wall time multiplied by a speed. */

export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4, 8, 16, Infinity];

/** @param {number} speed */
export const speedName = (speed) => (speed === Infinity ? 'instant' : `${speed}×`);

/** The next slower or faster speed. @param {number} speed @param {number} direction */
export function nextSpeed(speed, direction) {
  const faster = SPEEDS.filter((one) => one > speed);
  const slower = SPEEDS.filter((one) => one < speed);
  return (direction > 0 ? faster[0] : slower.at(-1)) ?? speed;
}

/**
 * The count of ascending numbers that are at most a limit.
 * @param {ArrayLike<number>} numbers @param {number} limit
 */
export function countAt(numbers, limit) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The scale that shortens gaps to a limit, in both directions. The lanes are laid out by it too.
 * @param {[number, number][]} gaps ascending and disjoint @param {number} limit
 */
export function squeezer(gaps, limit) {
  const recorded = [0];
  const squeezed = [0];
  for (const [begin, end] of gaps) {
    const at = squeezed[squeezed.length - 1] + begin - recorded[recorded.length - 1];
    recorded.push(begin, end);
    squeezed.push(at, at + Math.min(limit, end - begin));
  }
  /** @param {number[]} from @param {number[]} to */
  const between = (from, to) => (/** @type {number} */ value) => {
    const knot = Math.max(1, countAt(from, value));
    if (knot === from.length || from[knot] === from[knot - 1]) return to[knot - 1] + value - from[knot - 1];
    return to[knot - 1] + ((value - from[knot - 1]) / (from[knot] - from[knot - 1])) * (to[knot] - to[knot - 1]);
  };
  return { squeeze: between(recorded, squeezed), stretch: between(squeezed, recorded) };
}

/** A position that moves with wall time, in seconds. Callers pass the wall time, so that tests control it. */
export class Clock {
  /** @param {number} end @param {number} speed */
  constructor(end, speed = 1) {
    this.end = end;
    this.speed = speed;
    this.position = 0;
    this.playing = false;
    this.loop = false;
    /** Where playing starts again. */
    this.begin = 0;
    /** Playing stops here if it started before. Beyond the end, it has no effect. */
    this.stop = Infinity;
    this.wall = 0;
    this.scale = squeezer([], 0);
  }

  /** @param {number} wall */
  start(wall) {
    if (this.position >= this.end) this.position = this.begin;
    this.wall = wall;
    this.playing = true;
  }

  /** Advance to a wall time, and stop at the end. @param {number} wall */
  advance(wall) {
    if (!this.playing) return;
    // If the wall time steps back, the position waits until it has caught up.
    const passed = Math.max(0, wall - this.wall);
    this.wall += passed;
    if (!passed) return;
    const last = this.position < this.stop ? Math.min(this.stop, this.end) : this.end;
    const isInstant = this.speed === Infinity;
    const next = isInstant ? last : this.scale.stretch(this.scale.squeeze(this.position) + passed * this.speed);
    if (next < last) {
      this.position = next;
    } else if (this.loop && last > this.begin && !isInstant) {
      this.position = this.begin + ((next - last) % (last - this.begin));
    } else {
      this.position = last;
      this.playing = false;
    }
  }

  /** @param {number} position */
  seek(position) {
    this.position = Math.max(0, Math.min(this.end, position));
  }
}
