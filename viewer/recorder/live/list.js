// @ts-check
/**
 * The list of the exchanges, the newest first.
 *
 * @typedef {{method: string, path: string, host: string, status: string, model: string, counts: string, bytes: number, started: number,
 *   isRunning: boolean, seconds: number|null, trouble: string, hasFailed: boolean}} Row
 *   `started` is in epoch seconds, and `seconds` how long it took, if it has ended
 */

import { element, setText } from '../../display/deck/dom.js';

/** A duration with three digits. @param {number} seconds */
const inSeconds = (seconds) => (seconds < 1 ? `${(seconds * 1000).toPrecision(3)} ms` : `${seconds.toFixed(seconds < 10 ? 2 : seconds < 100 ? 1 : 0)} s`);

/** How long an exchange took or, if it runs, has taken so far. @param {Row} row @param {number} now in epoch seconds */
export const durationOf = ({ seconds, started }, now) =>
  (seconds === null ? `running, ${Math.max(0, now - started).toFixed(now - started < 100 ? 1 : 0)} s` : inSeconds(seconds));

/** @param {number} bytes */
export const sizeOf = (bytes) => (bytes < 1000 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** What stands beneath the request of an exchange. @param {Row} row @param {number} now */
export const factsOf = (row, now) =>
  [row.model, row.counts || sizeOf(row.bytes), durationOf(row, now), row.trouble].filter(Boolean).join(' · ');

/** Keep numbers and their units on one line. @param {string} text */
const unbroken = (text) => text.replace(/(\d) (?=\p{L})/gu, '$1\u00a0');

/** @param {string} number @param {(number: number) => void} choose */
function makeRow(number, choose) {
  const [method, path, status, facts] = ['method', 'path', 'status', 'facts'].map((name) => element('span', name));
  const button = element('button', { type: 'button', onclick: () => choose(Number(number)) }, element('span', 'line', method, path, status), facts);
  return {
    node: element('li', '', button),
    /** @param {Row} row @param {boolean} isShown @param {number} now */
    show(row, isShown, now) {
      button.className = `row${row.isRunning ? ' is-running' : ''}${row.hasFailed || row.trouble ? ' has-failed' : ''}`;
      button.ariaCurrent = isShown ? 'true' : null;
      setText(method, row.method);
      setText(path, row.path);
      path.title = `${row.host}${row.path}`;
      setText(status, row.status);
      setText(facts, unbroken(factsOf(row, now)));
    },
  };
}

/** @param {HTMLElement} root @param {(number: number) => void} choose */
export function makeList(root, choose) {
  /** @type {Map<string, ReturnType<typeof makeRow>>} */
  const rows = new Map();
  return {
    /** @param {{[number: string]: Row}} exchanges @param {number|null} shown @param {number} now */
    show(exchanges, shown, now) {
      for (const [number, { node }] of rows) {
        if (number in exchanges) continue;
        node.remove();
        rows.delete(number);
      }
      for (const number of Object.keys(exchanges).sort((one, other) => Number(one) - Number(other))) {
        const known = rows.get(number);
        const row = known ?? makeRow(number, choose);
        row.show(exchanges[number], Number(number) === shown, now);
        if (known) continue;
        rows.set(number, row);
        root.prepend(row.node);
      }
    },
  };
}
