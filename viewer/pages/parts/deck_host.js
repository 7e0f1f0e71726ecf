// The deck's host in Streamlit, appended to the deck's modules.

/** The deck of each parent element. For changed data, Streamlit calls again without running the earlier cleanup. */
const mounted = new WeakMap();
/** The state in which each stream was left. A remount, such as when a block above moves, plays on; another stream pauses it. */
const left = new Map();
/** The state in the address when the page was opened. It applies to the first deck only. */
let opened = stateOf(location.search);

function leave(entry, playing) {
  left.set(entry.identity, { ...entry.deck.state, playing });
  entry.deck.destroy();
}

/** The address of the page with the state of the deck added. */
function addressOf(state) {
  const address = new URL(location.href);
  for (const name of ['t', 'to', 'speed']) address.searchParams.delete(name);
  for (const [name, value] of new URLSearchParams(state)) if (['t', 'to', 'speed'].includes(name)) address.searchParams.set(name, value);
  return address.href;
}

function keep(deck) {
  const { position, to, speed } = deck.state;
  // The end is the default position.
  const state = position < deck.end ? { position, to, speed } : { speed };
  history.replaceState(history.state, '', addressOf(linkOf(state)));
}

export default function ({ parentElement, data }) {
  let entry = mounted.get(parentElement);
  if (entry?.identity !== data.identity) {
    if (entry) leave(entry, false);
    const { playing, ...state } = left.get(data.identity) ?? opened;
    opened = {};
    const deck = mount(parentElement, JSON.parse(data.tape), {
      ...state,
      streams: data.streams,
      linkTo: addressOf,
      onChange: () => keep(deck),
    });
    if (playing) deck.play();
    entry = { identity: data.identity, deck };
    mounted.set(parentElement, entry);
    document.body.dataset.deck = 'drawn';
    document.dispatchEvent(new Event('deckdrawn'));
  }
  return () => {
    leave(entry, entry.deck.playing);
    mounted.delete(parentElement);
  };
}
