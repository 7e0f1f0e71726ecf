// @ts-check
/**
 * Markdown as a tree of elements: headings, lists, quotes, code, tables and emphasis. HTML in it stays text. Links and images are
 * their texts with their addresses, so that nothing can be fetched or followed.
 *
 * @typedef {string | TreeNode} Tree
 * @typedef {[tag: string, ...children: Tree[]]} TreeNode
 */

// Much deeper lists and quotes than these are not written to be read.
const MAX_DEPTH = 8;

const FENCE = /^ {0,3}(\x60{3,}|~{3,})\s*([^\x60]*)$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])(\s+|$)/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
// In order: code, image or link, strong, emphasis, struck out, an escaped character. The lengths bound the work on hostile text.
const INLINE = new RegExp([
  /(?<tick>\x60+)(?<code>[^\x60]|[^\x60][^]{0,2000}?[^\x60])\k<tick>(?!\x60)/,
  /(?<bang>!?)\[(?<name>[^\]\n]{0,500})\]\((?<address>[^()\s]{0,2000})(?:\s+"[^"\n]{0,200}")?\)/,
  /(?<two>\*\*|__)(?=\S)(?<strong>[^]{0,1000}?\S)\k<two>/,
  /\*(?=[^\s*])(?<em>[^\n*]{0,500}?[^\s*])\*|(?<!\w)_(?=\S)(?<low>[^\n_]{0,500}?\S)_(?!\w)/,
  /~~(?=\S)(?<del>[^\n]{0,500}?\S)~~/,
  /\\(?<escaped>[!-/:-@[-\x60{-~])/,
].map((one) => one.source).join('|'), 'g');

/** @param {string} text @returns {Tree[]} */
export const markdownTree = (text) => blocksOf(text.split(/\r\n|\r|\n/), 0);

/** @param {string[]} lines @param {number} depth @returns {Tree[]} */
function blocksOf(lines, depth) {
  /** @type {Tree[]} */
  const trees = [];
  let index = 0;
  while (index < lines.length) {
    const line = lines[index];
    if (!line.trim()) {
      index += 1;
      continue;
    }
    const [tree, next] = fenced(lines, index) ?? single(line, index) ?? (depth < MAX_DEPTH ? nested(lines, index, depth) : null)
      ?? table(lines, index) ?? paragraph(lines, index);
    trees.push(tree);
    index = next;
  }
  return trees;
}

/** @param {string[]} lines @param {number} index @returns {[Tree, number]|null} */
function fenced(lines, index) {
  const opening = FENCE.exec(lines[index]);
  if (!opening) return null;
  let end = index + 1;
  while (end < lines.length && !(lines[end].trim().startsWith(opening[1]) && !lines[end].trim().replaceAll(opening[1][0], ''))) end += 1;
  return [['pre', ['code', lines.slice(index + 1, end).join('\n')]], end + 1];
}

/** A heading or a rule. @param {string} line @param {number} index @returns {[Tree, number]|null} */
function single(line, index) {
  const heading = HEADING.exec(line);
  if (heading) return [[`h${heading[1].length}`, ...inline(heading[2])], index + 1];
  return RULE.test(line) ? [['hr'], index + 1] : null;
}

/** A quote or a list. @param {string[]} lines @param {number} index @param {number} depth @returns {[Tree, number]|null} */
function nested(lines, index, depth) {
  if (/^ {0,3}>/.test(lines[index])) {
    let end = index;
    while (end < lines.length && /^ {0,3}>/.test(lines[end])) end += 1;
    return [['blockquote', ...blocksOf(lines.slice(index, end).map((line) => line.replace(/^ {0,3}> ?/, '')), depth + 1)], end];
  }
  const first = ITEM.exec(lines[index]);
  if (!first) return null;
  const isOrdered = /\d/.test(first[2]);
  /** @type {Tree[]} */
  const items = [];
  let at = index;
  for (;;) {
    const item = at < lines.length ? ITEM.exec(lines[at]) : null;
    if (!item || item[1].length > first[1].length + 3 || /\d/.test(item[2]) !== isOrdered || RULE.test(lines[at])) break;
    const indent = item[1].length + 1;
    let end = at + 1;
    while (end < lines.length && (isInside(lines[end], indent) || (!lines[end].trim() && isInside(lines[end + 1] ?? '', indent)))) end += 1;
    const inside = [lines[at].slice(item[0].length), ...lines.slice(at + 1, end).map((line) => line.slice(Math.min(item[0].length, indentOf(line))))];
    items.push(['li', ...tight(blocksOf(inside, depth + 1))]);
    at = end;
    while (at + 1 < lines.length && !lines[at].trim() && ITEM.test(lines[at + 1])) at += 1;
  }
  return [[isOrdered ? 'ol' : 'ul', ...items], at];
}

const indentOf = (/** @type {string} */ line) => line.length - line.trimStart().length;
const isInside = (/** @type {string} */ line, /** @type {number} */ indent) => Boolean(line.trim()) && indentOf(line) > indent - 1 && indentOf(line) > 0;

/** The content of an item, without a paragraph around its first text. @param {Tree[]} trees @returns {Tree[]} */
const tight = ([first, ...rest]) => (Array.isArray(first) && first[0] === 'p' ? [.../** @type {Tree[]} */ (first.slice(1)), ...rest] : first === undefined ? [] : [first, ...rest]);

/** @param {string[]} lines @param {number} index @returns {[Tree, number]|null} */
function table(lines, index) {
  if (!lines[index].includes('|') || !TABLE_RULE.test(lines[index + 1] ?? '')) return null;
  let end = index + 2;
  while (end < lines.length && lines[end].includes('|')) end += 1;
  /** @param {string} line @param {string} tag @returns {Tree} */
  const row = (line, tag) => ['tr', ...cellsOf(line).map((cell) => /** @type {Tree} */ ([tag, ...inline(cell)]))];
  return [['table', row(lines[index], 'th'), ...lines.slice(index + 2, end).map((line) => row(line, 'td'))], end];
}

/** @param {string} line */
const cellsOf = (line) => line.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));

