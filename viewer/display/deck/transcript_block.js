// @ts-check
/**
 * One block of the transcript: a heading with its buttons, its text, and what stands beneath it.
 *
 * @typedef {import('./race.js').Track} Track
 * @typedef {{kind: string, label: string, text: string, t: number|null, event: number|null, is_error: boolean}} Below
 * @typedef {{kind: string, label: string, lane: number|null, from: number, to: number, event: number, t: number, text?: string,
 *   error?: boolean, below: Below[]}} Block
 * @typedef {ReturnType<typeof makeBlock>} ShownBlock
 * @typedef {(text: string, like: Element) => HTMLElement} MakeFrame makes the frame that shows a text as Markdown, in the look of an element
 * @typedef {{makeMarkdownFrame?: MakeFrame, onSelect: (event: number) => void}} Options
 */

import { whole } from './axis.js';
import { countAt } from './clock.js';
import { button, element, setText } from './dom.js';
import { makeBlockText } from './transcript_text.js';

/** Kinds whose text may be Markdown. */
const PROSE = ['reasoning', 'content', 'result', 'tool_result'];
/** The class, and so the colour, of each kind that is not the kind of a lane. */
const LOOKS = { result: 'tool_call', tool_result: 'tool_call', citation: 'content' };

/** @param {string} kind */
const lookOf = (kind) => (Object.hasOwn(LOOKS, kind) ? LOOKS[/** @type {keyof typeof LOOKS} */ (kind)] : kind);

