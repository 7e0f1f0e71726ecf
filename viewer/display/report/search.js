// @ts-check
/** Which rows of the chunk table are shown: those of the selected kinds in which a text is found, even if it is split over chunks. */

/** @param {string} whole @param {string} wanted plain text, matched ignoring case */
const matches = (whole, wanted) => whole.matchAll(new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'giu'));

/**
 * The start and end of the first match in each row. The rows of a lane are searched as one text, since a stream splits words over
 * chunks.
 * @param {string[]} texts @param {(number|string)[]} lanes the lane of each row @param {string} wanted
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
      // The next match may begin in the last row of this one, so its position is not advanced here.
      for (let [at, start] = [place, begin]; at < rows.length && start < to; start += texts[rows[at++]].length) {
        const span = /** @type {[number, number]} */ ([Math.max(0, from - start), Math.min(texts[rows[at]].length, to - start)]);
        if (!found.has(rows[at])) found.set(rows[at], span);
      }
    }
  }
  return found;
}

/**
 * The rows of the chosen kinds, or of every kind if none is chosen; with a search, only the rows with a match.
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
