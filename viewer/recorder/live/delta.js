// @ts-check
/**
 * Applying the changes that `delta.py` writes. Values are never changed in place, so what did not change keeps its identity.
 *
 * @typedef {{v?: any, o?: {[name: string]: Change}, x?: string[], a?: [number, [number, Change][], any[]]}} Change
 */

/** @param {any} value @param {Change} change @returns {any} */
export function changed(value, { v, o, x, a }) {
  if (o) {
    const next = { ...value };
    for (const [name, one] of Object.entries(o)) next[name] = changed(next[name], one);
    for (const name of x ?? []) delete next[name];
    return next;
  }
  if (a) {
    const [kept, changes, added] = a;
    const next = value.slice(0, kept);
    for (const [index, one] of changes) next[index] = changed(next[index], one);
    return next.concat(added);
  }
  return v;
}
