// @ts-check
/**
 * The axis of the deck in words: seconds, or the numbers of chunks where seconds would be invented.
 *
 * @typedef {import('./race.js').Axis} Axis
 */

/** Minutes, seconds and hundredths, rounded. @param {number} seconds */
export function formatTime(seconds) {
  const hundredths = Math.round(Math.max(0, seconds) * 100);
  const rest = (hundredths % 6000) / 100;
  return `${Math.floor(hundredths / 6000)}:${rest.toFixed(2).padStart(5, '0')}`;
}

/** A whole number with separators, as in all other figures. @param {number} value */
export const whole = (value) => Math.round(value).toLocaleString('en-US');

/** The last chunk shown at a position between two numbers. @param {number} position */
export const chunkAt = (position) => Math.floor(position + 1e-6);

/** A position and the end, such as "chunk 37 of 412". @param {Axis} axis @param {number} position @param {number} end */
export const placeText = (axis, position, end) => (axis === 'chunks'
  ? `chunk ${whole(chunkAt(position))} of ${whole(end)}`
  : `${formatTime(position)} of ${formatTime(end)}`);

/** One place on the axis, such as "1.963 s" or "chunk 37". @param {Axis} axis @param {number} place */
export const pointText = (axis, place) => (axis === 'chunks' ? `chunk ${whole(place)}` : `${place.toFixed(3)} s`);

/** The step of a ruler with at most so many ticks: 1, 2 or 5 times a power of ten. @param {number} span @param {number} most @param {Axis} axis */
export function niceStep(span, most, axis) {
  const least = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(least || 1));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= least * (1 - 1e-9)) ?? power;
  return axis === 'chunks' ? Math.max(1, step) : step;
}

/** The ticks of a ruler between two places. @param {number} from @param {number} to @param {number} step */
export function ticksOf(from, to, step) {
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step);
}

/** The label of a tick. @param {number} place @param {number} step @param {Axis} axis */
export function tickText(place, step, axis) {
  if (axis === 'chunks') return whole(place);
  if (!place) return '0 s';
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  if (place < 60) return `${place.toFixed(digits)} s`;
  const [minutes, seconds] = [Math.floor(place / 60 + 1e-9), place % 60];
  return `${minutes}:${seconds.toFixed(digits).padStart(digits ? digits + 3 : 2, '0')}`;
}
