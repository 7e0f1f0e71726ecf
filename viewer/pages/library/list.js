// @ts-check
/** The list of the library: only the rows in sight are elements, so that ten thousand are as quick as ten. */

import { button, element, setText } from '../../display/deck/dom.js';
import { chosenIn, drawFacets } from './facets.js';
import { buildFrame } from './frame.js';
import { rowView } from './row_view.js';
import { beginnings, compareQuery, FIGURES, nextSort, passing, readSort, rowAt, sorted, writeSort } from './rows.js';

/**
 * @typedef {import('./rows.js').Table} Table
 * @typedef {import('./row_view.js').Hit} Hit
 * @typedef {{rows: string, passing: number[]|null, hits: {[row: string]: Hit[]}}} ListData `rows` is a Table as JSON
 * @typedef {{parentElement: HTMLElement, data: ListData, setStateValue: (name: string, value: string) => void,
 *   setTriggerValue: (name: string, value: string) => void}} Component
 */

const MAX_TICKS = 6;
const NARROW_PIXELS = 900;
const ROW_PIXELS = { wide: 54, narrow: 92 };
const HIT_PIXELS = 24;
const MARGIN_PIXELS = 300;

/** @type {WeakMap<Element, List>} */
const mountedLists = new WeakMap();

class List {
  /** @param {Component} component */
  constructor({ parentElement, data, setStateValue, setTriggerValue }) {
    this.tell = setStateValue;
    this.open = setTriggerValue;
    this.shownRows = '';
    this.table = /** @type {Table} */ (JSON.parse(data.rows));
    this.chosen = chosenIn(this.table, location.search);
    this.hits = data.hits;
    this.found = /** @type {number[]} */ ([]);
    /** The rows in the order of the list, and where each begins in pixels. @type {number[]} */
    this.order = [];
    this.begins = [0];
    this.sort = readSort(new URLSearchParams(location.search).get('sort') ?? '');
    /** The ticked rows by their address, in the order of the ticks. @type {Map<string, {key: string, interaction: number}>} */
    this.ticked = new Map();
    this.unfolded = /** @type {Set<string>} */ (new Set());
    this.active = 0;
    /** @type {Map<number, HTMLElement>} */
    this.views = new Map();
    const { root, facets, count, compare, heads, body, scroller } = buildFrame();
    this.root = root;
    this.facets = facets;
    this.count = count;
    this.compare = compare;
    this.heads = heads;
    this.body = body;
    this.scroller = scroller;
    this.listen(parentElement);
    this.resized = new ResizeObserver(() => this.layOut());
    this.resized.observe(this.scroller);
    this.update(data);
  }

  /** @param {HTMLElement} parent */
  listen(parent) {
    this.scroller.addEventListener('scroll', () => this.draw());
    this.scroller.addEventListener('keydown', (event) => this.press(event));
    this.root.addEventListener('click', (event) => this.click(event));
    this.root.addEventListener('change', (event) => this.tick(event));
    parent.append(this.root);
  }

  /** @param {ListData} data */
  update(data) {
    if (data.rows !== this.shownRows) {
      this.shownRows = data.rows;
      this.table = JSON.parse(data.rows);
    }
    this.hits = data.hits;
    this.found = data.passing ?? this.table.rows.interaction.map((_, row) => row);
    this.refresh();
  }

  /** Find out which rows are shown and in which order, and draw everything. */
  refresh() {
    const rows = passing(this.table, this.found, this.chosen);
    this.order = sorted(this.table, rows, this.sort);
    this.active = Math.min(this.active, Math.max(0, this.order.length - 1));
    drawFacets(this.facets, this.table, this.found, this.chosen, this.unfolded, () => this.choose());
    const all = this.table.rows.interaction.length;
    const shown = rows.length.toLocaleString('en');
    setText(this.count, rows.length < all ? `${shown} of ${all.toLocaleString('en')}` : `${shown} ${all === 1 ? 'row' : 'rows'}`);
    this.scroller.ariaRowCount = String(rows.length + 1);
    this.drawHeads();
    this.drawCompare();
    this.layOut();
  }