/** @param {number} count @param {string} noun */
const countOf = (count, noun) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/** Whether a text has anything that Markdown would show otherwise. @param {string} text */
export const looksLikeMarkdown = (text) => /^ {0,3}(#{1,6} |[-*+] |\d+[.)] |> ?|~~~|\|)|\*\*|\x60|__|\]\(/m.test(text);

/** How much of a block is shown, in words. @param {number} shown @param {number} chunks @param {number} tokens */
export function amount(shown, chunks, tokens) {
  if (shown < chunks) return `${shown.toLocaleString('en')} of ${countOf(chunks, 'chunk')}`;
  const parts = chunks ? [countOf(chunks, 'chunk')] : [];
  return [...parts, ...(Math.round(tokens) ? [countOf(Math.round(tokens), 'token')] : [])].join(' · ');
}

/** @param {HTMLElement} node @param {() => string} text @param {string} what */
function copier(node, text, what) {
  const copy = button('Copy', `Copy ${what}`, async () => {
    try {
      await navigator.clipboard.writeText(text());
      copy.textContent = 'Copied';
    } catch {
      // Some pages, such as local files, may not write to the clipboard. Selected text can be copied by hand.
      getSelection()?.selectAllChildren(node);
      copy.textContent = 'Selected';
    }
    setTimeout(() => { copy.textContent = 'Copy'; }, 1500);
  });
  return copy;
}

/**
 * The parts that a block and what stands beneath it have in common.
 * @param {{kind: string, label: string, event: number|null, is_error?: boolean}} one @param {string[]} texts @param {Options} options
 */
function makeSection({ kind, label, event, is_error: isError = false }, texts, { makeMarkdownFrame, onSelect }) {
  const text = makeBlockText(kind, label, texts);
  const body = element('div', 'deck-block-body', text.node);
  const note = element('span', 'deck-thought');
  const count = element('span', 'deck-count');
  const heading = element('span', { className: 'deck-block-label', dir: 'auto' }, label);
  const look = isError ? 'error' : lookOf(kind);
  const fold = button('▾', `Show or hide ${label}`, () => setFolded(!body.hidden, true), 'deck-fold');
  const tools = element('span', 'deck-block-tools');
  if (event !== null) {
    const select = button(`event ${whole(event)}`, `Select event ${whole(event)}`, () => onSelect(event));
    tools.append(select);
  }
  /** @type {HTMLIFrameElement|null} */
  let frame = null;
  let hasCopy = false;
  if (makeMarkdownFrame && PROSE.includes(kind) && looksLikeMarkdown(text.whole)) {
    const toggle = button('Markdown', `Show ${label} as Markdown, without pictures and links`, () => {
      if (frame) frame.remove();
      else body.append(makeMarkdownFrame(text.whole, body));
      frame = body.querySelector('iframe');
      text.node.hidden = Boolean(frame);
      toggle.ariaPressed = String(Boolean(frame));
      setFolded(false, true);
    });
    toggle.ariaPressed = 'false';
    tools.append(toggle);
  }

  /** Add what only a block with a text has. */
  function addTools() {
    fold.hidden = !text.whole;
    if (hasCopy || !text.whole) return;
    hasCopy = true;
    tools.append(copier(text.node, () => text.whole, label));
  }
  const failed = isError ? [element('span', 'deck-failed', 'failed')] : [];
  const title = element('div', 'deck-block-title', fold, element('span', `deck-swatch deck-${look}`),
    heading, ...failed, note, count, tools);
  let byHand = false;
  let summary = '';

  /** @param {boolean} folded @param {boolean} hand */
  function setFolded(folded, hand = false) {
    if (byHand && !hand) return;
    byHand ||= hand;
    body.hidden = folded;
    fold.textContent = folded ? '▸' : '▾';
    fold.ariaExpanded = String(!folded);
    setText(note, folded ? summary : '');
  }

  addTools();
  setFolded(!text.whole);
  return {
    text, body, title, count, setFolded,
    /** Take the texts of more chunks, and another label. @param {string[]} longer @param {string} named */
    grow(longer, named) {
      setText(heading, named);
      if (longer.length === texts.length && longer.at(-1) === texts.at(-1)) return;
      const wasEmpty = !text.whole;
      texts = longer;
      text.grow(texts);
      addTools();
      if (wasEmpty && text.whole) setFolded(false);
    },
    setSummary: (/** @type {string} */ value) => { summary = value; setText(note, body.hidden ? summary : ''); },
  };
}

/** @param {Below} below @param {Options} options */
function makeBelow(below, options) {
  const section = makeSection(below, [below.text], options);
  if (below.kind === 'citation') section.setFolded(true);
  if (!below.text) section.setSummary('empty');
  section.text.show(1);
  const node = element('div', 'deck-below', section.title, section.body);
  return { ...section, below, node };
}

/** The tokens of some chunks of a lane. @param {import('./race.js').Lane} lane @param {number} from @param {number} to */
const tokensOf = ({ tokens }, from, to) =>
  (Array.isArray(tokens) ? tokens.slice(from, to).reduce((all, one) => all + one, 0) : tokens * (to - from));

/** The text of each chunk of a block. @param {Block} block @param {Track} track */
export const textsOf = ({ lane, from, to, text }, track) =>
  (lane === null ? [text ?? ''] : track.lanes[lane].text?.slice(from, to) ?? []);

/** What a block shows of a track. @param {Block} block @param {Track} track @param {number[][]} eventsOfLanes */
function contentOf(block, track, eventsOfLanes) {
  const lane = block.lane === null ? null : track.lanes[block.lane];
  return {
    block,
    lane,
    texts: textsOf(block, track),
    events: block.lane === null ? [block.event] : eventsOfLanes[block.lane].slice(block.from, block.to),
    tokens: lane ? tokensOf(lane, block.from, block.to) : 0,
    first: lane?.t[block.from] ?? block.t,
    last: lane?.t[block.to - 1] ?? block.t,
  };
}

/**
 * @param {Block} block @param {Track} track @param {number[][]} eventsOfLanes @param {string} summary what stands beside a folded block
 * @param {Options} options
 */
export function makeBlock(block, track, eventsOfLanes, summary, options) {
  let content = contentOf(block, track, eventsOfLanes);
  const section = makeSection({ ...block, is_error: block.error }, content.texts, options);
  section.setSummary(summary);
  let below = block.below.map((one) => makeBelow(one, options));
  const node = element('section', { className: `deck-transcript-block deck-of-${lookOf(block.kind)}`, hidden: true },
    section.title, section.body, ...below.map((one) => one.node));
  let shown = -1;
  /** How many of its chunks have come at a position. @param {number} t */
  const cameAt = (t) => {
    const { block: { from, to, t: begin }, lane } = content;
    return lane ? Math.min(to, Math.max(from, countAt(lane.t, t))) - from : Number(begin <= t);
  };
  return {
    ...section, node, cameAt,
    get block() { return content.block; },
    get lane() { return content.lane; },
    get events() { return content.events; },
    get first() { return content.first; },
    get last() { return content.last; },
    get below() { return below; },
    get shown() { return shown; },
    /** Take the same block of a longer tape. Show it afterwards. @param {Block} longer @param {Track} grown @param {number[][]} events @param {string} said */
    grow(longer, grown, events, said) {
      const before = content.block.below;
      content = contentOf(longer, grown, events);
      section.grow(content.texts, longer.label);
      section.setSummary(said);
      shown = -1;
      if (JSON.stringify(before) === JSON.stringify(longer.below)) return;
      for (const one of below) one.node.remove();
      below = longer.below.map((one) => makeBelow(one, options));
      node.append(...below.map((one) => one.node));
    },
    /** Show the chunks that have come. Return whether that changed anything. @param {number} t */
    show(t) {
      const { lane, events, texts, last, tokens } = content;
      const count = cameAt(t);
      for (const one of below) one.node.hidden = (one.below.t ?? last) > t || count < events.length;
      if (count === shown) return false;
      shown = count;
      node.hidden = !count;
      if (texts.length) section.text.show(count);
      setText(section.count, amount(lane ? count : 0, lane ? events.length : 0, tokens));
      return true;
    },
    /** When a chunk arrived. @param {number} chunk */
    timeOf: (chunk) => content.lane?.t[content.block.from + chunk] ?? content.block.t,
  };
}
