// @ts-check
/**
 * The report. Without this script the page shows the first stream; the script adds the deck, the table and the other streams.
 *
 * @typedef {import('../deck/race.js').Tape} Tape
 * @typedef {import('../deck/race.js').Track} Track
 * @typedef {import('./columns.js').Columns} Columns
 * @typedef {Omit<Track, 'lanes'> & {stream: number, lanes: import('./columns.js').PackedLane[]}} PackedTrack
 * @typedef {{sections: {[id: string]: import('../nodes.js').PageNode[]}, table: Parameters<typeof columnsOf>[0], shown: string[],
 *   note: string}} PackedStream
 * @typedef {{version: number, kinds: string[], grades: string[], texts: string[], streams: PackedStream[],
 *   tracks: PackedTrack[]}} Data
 */

import { button, element } from '../deck/dom.js';
import { mountInPage } from '../deck/page.js';
import { columnsOf, lanesOf } from './columns.js';
import { inflatedBlob, inflatedJson } from './inflate.js';
import { build, onEventSelected } from '../nodes.js';
import { mountTable } from './table.js';

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @template T @param {() => T} make @returns {() => T} */
function once(make) {
  /** @type {{value: T}|undefined} */
  let made;
  return () => (made ??= { value: make() }).value;
}

/** The tape of the deck. Its lanes are filled when a track is played. @param {Data} data @param {(() => Columns)[]} tables @returns {Tape} */
function tapeOf(data, tables) {
  const streams = data.tracks.map((track) => {
    const lanes = once(() => lanesOf(track, tables[track.stream]()));
    return /** @type {Track} */ (/** @type {unknown} */ (Object.defineProperty({ ...track }, 'lanes', { get: lanes })));
  });
  return { version: data.version, streams };
}

/** @param {Data} data */
function mountReport(data) {
  const tables = data.streams.map((stream) => once(() => columnsOf(stream.table)));
  const tape = tapeOf(data, tables);
  const root = byId('deck');
  /** @type {ReturnType<typeof mountTable>|undefined} */
  let table;
  let current = 0;
  root.replaceChildren();
  /** @param {number[]} shown */
  function onStreams([track, ...others]) {
    const { stream: index } = data.tracks[track];
    const stream = data.streams[index];
    root.hidden = !tape.streams[track].lanes.length;
    const chosen = [track, ...others].map((one) => `row-${data.tracks[one].stream}`);
    for (const row of document.querySelectorAll('#streams tr')) row.classList.toggle('chosen', chosen.includes(row.id));
    if (index !== current || !table) {
      // The first stream is built again too: the HTML has only the beginning of its texts.
      for (const [id, nodes] of Object.entries(stream.sections)) byId(id).replaceChildren(...nodes.map((node) => build(node, data.texts)));
      table = mountTable(byId('chunks'), { ...stream, kinds: data.kinds, grades: data.grades, columns: tables[index]() }, selectEvent);
    }
    byId('which').textContent = others.length ? `The sections below are of stream ${index}, the first in the race.` : '';
    current = index;
  }

  /** Go to an event in the deck, and mark its row. @param {number} event */
  function selectEvent(event) {
    deck.select(event);
    markRow(event);
    root.scrollIntoView({ block: 'nearest' });
  }

  /** @param {number} event */
  function markRow(event) {
    const row = tables[current]().event.indexOf(event);
    table?.select(row < 0 ? null : row);
  }

  /** Put the checkbox of a stream into its row of the table. @param {HTMLInputElement} box @param {number} track */
  function place(box, track) {
    const row = document.getElementById(`row-${track}`);
    box.ariaLabel = row && `Play stream ${track}`;
    row?.firstElementChild?.prepend(box);
    return Boolean(row);
  }

  const deck = mountInPage(root, tape, { onStreams, onSelect: markRow, place });
  onEventSelected(document, selectEvent);
  addEventListener('beforeprint', () => table?.expand(true));
  addEventListener('afterprint', () => table?.expand(false));
}

/** A button that saves the recording in the page. @param {{name: string, label: string}} file */
function saver({ name, label }) {
  return button(label, `Save ${name}`, async () => {
    const address = URL.createObjectURL(await inflatedBlob('cassette'));
    element('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
}

/** Scroll to a section without changing the fragment of the address, which holds the state of the deck. @param {MouseEvent} event */
function goTo(event) {
  const address = /** @type {HTMLElement} */ (event.target).closest('a')?.getAttribute('href') ?? '';
  if (!address.startsWith('#to-')) return;
  event.preventDefault();
  byId(address.slice(1)).scrollIntoView();
}

export async function openReport() {
  if (!('DecompressionStream' in globalThis)) {
    byId('trouble').textContent = 'This browser has no DecompressionStream, so only the first stream is shown, without the deck and the chunk table.';
    return;
  }
  const { file } = JSON.parse(byId('data').textContent ?? '');
  document.addEventListener('click', goTo);
  byId('save').replaceChildren(saver(file));
  const data = /** @type {Data} */ (await inflatedJson('packed'));
  if (data.tracks.length) mountReport(data);
  document.documentElement.classList.add('ready');
}
