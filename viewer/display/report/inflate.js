// @ts-check
/** The compressed data in the page. */

/** The contents of an element with deflated data in base64. @param {string} id */
async function inflated(id) {
  const packed = document.getElementById(id)?.textContent ?? '';
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')));
}

/** @param {string} id @returns {Promise<unknown>} */
export const inflatedJson = async (id) => (await inflated(id)).json();

/** @param {string} id */
export const inflatedBlob = async (id) => (await inflated(id)).blob();
