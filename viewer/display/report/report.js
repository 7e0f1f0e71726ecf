// @ts-check
/** The report: what stands in the page for the first stream is there without a script; this adds the deck, the table and the others. */

import { button, element } from '../deck/dom.js';
import { mountInPage } from '../deck/page.js';
import { columnsOf, laneOf } from './columns.js';
import { inflatedBlob, inflatedJson } from './inflate.js';
import { build } from '../nodes.js';
import { mountTable } from './table.js';

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @template T @param {() => T} make @returns {() => T} */
function once(make) {
  /** @type {{value: T}|undefined} */
  let made;
  return () => (made ??= { value: make() }).value;
}

/** The tape of the deck, whose lanes are filled when a track is played. @param {any} data @param {(() => any)[]} tables */
function tapeOf(data, tables) {
  const streams = data.tracks.map((/** @type {any} */ track) => {
    const lanes = once(() => track.lanes.map((/** @type {any} */ lane) => laneOf(lane, tables[track.stream]())));
    return Object.defineProperty({ ...track }, 'lanes', { get: lanes });
  });
  return { version: data.version, streams };
}

/** @param {any} data */
function mountReport(data) {
  const tables = data.streams.map((/** @type {any} */ stream) => once(() => columnsOf(stream.table)));
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
      // The first is built anew too: without a script only the beginnings of its texts are there.
      for (const [id, nodes] of Object.entries(stream.sections)) byId(id).replaceChildren(...nodes.map((/** @type {any} */ node) => build(node, data.texts)));
      table = mountTable(byId('chunks'), { ...stream, kinds: data.kinds, grades: data.grades, columns: tables[index]() }, (at) => {
        deck.seek(at);
        root.scrollIntoView({ block: 'nearest' });
      });
    }
    byId('which').textContent = others.length ? `Below: stream ${index}, the first of those that race.` : '';
    current = index;
  }

  /** Put the box that picks a stream into its row of the table. @param {HTMLInputElement} box @param {number} track */
  function place(box, track) {
    const row = document.getElementById(`row-${track}`);
    box.ariaLabel = row && `Play stream ${track}`;
    row?.firstElementChild?.prepend(box);
    return Boolean(row);
  }

  const deck = mountInPage(root, tape, { onStreams, place });
  addEventListener('beforeprint', () => table?.expand(true));
  addEventListener('afterprint', () => table?.expand(false));
}

/** A button that saves the recording that the page carries. @param {{name: string, label: string}} file */
function saver({ name, label }) {
  return button(label, `Save ${name}`, async () => {
    const address = URL.createObjectURL(await inflatedBlob('cassette'));
    element('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
}

/** Go to a section by its link; the address is the deck's. @param {MouseEvent} event */
function goTo(event) {
  const address = /** @type {HTMLElement} */ (event.target).closest('a')?.getAttribute('href') ?? '';
  if (!address.startsWith('#to-')) return;
  event.preventDefault();
  byId(address.slice(1)).scrollIntoView();
}

export async function openReport() {
  if (!('DecompressionStream' in globalThis)) {
    byId('trouble').textContent = 'This browser cannot unpack the deck, the chunk table and the other streams: it lacks DecompressionStream. '
      + 'The first stream is shown without them.';
    return;
  }
  const { file } = JSON.parse(byId('data').textContent ?? '');
  document.addEventListener('click', goTo);
  byId('save').replaceChildren(saver(file));
  const data = await inflatedJson('packed');
  if (data.tracks.length) mountReport(data);
  document.documentElement.classList.add('ready');
}
