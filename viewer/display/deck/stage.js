// @ts-check
/** What a deck plays: the chosen tracks on one axis, their clock, and the part of the axis in sight. */

import { Clock, squeezer } from './clock.js';
import { onOneAxis, pacer } from './order.js';
import { IDLE_LIMIT_S, aligned, alignments, gapsOf, markersOf, moments } from './race.js';
import { tokensUpTo } from './rates.js';
import { View } from './view.js';

const MAX_RACE = 6;

/** The shortest part that zooming shows: a few chunks, or what the eye can tell apart. @param {import('./axis.js').Axis} axis @param {number} end */
const leastPart = (axis, end) => (axis === 'chunks' ? Math.min(4, end) : Math.max(end / 1e5, 0.002));

/**
 * `recorded` are the tracks as they are on the tape. In a race by chunk number, those of `runners` are in another unit. `steps` are the
 * moments at which something appears, and `idle` the gaps that can be shortened.
 * @param {import('./race.js').Tape} tape @param {import('./link.js').State} state
 */
export function makeStage(tape, state) {
  const chosen = (state.streams ?? [0]).filter((index) => tape.streams[index]).slice(0, MAX_RACE);
  const streams = chosen.length ? chosen : [0];
  const recorded = streams.map((index) => tape.streams[index]);
  const tracks = onOneAxis(recorded);
  const { axis } = tracks[0];
  const possible = alignments(tracks);
  const align = possible.find((one) => one === state.align) ?? possible[0] ?? 'token';
  const runners = aligned(tracks, align);
  const end = Math.max(...runners.map(({ track, shift }) => track.duration + shift));
  const steps = moments(runners);
  const clock = new Clock(end, state.speed ?? 1);
  if (axis === 'chunks') clock.scale = pacer(tracks);
  clock.seek(end);
  return {
    streams,
    recorded,
    possible,
    align,
    axis,
    isRace: tracks.length > 1,
    runners,
    end,
    steps,
    idle: gapsOf(runners, steps),
    markers: markersOf(runners),
    sums: tracks.map((track) => track.lanes.map(tokensUpTo)),
    clock,
    view: new View(end, leastPart(axis, end)),
    gaps: /** @type {[number, number][]} */ ([]),
    range: /** @type {[number, number]|null} */ (null),
    selected: /** @type {number|null} */ (null),
  };
}

/**
 * Let a stage show a longer tape of the stream that it shows. Return false if it cannot: in a race, or if the new tape is drawn in
 * another way. Position and part in sight stay as they are.
 * @param {ReturnType<typeof makeStage>} stage @param {import('./race.js').Tape} tape
 */
export function growStage(stage, tape) {
  const [before] = stage.recorded;
  const after = tape.streams[stage.streams[0]];
  if (stage.isRace || after?.grade !== before.grade || after.axis !== before.axis) return false;
  const { recorded, possible, runners, end, steps, idle, markers, sums, view, clock } = makeStage(tape, { streams: stage.streams });
  const gaps = stage.gaps.length ? idle : [];
  const scale = gaps.length ? squeezer(gaps, IDLE_LIMIT_S) : clock.scale;
  Object.assign(stage, { recorded, possible, runners, end, steps, idle, markers, sums, gaps });
  Object.assign(stage.clock, { end, scale });
  stage.view.grow(end, view.least, gaps.length ? scale : view.scale);
  return true;
}
