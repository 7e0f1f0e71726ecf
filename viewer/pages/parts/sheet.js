// @ts-check
import { build, onEventSelected } from '../../display/nodes.js';
import { selectEvent } from '../../display/shared.js';
import { openTab } from './tabs.js';

/** @typedef {import('../../display/nodes.js').PageNode} PageNode */

const TAB = /^#tab-(\w+)$/;

/**
 * Streamlit calls this on mount and whenever the data has changed.
 * @param {{parentElement: HTMLElement, data: {nodes: PageNode[]}, setTriggerValue: (name: string, value: string) => void}} component
 */
export default function ({ parentElement, data, setTriggerValue }) {
  parentElement.querySelector('.sheet')?.remove();
  const sheet = document.createElement('div');
  sheet.className = 'sheet';
  sheet.append(...data.nodes.map((node) => build(node, [])));
  onEventSelected(sheet, selectEvent);
  sheet.addEventListener('click', (clicked) => {
    const anchor = /** @type {Element} */ (clicked.target).closest('a')?.getAttribute('href');
    if (!anchor) return;
    clicked.preventDefault();
    const [, tab] = TAB.exec(anchor) ?? [];
    // Before the tabs are drawn, only the server can open one.
    if (!tab || !openTab(tab)) setTriggerValue('link', anchor);
    // What a link opens is a tab, which can be out of sight.
    document.querySelector('.stTabs')?.scrollIntoView({ block: 'nearest' });
  });
  parentElement.append(sheet);
  takeColourScheme(sheet, parentElement);
}

/**
 * A popover and a dialog are outside the app's element, which has the colour scheme.
 * @param {HTMLElement} sheet @param {HTMLElement} parent
 */
function takeColourScheme(sheet, parent) {
  const root = parent.getRootNode();
  const host = root instanceof ShadowRoot ? root.host : parent;
  const app = document.querySelector('.stApp');
  if (app && !app.contains(host)) sheet.style.colorScheme = getComputedStyle(app).colorScheme;
}
