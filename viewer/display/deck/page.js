// @ts-check
/** The deck in a page of its own: its state stands behind the `#` of the address, and streams are picked to play or to race. */

import { mount } from './deck.js';
import { element } from './dom.js';
import { linkOf, stateOf } from './link.js';

const MOST_STREAMS = 6;

/**
 * `onStreams` is told which streams are shown, at the beginning and when others are; `place` may put the box that picks a stream
 * elsewhere than into the list of all, and says whether it did.
 * @param {HTMLElement} root @param {import('./race.js').Tape} tape
 * @param {{onStreams?: (streams: number[]) => void, place?: (box: HTMLInputElement, index: number) => boolean}} options
 */
export function mountInPage(root, tape, { onStreams = () => {}, place = () => false } = {}) {
  /** @type {ReturnType<typeof mount>|undefined} */
  let deck;
  let shown = '';
  const picker = element('fieldset', { className: 'deck-picker' },
    element('legend', '', `Streams: choose one to play, up to ${MOST_STREAMS} to race`));
  const boxes = tape.streams.map((track, index) => {
    const box = element('input', { type: 'checkbox', value: String(index), onchange: pick });
    if (!place(box, index)) picker.append(element('label', '', box, ` ${track.mark} ${index} · ${track.name}`));
    return box;
  });
  const address = (/** @type {string} */ state) => `${location.href.split('#')[0]}#${state}`;

  function pick() {
    const streams = boxes.flatMap((box, index) => (box.checked ? [index] : []));
    if (!streams.length || streams.length > MOST_STREAMS) show(deck?.state ?? {});
    else show({ streams, speed: deck?.state.speed });
    keep();
  }

  function keep() {
    if (!deck) return;
    const { position, ...state } = deck.state;
    try {
      // At the end there is nothing to come back to.
      history.replaceState(null, '', address(linkOf(position < deck.end ? { position, ...state } : state)));
    } catch {
      // A sandboxed frame has no address of its own.
    }
  }

  /** @param {import('./link.js').State} state */
  function show(state) {
    deck?.destroy();
    deck = mount(root, tape, { ...state, linkTo: location.protocol === 'about:' ? undefined : address, onChange: keep });
    const { streams } = deck.state;
    boxes.forEach((box, index) => { box.checked = streams.includes(index); });
    if (String(streams) !== shown) onStreams(streams);
    shown = String(streams);
  }

  picker.hidden = tape.streams.length < 2 || !picker.querySelector('input');
  root.before(picker);
  show(stateOf(location.hash));
  addEventListener('hashchange', () => show(stateOf(location.hash)));
  return { seek: (/** @type {number} */ position) => deck?.seek(position) };
}
