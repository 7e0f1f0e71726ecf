// @ts-check
/**
 * What the keys and buttons of the deck do.
 *
 * @typedef {{deck: import('./deck.js').Deck, viewChanged: () => void, clearRange: () => void, redraw: () => void,
 *   toggleHelp: () => void, closeHelp: () => boolean, find: () => void, copyLink: () => void, fullscreen: () => void, goLive: () => void,
 *   press: (name: 'loop'|'idle', isPressed: boolean) => void}} Hands
 *   `closeHelp` returns whether the help was open
 */

import { chunkAt } from './axis.js';
import { countAt, nextSpeed, squeezer } from './clock.js';
import { IDLE_LIMIT_S, markerFrom } from './race.js';

/** @param {ReturnType<typeof import('./stage.js').makeStage>} stage @param {Hands} hands @returns {{[name: string]: (value: number) => unknown}} */
export function makeCommands(stage, hands) {
  const { clock, view, axis } = stage;
  const { deck } = hands;

  /** Move by a share of the part in sight. By number, that is a chunk at least. @param {number} share */
  function skip(share) {
    const to = view.away(clock.position, share);
    const chunks = Math.max(1, Math.round(Math.abs(to - clock.position)));
    deck.seek(axis === 'chunks' ? chunkAt(clock.position) + Math.sign(share) * chunks : to);
  }

  /** @param {number} direction */
  function marker(direction) {
    const aSecondAgo = clock.scale.stretch(Math.max(0, clock.scale.squeeze(clock.position) - 1));
    deck.seek(markerFrom(stage.markers, clock.position, direction, stage.end, clock.playing ? aSecondAgo : clock.position));
  }

  /** @param {number} direction */
  function step(direction) {
    const { steps } = stage;
    const index = countAt(steps, clock.position) + (direction > 0 ? 0 : -2);
    if (!clock.playing && steps.length) deck.seek(steps[Math.max(0, Math.min(steps.length - 1, index))]);
  }

  /** Shorten the gaps, or show them in full again. */
  function idle() {
    if (!stage.idle.length) return;
    const { part } = view;
    stage.gaps = stage.gaps.length ? [] : stage.idle;
    clock.scale = view.scale = squeezer(stage.gaps, IDLE_LIMIT_S);
    view.show(part);
    hands.press('idle', stage.gaps.length > 0);
    hands.redraw();
  }

  return {
    toggle: () => (deck.playing ? deck.pause() : deck.play()),
    live: hands.goLive,
    restart: () => deck.seek(clock.begin),
    skip,
    marker,
    step,
    idle,
    fraction: (fraction) => deck.seek(fraction * stage.end),
    speed: (direction) => deck.setSpeed(nextSpeed(clock.speed, direction)),
    zoom(factor) {
      view.zoom(factor, view.has(clock.position) ? view.x(clock.position) : view.width / 2);
      hands.viewChanged();
    },
    pan(share) {
      view.pan(share);
      hands.viewChanged();
    },
    loop() {
      clock.loop = !clock.loop;
      hands.press('loop', clock.loop);
    },
    find: hands.find,
    help: hands.toggleHelp,
    close: () => hands.closeHelp() || hands.clearRange(),
    fullscreen: hands.fullscreen,
    copyLink: hands.copyLink,
  };
}
