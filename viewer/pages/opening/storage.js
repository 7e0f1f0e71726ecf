// @ts-check
/** What the browser keeps for this server, unless it refuses to, as many do in the frame of another site. */

/** @param {'localStorage' | 'sessionStorage'} kind @returns {Storage | null} */
export function storageOf(kind) {
  try {
    return window[kind];
  } catch {
    return null;
  }
}
