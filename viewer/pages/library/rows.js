// @ts-check
/**
 * The rows of the library: which of them pass, in which order, and where each is in the list. No element is touched here.
 *
 * @typedef {{text: string[], key: (number|null)[], tip?: string[]}} Figures
 * @typedef {{recording: number[], interaction: number[], text: string[], source: string[], kind: string[], model: string[],
 *   recorder: string[], finish: string[], first_token: Figures, length: Figures, input: Figures, output: Figures, cost: Figures,
 *   recorded: Figures}} Columns
 * @typedef {{name: string, title: string, values: string[], codes: number[]}} FacetColumn a code of -1 is a missing value
 * @typedef {{recordings: [key: string, path: string][], rows: Columns, facets: FacetColumn[]}} Table
 * @typedef {Map<string, Set<string>>} Chosen the chosen values by the name of their facet
 * @typedef {{by: string, down: boolean}} Sort
 */

export const FIGURES = /** @type {const} */ ([
  ['first_token', 'first token'], ['length', 'length'], ['input', 'in'], ['output', 'out'], ['cost', 'cost'], ['recorded', 'recorded'],
]);
export const SORTS = new Set(['path', 'model', ...FIGURES.map(([name]) => name)]);

/** The codes of each facet that pass, or null if all of them do. @param {Table} table @param {Chosen} chosen */
const passingCodes = (table, chosen) => table.facets.map((facet) => {
  const wanted = chosen.get(facet.name);
  return wanted?.size ? new Set(facet.values.flatMap((value, code) => (wanted.has(value) ? [code] : []))) : null;
});

/** The rows that pass every facet. @param {Table} table @param {number[]} rows @param {Chosen} chosen */
export function passing(table, rows, chosen) {
  const codes = passingCodes(table, chosen);
  return rows.filter((row) => codes.every((wanted, index) => !wanted || wanted.has(table.facets[index].codes[row])));
}

/**
 * How many rows have each value of each facet, out of those that pass all other facets.
 * @param {Table} table @param {number[]} rows @param {Chosen} chosen @returns {number[][]}
 */
export function facetCounts(table, rows, chosen) {
  const codes = passingCodes(table, chosen);
  const counts = table.facets.map((facet) => facet.values.map(() => 0));
  for (const row of rows) {
    const failed = codes.flatMap((wanted, index) => (wanted && !wanted.has(table.facets[index].codes[row]) ? [index] : []));
    if (failed.length > 1) continue;
    table.facets.forEach((facet, index) => {
      if (facet.codes[row] >= 0 && (!failed.length || failed[0] === index)) counts[index][facet.codes[row]] += 1;
    });
  }
  return counts;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Rows in order. Unknown figures come last in either direction. @param {Table} table @param {number[]} rows @param {Sort|null} sort */
export function sorted(table, rows, sort) {
  if (!sort) return rows;
  const sign = sort.down ? -1 : 1;
  if (sort.by === 'path' || sort.by === 'model') {
    const textOf = sort.by === 'model' ? (/** @type {number} */ row) => table.rows.model[row]
      : (/** @type {number} */ row) => table.recordings[table.rows.recording[row]][1];
    return [...rows].sort((a, b) => unknownLast(textOf(a) || null, textOf(b) || null) ?? sign * collator.compare(textOf(a), textOf(b)));
  }
  const { key } = /** @type {Figures} */ (table.rows[/** @type {'cost'} */ (sort.by)]);
  return [...rows].sort((a, b) => unknownLast(key[a], key[b]) ?? sign * (Number(key[a]) - Number(key[b])));
}

/** @param {unknown} a @param {unknown} b */
const unknownLast = (a, b) => (a === null || b === null ? Number(a === null) - Number(b === null) : null);

/** The next sorting after a click on a column: up, down, then as listed. @param {Sort|null} sort @param {string} by @returns {Sort|null} */
export function nextSort(sort, by) {
  if (sort?.by !== by) return { by, down: false };
  return sort.down ? null : { by, down: true };
}

/** Sorting as it is in the address. @param {Sort|null} sort */
export const writeSort = (sort) => (sort ? (sort.down ? '-' : '') + sort.by : '');

/** @param {string} text @returns {Sort|null} */
export function readSort(text) {
  const by = text.replace(/^-/, '');
  return SORTS.has(by) ? { by, down: text.startsWith('-') } : null;
}

/** Where each row begins, and last where the list ends. @param {number[]} heights */
export function beginnings(heights) {
  const begins = [0];
  for (const height of heights) begins.push(begins[begins.length - 1] + height);
  return begins;
}

/** The last row that begins at or before a place. @param {number[]} begins @param {number} place */
export function rowAt(begins, place) {
  let [low, high] = [0, begins.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (begins[middle] <= place) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** A path in two parts, of which the first gives way. @param {string} path @returns {[string, string]} */
export function splitPath(path) {
  const slash = Math.max(0, path.lastIndexOf('/'));
  // Of a very long name, the end tells more than the middle.
  const at = path.length - slash <= 48 ? slash : path.length - 28;
  return [path.slice(0, at), path.slice(at)];
}

/**
 * The address of Compare for the ticked rows: the first two as A and B.
 * @param {{key: string, interaction: number}[]} ticked
 */
export function compareQuery(ticked) {
  const [a, b, ...more] = ticked;
  const query = new URLSearchParams({ a: a.key, a_stream: String(a.interaction), b: b.key, b_stream: String(b.interaction) });
  for (const key of new Set(more.map((one) => one.key))) query.append('more', key);
  return query;
}