  choose() {
    this.refresh();
    const query = new URLSearchParams();
    for (const [name, values] of this.chosen) for (const value of values) query.append(name, value);
    this.writeAddress([...this.chosen.keys()], query);
    this.tell('chosen', query.toString());
  }

  /** Replace some parameters of the address. @param {string[]} names @param {URLSearchParams} query */
  writeAddress(names, query) {
    const address = new URL(location.href);
    for (const name of names) address.searchParams.delete(name);
    for (const [name, value] of query) address.searchParams.append(name, value);
    history.replaceState(history.state, '', address);
  }

  drawHeads() {
    const head = (/** @type {string} */ by, /** @type {string} */ label) => {
      const isSorted = this.sort?.by === by;
      const arrow = isSorted ? (this.sort?.down ? ' ↓' : ' ↑') : '';
      const sort = button(`${label}${arrow}`, '', () => {
        this.sort = nextSort(this.sort, by);
        const text = writeSort(this.sort);
        this.writeAddress(['sort'], new URLSearchParams(text ? { sort: text } : {}));
        this.refresh();
        const again = /** @type {HTMLElement|null} */ (this.heads.querySelector(`[data-by=${by}]`));
        again?.focus();
      });
      sort.dataset.by = by;
      return element('span', { className: by, role: 'columnheader', ariaSort: isSorted ? (this.sort?.down ? 'descending' : 'ascending') : 'none' }, sort);
    };
    this.heads.replaceChildren(
      element('span', { className: 'tick', role: 'columnheader', ariaLabel: 'Compare' }, '✓'),
      element('span', { className: 'what', role: 'none' }, head('path', 'recording'), head('model', 'model')),
      ...FIGURES.map(([name, label]) => head(name, label)),
    );
  }

  drawCompare() {
    const ticked = [...this.ticked.values()];
    const clear = button('Clear', 'Clear all ticks', () => {
      this.ticked.clear();
      this.refresh();
    }, 'clear');
    if (ticked.length < 2) {
      const hint = element('span', 'hint', ticked.length ? 'Tick another to compare' : `Tick 2 to ${MAX_TICKS} rows to compare`);
      this.compare.replaceChildren(hint, ...(ticked.length ? [clear] : []));
      return;
    }
    const link = element('a', { className: 'compare', href: `compare?${compareQuery(ticked)}` }, `Compare ${ticked.length}`);
    link.dataset.go = 'compare';
    this.compare.replaceChildren(link, clear);
  }

  /** Measure the rows and draw all of those in sight anew. */
  layOut() {
    const isNarrow = this.scroller.clientWidth < NARROW_PIXELS;
    this.root.classList.toggle('narrow', isNarrow);
    const height = isNarrow ? ROW_PIXELS.narrow : ROW_PIXELS.wide;
    this.begins = beginnings(this.order.map((row) => height + HIT_PIXELS * (this.hits[row]?.length ?? 0)));
    this.body.style.height = `${this.begins[this.begins.length - 1]}px`;
    const isFocused = this.body.contains(this.focused());
    for (const view of this.views.values()) view.remove();
    this.views.clear();
    this.draw();
    if (isFocused) this.focusActive();
  }

  focused() {
    return /** @type {ShadowRoot} */ (this.root.getRootNode()).activeElement;
  }

  /** Draw the rows in sight that are not drawn, and remove the others. */
  draw() {
    const { order, begins } = this;
    const wanted = new Set(order.length ? [this.active] : []);
    const { scrollTop, clientHeight } = this.scroller;
    const last = order.length ? rowAt(begins, scrollTop + clientHeight + MARGIN_PIXELS) : -1;
    for (let place = rowAt(begins, scrollTop - MARGIN_PIXELS); place <= last; place += 1) wanted.add(place);
    for (const [place, view] of this.views) {
      if (wanted.has(place)) continue;
      view.remove();
      this.views.delete(place);
    }
    for (const place of [...wanted].sort((a, b) => a - b)) {
      if (this.views.has(place)) continue;
      const view = this.viewAt(place, order[place]);
      view.style.top = `${begins[place]}px`;
      view.style.height = `${begins[place + 1] - begins[place]}px`;
      this.views.set(place, view);
      this.body.append(view);
    }
  }

