// The deck's host in Streamlit; it stands behind the deck's modules in one text.

/** What is mounted where. Streamlit calls again for changed data without running the cleanup of the call before. */
const mounted = new WeakMap();
/** Where each stream was left. A remount, such as when a block above moves, plays on; another stream pauses it. */
const left = new Map();
/** What the address of the page said when it was opened; it holds for the first deck alone. */
let opened = stateOf(location.search);

function leave(entry, playing) {
  left.set(entry.identity, { ...entry.deck.state, playing });
  entry.deck.destroy();
}

/** The address of the page with the state of the deck in it; the rest of the address is the page's. */
function addressOf(state) {
  const address = new URL(location.href);
  for (const name of ['t', 'to', 'speed']) address.searchParams.delete(name);
  for (const [name, value] of new URLSearchParams(state)) if (['t', 'to', 'speed'].includes(name)) address.searchParams.set(name, value);
  return address.href;
}

function keep(deck) {
  const { position, to, speed } = deck.state;
  // At the end there is nothing to come back to.
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
