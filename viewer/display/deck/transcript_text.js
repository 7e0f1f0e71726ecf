// @ts-check
/**
 * The text of a block of the transcript, chunk by chunk. Arguments of a tool call are indented once they are whole.
 *
 * @typedef {ReturnType<typeof makeBlockText>} BlockText
 */

import { element } from './dom.js';
import { indented } from './json_indent.js';
import { ends, makeGrowingText } from './text_blocks.js';

/**
 * @param {string} kind @param {string} label @param {string[]} texts of its chunks
 */
export function makeBlockText(kind, label, texts) {
  let whole = texts.join('');
  let end = ends(texts);
  const recorded = element('div', { className: `deck-text deck-text-${kind}`, role: 'group', ariaLabel: label });
  const verbatim = makeGrowingText(recorded, whole);
  const isJson = kind === 'tool_call' || kind === 'result' || kind === 'tool_result';
  /** The text as indented JSON, made when it is first whole; null if it is not JSON. @type {ReturnType<typeof indented>|undefined} */
  let json;
  /** @type {{node: HTMLElement, growing: ReturnType<typeof makeGrowingText>}|undefined} */
  let pretty;
  let isPretty = false;

  function makePretty() {
    if (!isJson || (json ??= indented(whole)) === null) return undefined;
    if (!pretty) {
      const node = element('div', { className: recorded.className, role: 'group', ariaLabel: label });
      pretty = { node, growing: makeGrowingText(node, json.text) };
      pretty.growing.setLength(json.text.length);
      recorded.after(node);
    }
    return pretty;
  }

  /** @param {number} from @param {number} to the range in the recorded text */
  function boundary(from, to) {
    if (!isPretty || !pretty || !json) return verbatim.boundary(from, to);
    return pretty.growing.boundary(json.place(from), json.place(to));
  }

  return {
    node: element('div', 'deck-block-text', recorded),
    get whole() { return whole; },
    get end() { return end; },
    boundary,
    /** Take the texts of more chunks, which begin with those of before. Show them afterwards. @param {string[]} longer */
    grow(longer) {
      texts = longer;
      [whole, end] = [texts.join(''), ends(texts)];
      verbatim.grow(whole);
      pretty?.node.remove();
      json = pretty = undefined;
      isPretty = false;
    },
    /** Show the first chunks. @param {number} count */
    show(count) {
      const isWhole = count === texts.length;
      const next = isWhole ? makePretty() : undefined;
      isPretty = Boolean(next);
      verbatim.setLength(!isPretty && count ? end[count - 1] : 0);
      recorded.hidden = isPretty;
      if (pretty) pretty.node.hidden = !isPretty;
    },
    /** The range of one chunk. @param {number} chunk */
    chunk: (chunk) => boundary(chunk ? end[chunk - 1] : 0, end[chunk]),
    /** The chunk at a character of a Text node, or -1. @param {Node} container @param {number} offset */
    chunkAt(container, offset) {
      const place = (isPretty && pretty ? pretty.growing : verbatim).placeOf(container, offset);
      if (place < 0) return -1;
      const from = (/** @type {number} */ index) => (isPretty && json ? json.place(end[index]) : end[index]);
      let [low, high] = [0, texts.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (from(middle) > place) high = middle;
        else low = middle + 1;
      }
      return low;
    },
  };
}
