// @ts-check
/**
 * The page that shows a recording as it is made. The server sends how its state changes; all that is shown follows from the state.
 *
 * @typedef {import('../../display/nodes.js').PageNode} PageNode
 * @typedef {import('../../display/deck/race.js').Tape} Tape
 * @typedef {{isOver: boolean, exchanges: {[number: string]: import('./list.js').Row}, shown: number|null, isRunning: boolean,
 *   tape: Tape|null, head: PageNode[], below: PageNode[]}} State
 */

import { mount } from '../../display/deck/deck.js';
import { element, setText } from '../../display/deck/dom.js';
import { build, onEventSelected } from '../../display/nodes.js';
import { changed } from './delta.js';
import { makeList } from './list.js';

// How often the seconds of what runs are written.
const TICK_MS = 200;

/** @param {string} id */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Keep an element showing some nodes. What has not changed keeps its element, and so its selection and what is open. @param {HTMLElement} root */
function makeNodes(root) {
  /** @type {PageNode[]} */
  let shown = [];
  return (/** @type {PageNode[]} */ nodes) => {
    nodes.forEach((node, index) => {
      if (index < shown.length && node === shown[index]) return;
      const made = build(node, []);
      if (index < root.childNodes.length) root.childNodes[index].replaceWith(made);
      else root.append(made);
    });
    while (root.childNodes.length > nodes.length) root.lastChild?.remove();
    shown = nodes;
  };
}

/** The deck of the exchange that is shown, which is made when there is something to draw. @param {HTMLElement} root */
function makePlayer(root) {
  /** @type {import('../../display/deck/deck.js').Deck|null} */
  let deck = null;
  /** @type {Pick<State, 'shown'|'tape'|'isRunning'>} */
  let now = { shown: null, tape: null, isRunning: false };
  return {
    /** @param {State} state */
    show({ shown, tape, isRunning }) {
      const isSame = shown === now.shown && tape !== null;
      if (!isSame) {
        deck?.destroy();
        deck = null;
      }
      if (tape && !deck) deck = mount(root, tape, { isGrowing: isRunning });
      else if (tape && deck && (tape !== now.tape || isRunning !== now.isRunning)) deck.grow(tape, isRunning);
      now = { shown, tape, isRunning };
    },
    select: (/** @type {number} */ event) => deck?.select(event),
  };
}

/** What the page waits for, or "". @param {State} state */
export const waitingFor = ({ isRunning, tape, exchanges, shown }) => {
  if (!isRunning || tape) return '';
  return exchanges[String(shown)]?.bytes ? 'Receiving. A response that is not streamed is shown when it has ended.' : 'Waiting for the first event.';
};

/** The state of the recorder and of the connection to it, in words. @param {boolean} isOver @param {boolean} isLost */
export const stateText = (isOver, isLost) =>
  (isOver ? 'The recorder has ended. Its files are complete.' : isLost ? 'The connection to the recorder was lost.' : 'Recording');

/** Show the page. */
export function openLive() {
  /** @type {State|null} */
  let state = null;
  let isLost = false;
  /** What the reader chose; null follows the newest. @type {number|null} */
  let chosen = null;
  /** @type {EventSource|null} */
  let source = null;
  const showHead = makeNodes(place('head'));
  const showBelow = makeNodes(place('below'));
  const player = makePlayer(place('deck'));
  const list = makeList(place('exchanges'), choose);
  const follow = element('button', { type: 'button', title: 'Show the newest exchange that runs', onclick: () => choose(null) }, 'Follow the newest');
  document.querySelector('.list-bar')?.append(follow);
  onEventSelected(place('head'), player.select);

  const now = () => Date.now() / 1000;

  function showState() {
    const isOver = Boolean(state?.isOver);
    setText(place('state'), stateText(isOver, isLost));
    place('state').className = isOver ? 'is-over' : isLost ? 'is-lost' : 'is-recording';
  }

  function render() {
    showState();
    // A hidden tab shows the newest state when it is shown again.
    if (!state || document.hidden) return;
    const count = Object.keys(state.exchanges).length;
    place('empty').hidden = count > 0 || state.isOver;
    place('session').hidden = count === 0;
    setText(place('count'), String(count));
    list.show(state.exchanges, state.shown, now());
    follow.ariaPressed = String(chosen === null);
    showHead(state.head);
    player.show(state);
    showBelow(state.below);
    setText(place('waiting'), waitingFor(state));
    place('waiting').hidden = !waitingFor(state);
  }

  function connect() {
    source?.close();
    source = new EventSource(chosen === null ? 'events' : `events?show=${chosen}`);
    const own = source;
    // A connection begins with the whole state.
    own.onmessage = ({ data }) => {
      state = /** @type {State} */ (changed(state, JSON.parse(data)));
      isLost = false;
      if (state.isOver) own.close();
      render();
    };
    own.onerror = () => {
      isLost = true;
      showState();
    };
  }

  /** @param {number|null} number */
  function choose(number) {
    chosen = number;
    follow.ariaPressed = String(chosen === null);
    connect();
  }

  document.addEventListener('visibilitychange', render);
  setInterval(() => {
    if (state && !state.isOver && !document.hidden && Object.values(state.exchanges).some((row) => row.isRunning)) list.show(state.exchanges, state.shown, now());
  }, TICK_MS);
  render();
  connect();
}
