// @ts-check
/**
 * The deck's host in Streamlit, joined to the deck's modules.
 *
 * @typedef {import('../../display/deck/deck.js').Deck} Deck
 * @typedef {import('../../display/deck/link.js').State} State
 * @typedef {{identity: string, deck: Deck}} Entry
 * @typedef {{identity: string, tape: string, streams: number[]}} DeckData `tape` is JSON
 */

import { mount } from '../../display/deck/deck.js';
import { linkOf, stateOf } from '../../display/deck/link.js';

/** The deck of each parent element. For changed data, Streamlit calls again without running the earlier cleanup. @type {WeakMap<Element, Entry>} */
const mounted = new WeakMap();
/**
 * The state in which each stream was left. A remount, such as when a block above moves, plays on; another stream pauses it.
 * @type {Map<string, State & {playing?: boolean}>}
 */
const left = new Map();
/** The state in the address when the page was opened. It applies to the first deck only. @type {State & {playing?: boolean}} */
let opened = stateOf(location.search);

/** @param {Entry} entry @param {boolean} playing */
function leave(entry, playing) {
  left.set(entry.identity, { ...entry.deck.state, playing });
  entry.deck.destroy();
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

/** @param {{parentElement: HTMLElement, data: DeckData}} component */
export default function ({ parentElement, data }) {
  const previous = mounted.get(parentElement);
  if (previous && previous.identity === data.identity) return () => unmount(parentElement, previous);
  if (previous) leave(previous, false);
  const { playing, ...state } = left.get(data.identity) ?? opened;
  opened = {};
  const deck = mount(parentElement, JSON.parse(data.tape), {
    ...state,
    streams: data.streams,
    linkTo: addressOf,
    linkNote,
    onChange: () => keepState(deck),
  });
  if (playing) deck.play();
  const entry = { identity: data.identity, deck };
  mounted.set(parentElement, entry);
  return () => unmount(parentElement, entry);
}

/** @param {HTMLElement} parentElement @param {Entry} entry */
function unmount(parentElement, entry) {
  leave(entry, entry.deck.playing);
  mounted.delete(parentElement);
}
