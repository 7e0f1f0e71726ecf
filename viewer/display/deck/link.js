// @ts-check
/**
 * The state of a deck as the text of a link: `t=1.5&to=4&speed=2&stream=0,2&align=content`.
 *
 * @typedef {{position?: number, to?: number, speed?: number, streams?: number[], align?: string}} State
 */

/** @param {State} state */
export function linkOf({ position, to, speed, streams, align }) {
  const parameters = new URLSearchParams();
  // No recording has times finer than a microsecond.
  const rounded = (/** @type {number} */ seconds) => String(Math.round(seconds * 1e6) / 1e6);
  if (position !== undefined) parameters.set('t', rounded(position));
  if (to !== undefined && Number.isFinite(to)) parameters.set('to', rounded(to));
  if (speed !== undefined && speed !== 1) parameters.set('speed', speed === Infinity ? 'instant' : String(speed));
  if (streams && String(streams) !== '0') parameters.set('stream', streams.join(','));
  if (align && (streams?.length ?? 0) > 1) parameters.set('align', align);
  return parameters.toString().replaceAll('%2C', ',');
}

/** The state in a link. Invalid values are left out. @param {string} text @returns {State} */
export function stateOf(text) {
  const parameters = new URLSearchParams(text.replace(/^[#?]/, ''));
  /** @type {State} */
  const state = {};
  /** @param {string|null} value */
  const seconds = (value) => (value && /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined);
  const position = seconds(parameters.get('t'));
  const to = seconds(parameters.get('to'));
  const speed = parameters.get('speed') === 'instant' ? Infinity : seconds(parameters.get('speed'));
  const streams = parameters.get('stream');
  const align = parameters.get('align');
  if (position !== undefined) state.position = position;
  if (to !== undefined && to > (position ?? 0)) state.to = to;
  if (speed && speed >= 0.1 && (speed <= 100 || speed === Infinity)) state.speed = speed;
  if (streams && /^\d{1,6}(,\d{1,6}){0,5}$/.test(streams)) state.streams = [...new Set(streams.split(',').map(Number))];
  if (align && ['request', 'token', 'content'].includes(align)) state.align = align;
  return state;
}
