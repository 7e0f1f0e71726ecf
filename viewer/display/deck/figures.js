// @ts-check
/** The live figures of a track: tokens by kind, the rate if the grade supports one, and the cost so far. */

import { whole } from './axis.js';
import { countAt } from './clock.js';
import { element, setText } from './dom.js';
import { rateNow } from './rates.js';

/** @param {number} usd */
export const dollars = (usd) => `$${usd >= 0.1 ? usd.toFixed(2) : usd.toPrecision(2)}`;

/**
 * A function that returns the figures at a position on the track's own clock.
 * @param {import('./race.js').Track} track @param {Float64Array[]} sums `tokensUpTo` of each lane
 */
export function countersOf(track, sums) {
  const total = sums.reduce((all, sum) => all + sum[sum.length - 1], 0);
  const rateAt = rateNow(track, sums);
  return (/** @type {number} */ position) => {
    /** @type {Map<string, number>} */
    const byKind = new Map();
    let soFar = 0;
    track.lanes.forEach((lane, index) => {
      const sum = sums[index];
      if (!sum.at(-1)) return;
      const here = sum[countAt(lane.t, position)];
      byKind.set(lane.kind, (byKind.get(lane.kind) ?? 0) + here);
      soFar += here;
    });
    const { cost } = track;
    let spent = null;
    if (position >= track.duration) spent = cost?.total ?? null;
    else if (cost && cost.input !== null) spent = cost.input + (cost.total - cost.input) * (soFar / (total || 1));
    return { byKind, rate: rateAt(position), spent };
  };
}

/**
 * The live figures in words.
 * @param {ReturnType<ReturnType<typeof countersOf>>} counters @param {boolean} isEstimate whether the cost is an estimate
 */
export function figuresText({ byKind, rate, spent }, isEstimate) {
  const parts = [...byKind].map(([kind, tokens]) => `${kind.replace('_', ' ')} ${whole(tokens)} tokens`);
  if (rate !== null) parts.push(`${Number(rate.toPrecision(2))} tokens/s now`);
  if (spent !== null) parts.push(dollars(spent) + (isEstimate ? ', estimated' : ''));
  return parts.join(' · ');
}

/**
 * The line with the live figures of a track. It is as high as its longest text, so that nothing below it moves.
 * @param {import('./race.js').Track} track @param {Float64Array[]} sums
 */
export function makeFigures(track, sums) {
  const countersAt = countersOf(track, sums);
  const isEstimate = Boolean(track.cost?.estimate);
  const text = element('span', 'deck-figures');
  const longest = figuresText({ ...countersAt(track.duration), rate: track.draws.live_rate ? 1000 : null }, isEstimate);
  const sizer = element('span', { className: 'deck-sizer', ariaHidden: 'true' }, longest);
  return {
    node: element('div', 'deck-figures-line', text, sizer),
    /** @param {number} t */
    show: (t) => setText(text, figuresText(countersAt(t), isEstimate)),
  };
}
