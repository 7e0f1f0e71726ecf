// The deck's host in Streamlit; it stands behind deck.js in one module.

/** What is mounted where. Streamlit calls again for changed data without running the cleanup of the call before. */
const mounted = new WeakMap();
/** Where each stream was left. A remount, such as when a block above moves, plays on; another stream pauses it. */
const positions = new Map();

function leave(entry, playing) {
  positions.set(entry.identity, { position: entry.deck.position, playing });
  entry.deck.destroy();
}

export default function ({ parentElement, data }) {
  let entry = mounted.get(parentElement);
  if (entry?.identity !== data.identity) {
    if (entry) leave(entry, false);
    const left = positions.get(data.identity);
    const deck = mount(parentElement, data.tape, { position: left?.position });
    if (left?.playing) deck.play();
    entry = { identity: data.identity, deck };
    mounted.set(parentElement, entry);
  }
  return () => {
    leave(entry, entry.deck.playing);
    mounted.delete(parentElement);
  };
}
