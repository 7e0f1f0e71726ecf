// @ts-check
/**
 * The axis of a waterfall: where moments stand in the part that is shown, and its ticks. On it, long waits are cut.
 *
 * @typedef {[beginS: number, endS: number, begin: number, end: number, isCut: boolean]} Piece seconds, and where they stand on the axis
 * @typedef {{unit: 's'|'tokens', end: number, pieces: Piece[]}} Axis
 * @typedef {{from: number, to: number}} View the part of the axis that is shown
 * @typedef {{at: number, text: string}} Tick
 */

const STEPS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
/** A view narrower than this share of the axis would show nothing more. */
const LEAST_SHARE = 1e-5;
/** A tick further on would have no room for its text. */
const LAST_TICK = 0.92;

/** A moment as a clock shows it: 0:05, 12:30, 1:02:03. @param {number} seconds @param {number} stepS @returns {string} */
export function clock(seconds, stepS) {
  const digits = stepS >= 1 ? 0 : Math.ceil(-Math.log10(stepS) - 1e-9);
  const whole = Math.floor(seconds + 1e-9);
  const rest = digits ? (seconds - whole).toFixed(digits).slice(1) : '';
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}${rest}`;
}

/** A count in a few characters. @param {number} value @returns {string} */
function short(value) {
  return value >= 1e6 ? `${Number((value / 1e6).toFixed(2))}M` : value >= 1e4 ? `${Number((value / 1e3).toFixed(1))}k` : String(value);
}

/** @param {number} raw @returns {number} */
function roundStep(raw) {
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw * 0.999) ?? raw;
}

/**
 * Round moments in the view, at most so many, and none inside a wait that is cut.
 * @param {Axis} axis @param {View} view @param {number} most @returns {Tick[]} `at` is the share of the view, from 0 to 1
 */
export function ticksOf({ unit, pieces }, { from, to }, most) {
  const span = to - from;
  const raw = span / most;
  const step = unit === 's' ? STEPS_S.find((one) => one >= raw) ?? roundStep(raw) : Math.max(1, roundStep(raw));
  /** @type {Tick[]} */
  const ticks = [];
  for (const [beginS, endS, begin, end, isCut] of pieces) {
    if (isCut || end < from || begin > to) continue;
    const first = Math.ceil((beginS + Math.max(0, from - begin)) / step - 1e-9);
    const last = Math.floor((endS - Math.max(0, end - to)) / step + 1e-9);
    for (let place = first; place <= last; place += 1) {
      const at = (begin + place * step - beginS - from) / span;
      // Behind a wait that is cut, ticks can be closer to each other.
      if (at > LAST_TICK || (ticks.length && at - ticks[ticks.length - 1].at < 0.8 / most)) continue;
      ticks.push({ at, text: unit === 's' ? clock(place * step, step) : short(place * step) });
    }
  }
  return ticks;
}

/** A view inside the axis, not too narrow. @param {View} view @param {number} end @returns {View} */
export function fitted({ from, to }, end) {
  const span = Math.min(Math.max(to - from, end * LEAST_SHARE), end);
  const begin = Math.min(Math.max(from, 0), end - span);
  return { from: begin, to: begin + span };
}

/** The view zoomed by a factor around a place that stays where it is. @param {View} view @param {number} place on the axis @param {number} factor below 1 zooms in @param {number} end @returns {View} */
export function zoomed({ from, to }, place, factor, end) {
  return fitted({ from: place - (place - from) * factor, to: place + (to - place) * factor }, end);
}
