// @ts-check
/** Flags above the lanes, where the playhead cannot cover them: errors, the finish, and an end without one. */

import { pointText } from './axis.js';
import { element } from './dom.js';

const FLAGGED = ['error', 'finish', 'cut_off'];

/**
 * @param {import('./race.js').Marker[]} markers @param {import('./axis.js').Axis} axis
 * @param {(marker: import('./race.js').Marker) => void} onFlag
 */
export function makeFlags(markers, axis, onFlag) {
  const flags = markers.filter(({ kind }) => FLAGGED.includes(kind)).map((marker) => ({
    marker,
    node: element('button', {
      type: 'button',
      className: `deck-flag deck-flag-${marker.kind}`,
      title: `Go to ${marker.label}, ${pointText(axis, marker.t)}`,
      onclick: () => onFlag(marker),
    }, marker.label),
  }));
  const node = element('div', 'deck-flags', ...flags.map((flag) => flag.node));

  /** Put each flag at its place. Near the right end it hangs to the left, and it never covers another. @param {import('./view.js').View} view */
  function place(view) {
    let free = view.width;
    for (const { marker, node: flag } of [...flags].reverse()) {
      const x = view.x(marker.t);
      flag.hidden = !view.has(marker.t) || free <= 0;
      if (flag.hidden) continue;
      const wide = flag.offsetWidth;
      const left = Math.max(0, Math.min(x, free - wide));
      flag.style.left = `${left}px`;
      free = left - 4;
    }
  }
  // Flags with the same key are the same.
  return { node, place, key: JSON.stringify(flags.map(({ marker }) => marker)) };
}
