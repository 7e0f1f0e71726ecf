// @ts-check
/** The search in everything, whose results the library shows. */

import { element } from '../../display/deck/dom.js';
import { rememberRecording, visitTo } from './visits.js';

/** @typedef {import('./places.js').Visit} Visit */

/** @type {WeakMap<Element, {field: HTMLInputElement, form: HTMLFormElement}>} */
const mounted = new WeakMap();

/** @param {(visit: Visit) => void} go */
function makeField(go) {
  const field = element('input', { type: 'search', placeholder: 'Search all recordings', ariaLabel: 'Search all recordings', name: 'q' });
  const form = element('form', { className: 'search', role: 'search' }, field);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    rememberRecording();
    const query = visitTo('library').query.filter(([name]) => name !== 'q');
    const words = field.value.trim();
    go({ page: 'library', query: words ? [...query, ['q', words]] : query });
  });
  // Streamlit binds bare keys. Inside this element, they are text.
  form.addEventListener('keydown', (event) => event.stopPropagation());
  return { field, form };
}

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: {words: string}, setTriggerValue: (name: string, value: Visit) => void}} component
 */
export default function ({ parentElement, data, setTriggerValue }) {
  let made = mounted.get(parentElement);
  if (!made) {
    made = makeField((visit) => setTriggerValue('go', visit));
    parentElement.append(made.form);
    mounted.set(parentElement, made);
  }
  if (!made.field.matches(':focus')) made.field.value = data.words;
  return () => {
    mounted.get(parentElement)?.form.remove();
    mounted.delete(parentElement);
  };
}