/** @param {string[]} lines @param {number} index @returns {[Tree, number]} */
function paragraph(lines, index) {
  let end = index + 1;
  while (end < lines.length && lines[end].trim() && !isBegin(lines, end)) end += 1;
  return [['p', ...inline(lines.slice(index, end).map((line) => line.trimStart()).join('\n'))], end];
}

/** @param {string[]} lines @param {number} index */
const isBegin = (lines, index) => FENCE.test(lines[index]) || HEADING.test(lines[index]) || RULE.test(lines[index])
  || /^ {0,3}>/.test(lines[index]) || ITEM.test(lines[index]) || (lines[index].includes('|') && TABLE_RULE.test(lines[index + 1] ?? ''));

/** @param {string} text @param {number} depth @returns {Tree[]} */
function inline(text, depth = 0) {
  if (depth > MAX_DEPTH) return [text];
  /** @type {Tree[]} */
  const trees = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) trees.push(text.slice(end, match.index));
    trees.push(...inlineOf(match.groups ?? {}, depth + 1));
    end = match.index + match[0].length;
  }
  if (end < text.length) trees.push(text.slice(end));
  return trees;
}

/** @param {{[name: string]: string|undefined}} groups @param {number} depth @returns {Tree[]} */
function inlineOf({ code, address, bang, name = '', strong, em, low, del, escaped = '' }, depth) {
  if (code !== undefined) return [['code', code]];
  if (address !== undefined && bang) return [`[image: ${name}]`, ['small', ` (${address})`]];
  if (address !== undefined) return [...inline(name, depth), ['small', ` (${address})`]];
  if (strong !== undefined) return [['strong', ...inline(strong, depth)]];
  if (em !== undefined || low !== undefined) return [['em', ...inline(em ?? low ?? '', depth)]];
  return del !== undefined ? [['del', ...inline(del, depth)]] : [escaped];
}
