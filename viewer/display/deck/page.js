// @ts-check
/** The deck in a standalone page: its state is in the fragment of the address, and a picker selects the streams to play or race. */

import { mount } from './deck.js';
import { element } from './dom.js';
import { linkOf, stateOf } from './link.js';

const MAX_STREAMS = 6;

/**
 * `onStreams` is called with the indexes of the streams shown, at first and when they change, and `onSelect` with the event that is
 * selected in the deck. `place` may put the checkbox of a stream outside the picker, and returns whether it did.
 * @param {HTMLElement} root @param {import('./race.js').Tape} tape
 * @param {{onStreams?: (streams: number[]) => void, onSelect?: (event: number) => void, place?: (box: HTMLInputElement, index: number) => boolean}} options
 */
export function mountInPage(root, tape, { onStreams = () => {}, onSelect = () => {}, place = () => false } = {}) {
  /** @type {import('./deck.js').Deck|undefined} */
  let deck;
  let shown = '';
  const picker = element('fieldset', { className: 'deck-picker' },
    element('legend', '', `Streams: select one to play, or up to ${MAX_STREAMS} to race`));
  const boxes = tape.streams.map((track, index) => {
    const box = element('input', { type: 'checkbox', value: String(index), onchange: pick });
    if (!place(box, index)) picker.append(element('label', '', box, ` ${track.mark} ${index} · ${track.name}`));
    return box;
  });
  const address = (/** @type {string} */ state) => `${location.href.split('#')[0]}#${state}`;

  function pick() {
    const streams = boxes.flatMap((box, index) => (box.checked ? [index] : []));
    if (!streams.length || streams.length > MAX_STREAMS) show(deck?.state ?? {});
    else show({ streams, speed: deck?.state.speed });
    keep();
  }

  function keep() {
    if (!deck) return;
    const { position, ...state } = deck.state;
    try {
      // The end is the default position, so it is left out of the link.
      history.replaceState(null, '', address(linkOf(position < deck.end ? { position, ...state } : state)));
    } catch {
      // A sandboxed frame has no address of its own.
    }
  }

  /** @param {import('./link.js').State} state */
  function show(state) {
    deck?.destroy();
    deck = mount(root, tape, { ...state, linkTo: location.protocol === 'about:' ? undefined : address, onChange: keep, onSelect });
    const { streams } = deck.state;
    boxes.forEach((box, index) => { box.checked = streams.includes(index); });
    if (String(streams) !== shown) onStreams(streams);
    shown = String(streams);
  }

  picker.hidden = tape.streams.length < 2 || !picker.querySelector('input');
  root.before(picker);
  show(stateOf(location.hash));
  addEventListener('hashchange', () => show(stateOf(location.hash)));
  return { select: (/** @type {number|null} */ event) => deck?.select(event) };
}
