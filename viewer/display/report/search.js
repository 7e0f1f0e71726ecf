// @ts-check
/** Which rows of the chunk table are shown: of some kinds, and those that a text stands in, be it split over chunks. */

/** @param {string} whole @param {string} wanted letter case aside, and no pattern */
const matches = (whole, wanted) => whole.matchAll(new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'giu'));

/**
 * Where a text is found, by row: begin and end of the first place in it. Rows of one lane are read as one text, since a stream
 * splits words over chunks.
 * @param {string[]} texts @param {(number|string)[]} lanes which lane each row is of @param {string} wanted
 */
export function foundIn(texts, lanes, wanted) {
  /** @type {Map<number, [number, number]>} */
  const found = new Map();
  /** @type {Map<number|string, number[]>} */
  const byLane = new Map();
  texts.forEach((text, row) => {
    if (!text) return;
    const rows = byLane.get(lanes[row]);
    if (rows) rows.push(row);
    else byLane.set(lanes[row], [row]);
  });
  for (const rows of byLane.values()) {
    let place = 0;
    let begin = 0;
    for (const { index: from, 0: { length } } of matches(rows.map((row) => texts[row]).join(''), wanted)) {
      const to = from + length;
      while (begin + texts[rows[place]].length <= from) begin += texts[rows[place++]].length;
      // A place may end where the next begins, so that its last row is looked at again.
      for (let [at, start] = [place, begin]; at < rows.length && start < to; start += texts[rows[at++]].length) {
        const span = /** @type {[number, number]} */ ([Math.max(0, from - start), Math.min(texts[rows[at]].length, to - start)]);
        if (!found.has(rows[at])) found.set(rows[at], span);
      }
    }
  }
  return found;
}

/**
 * The rows of some kinds, of all where none is chosen, and with what was found where something is looked for.
 * @param {(number|string)[]} kinds @param {Set<number|string>} chosen @param {Map<number, unknown>|null} found
 */
export function rowsShown(kinds, chosen, found) {
  /** @type {number[]} */
  const rows = [];
  kinds.forEach((kind, row) => {
    if ((!chosen.size || chosen.has(kind)) && (!found || found.has(row))) rows.push(row);
  });
  return rows;
}
