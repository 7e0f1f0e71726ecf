// @ts-check
/** The part of the axis that the lanes show: where each place is in pixels, zooming and panning. */

import { squeezer } from './clock.js';

// What the picture leaves free at the right, for the playhead at the end.
const MARGIN = 3;

export class View {
  /** @param {number} end @param {number} least the shortest part of the axis that can be shown */
  constructor(end, least) {
    this.end = end;
    this.least = least;
    /** The width of the lanes in pixels. */
    this.width = 1;
    this.scale = squeezer([], 0);
    /** The part in sight, in squeezed units. */
    this.from = 0;
    this.to = end;
  }

  /** The length of the whole axis in squeezed units. */
  get length() { return this.scale.squeeze(this.end); }

  get isZoomed() { return this.from > 0 || this.to < this.length; }

  /** The part in sight in units of the axis; null is all of it. @returns {[number, number]|null} */
  get part() { return this.isZoomed ? [this.scale.stretch(this.from), this.scale.stretch(this.to)] : null; }

  /** Where a place is, in pixels. @param {number} place */
  x(place) {
    return this.to > this.from ? ((this.scale.squeeze(place) - this.from) / (this.to - this.from)) * (this.width - MARGIN) : 0;
  }

  /** The place at a distance in pixels from the left. @param {number} x */
  at(x) {
    return this.scale.stretch(this.from + (x / Math.max(1, this.width - MARGIN)) * (this.to - this.from));
  }

  /** Show a part of the axis, moved and widened so that it is within the ends. @param {number} from @param {number} to in squeezed units */
  set(from, to) {
    const length = Math.min(this.length, Math.max(to - from, Math.min(this.least, this.length)));
    this.from = Math.max(0, Math.min(from, this.length - length));
    this.to = this.from + length;
    // Rounding must not leave a view of everything zoomed.
    if (this.from <= 0 && this.to >= this.length * (1 - 1e-9)) [this.from, this.to] = [0, this.length];
  }

  /** Show a part of the axis, or all of it. @param {[number, number]|null} part */
  show(part) {
    if (part) this.set(this.scale.squeeze(part[0]), this.scale.squeeze(part[1]));
    else [this.from, this.to] = [0, this.length];
  }

  /** Make the part in sight longer by a factor. The place at a distance in pixels stays where it is. @param {number} factor @param {number} x */
  zoom(factor, x) {
    const share = x / Math.max(1, this.width - MARGIN);
    const fixed = this.from + share * (this.to - this.from);
    const length = Math.max(Math.min((this.to - this.from) * factor, this.length), Math.min(this.least, this.length));
    this.set(fixed - share * length, fixed + (1 - share) * length);
  }

  /** Make the axis longer. All of it stays in sight, or the same part. @param {number} end @param {number} least @param {View['scale']} scale */
  grow(end, least, scale) {
    const { part } = this;
    Object.assign(this, { end, least, scale });
    this.show(part);
  }

  /** Move by a share of the part in sight. @param {number} share */
  pan(share) {
    const by = share * (this.to - this.from);
    this.set(this.from + by, this.to + by);
  }

  /** Whether a place is in sight. @param {number} place */
  has(place) {
    const at = this.scale.squeeze(place);
    return this.from <= at && at <= this.to;
  }

  /** Move so that a place is in sight, near the left end. @param {number} place */
  reveal(place) {
    if (this.has(place)) return;
    const length = this.to - this.from;
    const from = this.scale.squeeze(place) - length * 0.1;
    this.set(from, from + length);
  }

  /** The place a share of the part in sight away from another. @param {number} place @param {number} share */
  away(place, share) {
    return this.scale.stretch(this.scale.squeeze(place) + share * (this.to - this.from));
  }
}
