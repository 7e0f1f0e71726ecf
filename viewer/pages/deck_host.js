// The deck's host in Streamlit; it stands behind deck.js in one module.

/** What is mounted where. Streamlit calls again for changed data without running the cleanup of the call before. */
const mounted = new WeakMap();
/** Where each stream was left: a remount, such as when a block above moves, goes on from there. */
const positions = new Map();

function leave(entry) {
  positions.set(entry.identity, { position: entry.deck.position, playing: entry.deck.playing });
  entry.deck.destroy();
}

export default function ({ parentElement, data }) {
  let entry = mounted.get(parentElement);
  if (entry?.identity !== data.identity) {
    if (entry) leave(entry);
    const left = positions.get(data.identity);
    const deck = mount(parentElement, data.tape, { position: left?.position });
    if (left?.playing) deck.play();
    entry = { identity: data.identity, deck };
    mounted.set(parentElement, entry);
  }
  return () => {
    leave(entry);
    mounted.delete(parentElement);
  };
}
