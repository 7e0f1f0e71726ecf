// @ts-check
/**
 * The deck's host in Streamlit, joined to the deck's modules.
 *
 * @typedef {import('../../display/deck/deck.js').Deck} Deck
 * @typedef {import('../../display/deck/link.js').State} State
 * @typedef {{identity: string, deck: Deck, listening: AbortController}} Entry
 * @typedef {{identity: string, tape: string, streams: number[]}} DeckData `tape` is JSON
 */

import { mount } from '../../display/deck/deck.js';
import { linkOf, stateOf } from '../../display/deck/link.js';
import { makeMarkdownFrame } from '../../display/deck/markdown_frame.js';
import { onShared, share, sharedValue } from '../../display/shared.js';

/** The deck of each parent element. For changed data, Streamlit calls again without running the earlier cleanup. @type {WeakMap<Element, Entry>} */
const mounted = new WeakMap();
/**
 * The state in which each stream was left. A remount, such as when a block above moves, plays on; another stream pauses it.
 * @type {Map<string, State & {playing?: boolean}>}
 */
const left = new Map();
/** The state in the address when the page was opened. It applies to the first deck only. @type {State & {playing?: boolean}} */
let opened = stateOf(location.search);
let isFirst = true;

/** @param {Entry} entry @param {boolean} playing */
function leave(entry, playing) {
  left.set(entry.identity, { ...entry.deck.state, playing });
  entry.listening.abort();
  entry.deck.destroy();
  share('view', null);
  share('range', null);
}

/** The address of the page with the state of the deck added. @param {string} state */
function addressOf(state) {
  const address = new URL(location.href);
  for (const name of ['t', 'to', 'speed']) address.searchParams.delete(name);
  for (const [name, value] of new URLSearchParams(state)) if (['t', 'to', 'speed'].includes(name)) address.searchParams.set(name, value);
  return address.href;
}

/** What the other side needs: only recordings that were opened by hand have a name in their address. */
function linkNote() {
  const name = new URL(location.href).searchParams.get('name');
  return name ? `works while this server keeps ${name}, then asks for the file` : '';
}

/** @param {Deck} deck */
function keepState(deck) {
  const { position, to, speed } = deck.state;
  // The end is the default position.
  const state = position < deck.end ? { position, to, speed } : { speed };
  history.replaceState(history.state, '', addressOf(linkOf(state)));
}

/**
 * Keep a deck in step with the other parts of the page. A race has several streams, so an event number does not say which is meant.
 * @param {Deck} deck @param {boolean} isRace @param {{[name: string]: unknown}} told what the deck itself shares right now
 * @param {number|null} marked the event of the address if it is marked only, once, since the address has a moment
 * @param {AbortSignal} signal
 */
function listenToPage(deck, isRace, told, marked, signal) {
  onShared('view', (part) => told.view === part || deck.setView(part), signal);
  onShared('range', (part) => told.range === part || deck.setRange(part), signal);
  if (isRace) return;
  onShared('transcript', (place) => deck.moveTranscript(place), signal);
  onShared('event', (event) => {
    if (told.event !== event) deck.select(event, event !== marked);
    marked = null;
  }, signal);
}

/** @param {{parentElement: HTMLElement, data: DeckData}} component */
export default function ({ parentElement, data }) {
  const previous = mounted.get(parentElement);
  if (previous && previous.identity === data.identity) return () => unmount(parentElement, previous);
  if (previous) leave(previous, false);
  const { playing, ...state } = left.get(data.identity) ?? opened;
  // The selection of the address comes before or after this. It moves the first deck, unless the address has a moment too.
  const eventInAddress = isFirst ? new URL(location.href).searchParams.get('event') : null;
  const isSought = isFirst && state.position === undefined;
  [opened, isFirst] = [{}, false];
  /** @type {{[name: string]: unknown}} */
  const told = {};
  /** @template {'event'|'view'|'range'} K @param {K} name */
  const tell = (name) => (/** @type {import('../../display/shared.js').Shared[K]} */ value) => {
    told[name] = value;
    share(name, value);
    delete told[name];
  };
  const isRace = data.streams.length > 1;
  const deck = mount(parentElement, JSON.parse(data.tape), {
    ...state,
    streams: data.streams,
    transcript: isRace ? null : sharedValue('transcript'),
    makeMarkdownFrame,
    linkTo: addressOf,
    linkNote,
    onChange: () => keepState(deck),
    onSelect: tell('event'),
    onView: tell('view'),
    onRange: tell('range'),
  });
  const listening = new AbortController();
  const selected = isRace ? null : sharedValue('event');
  if (!isRace) deck.select(selected, isSought);
  const isPending = eventInAddress !== null && selected === null && !isSought;
  listenToPage(deck, isRace, told, isPending ? Number(eventInAddress) : null, listening.signal);
  if (playing) deck.play();
  const entry = { identity: data.identity, deck, listening };
  mounted.set(parentElement, entry);
  return () => unmount(parentElement, entry);
}

/** @param {HTMLElement} parentElement @param {Entry} entry */
function unmount(parentElement, entry) {
  leave(entry, entry.deck.playing);
  mounted.delete(parentElement);
}
