// @ts-check
/** Tells Streamlit that a deck has been painted. The charts wait for that. */

/** @param {{ setTriggerValue: (name: string, value: boolean) => void }} component */
export default function ({ setTriggerValue }) {
  const tell = () => requestAnimationFrame(() => requestAnimationFrame(() => setTriggerValue('drawn', true)));
  if (document.body.dataset.deck) tell();
  else document.addEventListener('deckdrawn', tell, { once: true });
  return () => document.removeEventListener('deckdrawn', tell);
}