  /** @param {number} place @param {number} row */
  viewAt(place, row) {
    return rowView(this.table, row, this.hits[row] ?? [], {
      ticked: this.ticked.has(this.idOf(row)), canTick: this.ticked.size < MAX_TICKS, active: place === this.active, index: place,
    });
  }

  /** @param {number} row */
  recordingOf(row) {
    const { rows, recordings } = this.table;
    return { key: recordings[rows.recording[row]][0], interaction: rows.interaction[row] };
  }

  /** @param {number} row */
  idOf(row) {
    const { key, interaction } = this.recordingOf(row);
    return `${interaction}/${key}`;
  }

  focusActive() {
    this.views.get(this.active)?.querySelector('a')?.focus({ preventScroll: true });
  }

  /** @param {number} place */
  moveTo(place) {
    const { begins } = this;
    this.active = Math.max(0, Math.min(place, begins.length - 2));
    const headPixels = this.heads.offsetHeight;
    const [top, bottom] = [begins[this.active], begins[this.active + 1]];
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (bottom > scrollTop + clientHeight - headPixels) this.scroller.scrollTop = bottom - clientHeight + headPixels;
    for (const view of this.views.values()) view.remove();
    this.views.clear();
    this.draw();
    this.focusActive();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Streamlit takes single letters as commands.
    if (event.key.length === 1) event.stopPropagation();
    if (!this.body.contains(this.focused())) return;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_PIXELS.wide) - 2);
    const steps = /** @type {{[key: string]: number}} */ (
      { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity });
    if (event.key in steps) this.moveTo(this.active + steps[event.key]);
    else if (event.key === ' ') this.toggle(this.active);
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') this.moveWithin(event.key === 'ArrowRight' ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Focus the next link of the active row: its first line, and the places that the search found. @param {number} step */
  moveWithin(step) {
    const links = [...(this.views.get(this.active)?.querySelectorAll('a') ?? [])];
    links[links.indexOf(/** @type {HTMLAnchorElement} */ (this.focused())) + step]?.focus();
  }

  /** @param {number} place */
  toggle(place) {
    const row = this.order[place];
    if (row === undefined) return;
    const id = this.idOf(row);
    if (!this.ticked.delete(id) && this.ticked.size < MAX_TICKS) this.ticked.set(id, this.recordingOf(row));
    this.active = place;
    this.drawCompare();
    this.layOut();
  }

  /** @param {Event} event */
  tick(event) {
    const box = /** @type {HTMLElement} */ (event.target);
    const view = box.closest('[data-row]');
    if (view) this.toggle(this.placeOf(view));
  }

  /** @param {Element} view */
  placeOf(view) {
    return [...this.views].find(([, one]) => one === view)?.[0] ?? 0;
  }

  /** @param {MouseEvent} event */
  click(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = target.closest('[data-row]');
    const inRow = row && !target.closest('.tick') ? row.querySelector('a') : null;
    const link = /** @type {HTMLAnchorElement|null} */ (target.closest('a[data-go]')) ?? inRow;
    // The browser itself opens new tabs and windows.
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.open('go', `${link.dataset.go}${new URL(link.href).search}`);
  }
}

/** Streamlit calls this on mount and whenever the data has changed. @param {Component} component */
export default function (component) {
  const { parentElement } = component;
  const list = mountedLists.get(parentElement);
  if (list) list.update(component.data);
  else mountedLists.set(parentElement, new List(component));
  return () => {
    mountedLists.get(parentElement)?.resized.disconnect();
    mountedLists.get(parentElement)?.root.remove();
    mountedLists.delete(parentElement);
  };
}
