// @ts-check
/**
 * Finding a text in the panes, in the order in which it arrived.
 *
 * @typedef {{from: number, to: number, t: number}} Place the range in the text of a pane, and when the last of it arrived
 * @typedef {{shift: number, places: (wanted: string) => Place[], markFound: (place: Place|null) => void, unfold: () => void}} Searchable
 */

/** Every place in the panes, by time on the clock. @template {Searchable} P @param {P[]} panes @param {string} wanted */
export function placesInPanes(panes, wanted) {
  const places = panes.flatMap((pane) => pane.places(wanted).map((place) => ({ ...place, t: place.t + pane.shift, pane })));
  return places.sort((one, other) => one.t - other.t);
}

/**
 * The index before the first one to show. At the end of the stream the search starts at the first place, else after the position.
 * @param {{t: number}[]} places @param {number} position @param {number} end @param {number} direction
 */
export const indexBefore = (places, position, end, direction) =>
  (position < end ? places.findIndex((place) => place.t > position) - direction : -1);

/** The next index, past the last one the first. @param {number} index @param {number} direction @param {number} count */
export const nextIndex = (index, direction, count) => (index + direction + count) % count;

/**
 * A function that goes to the next or previous place where the text of the field is found.
 * @param {Searchable[]} panes @param {HTMLInputElement} field @param {HTMLElement} status
 * @param {{position: number, end: number}} clock @param {(t: number) => void} seek
 */
export function makeFinder(panes, field, status, clock, seek) {
  /** @type {ReturnType<typeof placesInPanes>} */
  let places = [];
  let wanted = '';
  let index = 0;
  return (/** @type {number} */ direction) => {
    for (const pane of panes) pane.markFound(null);
    if (field.value !== wanted) {
      wanted = field.value;
      places = placesInPanes(panes, wanted);
      index = indexBefore(places, clock.position, clock.end, direction);
    }
    if (!places.length) {
      status.textContent = wanted && 'not found';
      return;
    }
    index = nextIndex(index, direction, places.length);
    status.textContent = `${index + 1} of ${places.length}`;
    const place = places[index];
    seek(place.t);
    place.pane.unfold();
    place.pane.markFound(place);
  };
}
