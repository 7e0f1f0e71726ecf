// @ts-check
/** JSON as a tree whose branches open and close, with buttons that copy a value or its path. */

import { copyButton } from './copy.js';
import { element } from './deck/dom.js';
import { countValues, pathOf, writeJson } from './json_values.js';

/** @typedef {import('./json_values.js').Value} Value */
/** @typedef {{value: Value, path: string, level: number, fill: (() => void)|null}} Item what a tree item stands for; `fill` makes its children */

// A tree up to this size is built at once, so that the browser's search finds what is closed. A larger one is built as it is opened.
const MAX_BUILT_VALUES = 3000;
const OPENED_ROWS = 120;
const BATCH = 200;
const MAX_CHARACTERS = 600;
const PREVIEW_CHARACTERS = 70;

/** The beginning of a value on one line. @param {Value} value @param {number} room @returns {string} */
function previewOf(value, room) {
  if (value.kind === 'string') return JSON.stringify(value.text.length > room ? `${value.text.slice(0, room)}…` : value.text);
  if (!('values' in value)) return value.text;
  const [open, close] = value.kind === 'object' ? ['{ ', ' }'] : ['[', ']'];
  let text = '';
  for (const [place, one] of value.values.entries()) {
    const name = value.kind === 'object' ? `${value.names[place]}: ` : '';
    text += `${place ? ', ' : ''}${name}${previewOf(one, Math.max(8, room - text.length - name.length))}`;
    if (text.length > room) return `${open}${text.slice(0, room)}…${close}`;
  }
  return open + text + close;
}

/** @param {string} text a string of the recording */
function stringNode(text) {
  const isBlock = text.includes('\n');
  const shown = text.length > MAX_CHARACTERS * 1.5 ? text.slice(0, MAX_CHARACTERS) : text;
  const value = element('span', isBlock ? 'json-string json-block' : 'json-string', isBlock ? shown : `"${shown}${shown === text ? '"' : ''}`);
  if (shown === text) return value;
  const more = element('button', { type: 'button', className: 'json-all', tabIndex: -1 }, `… show all ${text.length.toLocaleString('en')} characters`);
  more.addEventListener('click', () => {
    value.replaceChildren(isBlock ? text : `"${text}"`);
    more.closest('li')?.focus();
    more.remove();
  });
  return element('span', '', value, more);
}

/** @param {Value} value */
function sizeOf(value) {
  const count = 'values' in value ? value.values.length : 0;
  return value.kind === 'object' ? `{${count}}` : `[${count}]`;
}

/** @param {Value} value @param {string} label the name of the tree for screen readers */
export function jsonTree(value, label) {
  const isBuiltAtOnce = countValues(value, MAX_BUILT_VALUES) < MAX_BUILT_VALUES;
  /** @type {WeakMap<Element, Item>} */
  const items = new WeakMap();

  /** @param {HTMLElement} item @param {boolean} isOpen */
  function setOpen(item, isOpen) {
    if (item.ariaExpanded === null) return;
    const known = /** @type {Item} */ (items.get(item));
    if (isOpen || isBuiltAtOnce) known.fill?.();
    item.ariaExpanded = String(isOpen);
    const group = /** @type {HTMLElement|null} */ (item.querySelector(':scope > ul'));
    if (!group) return;
    if (isOpen) group.removeAttribute('hidden');
    else group.setAttribute('hidden', 'until-found');
  }

  /** @param {Value} one @param {string|number|null} member @param {string} path @param {number} level */
  function itemOf(one, member, path, level) {
    const name = member === null ? [] : [element('span', 'json-name', String(member)), ': '];
    const item = element('li', { role: 'treeitem', tabIndex: -1, ariaLevel: String(level) });
    /** @type {Item} */
    const known = { value: one, path, level, fill: null };
    items.set(item, known);
    const isBranch = 'values' in one && one.values.length > 0;
    const shown = one.kind === 'string' ? stringNode(one.text)
      : 'values' in one ? element('span', 'json-size', isBranch ? sizeOf(one) : one.kind === 'object' ? '{}' : '[]')
        : element('span', `json-${one.kind}`, one.text);
    const preview = isBranch ? [' ', element('span', 'json-preview', previewOf(one, PREVIEW_CHARACTERS))] : [];
    item.append(element('div', 'json-row', ...name, shown, ...preview));
    if (isBranch) {
      const group = element('ul', { role: 'group' });
      group.addEventListener('beforematch', () => setOpen(item, true));
      known.fill = () => {
        known.fill = null;
        addMembers(group, one, path, level + 1, 0);
        item.append(group);
      };
      item.ariaExpanded = 'false';
      setOpen(item, false);
    }
    return item;
  }

  /** @param {HTMLElement} list @param {import('./json_values.js').ObjectValue | import('./json_values.js').ArrayValue} of @param {string} path @param {number} level @param {number} first */
  function addMembers(list, of, path, level, first) {
    const last = Math.min(of.values.length, first + BATCH);
    for (let place = first; place < last; place += 1) {
      const member = of.kind === 'object' ? of.names[place] : place;
      list.append(itemOf(of.values[place], member, pathOf(path, member), level));
    }
    if (last === of.values.length) return;
    const more = element('li', { role: 'treeitem', tabIndex: -1, ariaLevel: String(level), className: 'json-more' },
      element('div', 'json-row', `… ${(of.values.length - last).toLocaleString('en')} more`));
    more.addEventListener('click', () => {
      addMembers(list, of, path, level, last);
      const next = /** @type {HTMLElement} */ (more.nextElementSibling);
      more.remove();
      choose(next);
      next.focus();
    });
    list.append(more);
  }

  const tree = element('ul', { role: 'tree', ariaLabel: label });
  if ('values' in value && value.values.length) addMembers(tree, value, '', 1, 0);
  else tree.append(itemOf(value, null, '.', 1));

  // The levels are opened from the top as long as few rows are in sight.
  let level = /** @type {HTMLElement[]} */ ([...tree.children]);
  for (let rows = level.length; level.length;) {
    const below = level.flatMap((item) => {
      const size = /** @type {{values?: unknown[]}} */ (items.get(item)?.value ?? {}).values?.length ?? 0;
      if (!size || rows + size > OPENED_ROWS) return [];
      rows += size;
      setOpen(item, true);
      return /** @type {HTMLElement[]} */ ([...(item.lastElementChild?.children ?? [])]);
    });
    level = below;
  }

  let current = /** @type {HTMLElement} */ (tree.firstElementChild);
  current.tabIndex = 0;
  const path = element('code', 'json-path');

  /** @param {HTMLElement} item */
  function choose(item) {
    current.tabIndex = -1;
    current.ariaSelected = null;
    current = item;
    current.tabIndex = 0;
    current.ariaSelected = 'true';
    path.textContent = items.get(item)?.path ?? '';
  }
  choose(current);

  /** The items in sight, in order. @returns {HTMLElement[]} */
  const inSight = () => /** @type {HTMLElement[]} */ ([...tree.querySelectorAll('[role=treeitem]')].filter((one) => !one.parentElement?.closest('[hidden]')));

  /** @type {{[key: string]: () => Element|null|undefined|void}} */
  const keys = {
    ArrowDown: () => inSight()[inSight().indexOf(current) + 1],
    ArrowUp: () => inSight()[inSight().indexOf(current) - 1],
    ArrowRight: () => (current.ariaExpanded === 'true' ? current.querySelector('li') : setOpen(current, true)),
    ArrowLeft: () => (current.ariaExpanded === 'true' ? setOpen(current, false) : current.parentElement?.closest('li')),
    Home: () => tree.firstElementChild,
    End: () => inSight().at(-1),
    Enter: () => press(current),
    ' ': () => press(current),
  };

  /** @param {HTMLElement} item */
  function press(item) {
    const all = /** @type {HTMLElement|null} */ (item.querySelector(':scope > .json-row .json-all'));
    if (item.classList.contains('json-more')) item.click();
    else if (all) all.click();
    else setOpen(item, item.ariaExpanded !== 'true');
  }

  tree.addEventListener('keydown', (event) => {
    const move = keys[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey || event.target !== current) return;
    event.preventDefault();
    event.stopPropagation();
    const next = /** @type {HTMLElement|null|undefined|void} */ (move());
    if (!next) return;
    choose(next);
    next.focus();
  });
  tree.addEventListener('click', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const item = /** @type {HTMLElement|null} */ (target.closest('[role=treeitem]'));
    if (!item || item.classList.contains('json-more') || target.closest('.json-all')) return;
    choose(item);
    item.focus({ preventScroll: true });
    // Selecting a text with the mouse must not close its branch.
    if (target.closest('.json-row')?.parentElement === item && getSelection()?.isCollapsed !== false) setOpen(item, item.ariaExpanded !== 'true');
  });

  const chosen = () => items.get(current);
  const copied = () => {
    const one = chosen()?.value ?? value;
    return one.kind === 'string' ? one.text : writeJson(one);
  };
  const bar = element('div', 'json-bar', path,
    copyButton('Copy value', 'Copy the selected value', copied),
    copyButton('Copy path', 'Copy the path of the selected value, as jq reads it', () => chosen()?.path ?? ''),
    copyButton('Copy all', 'Copy all of this as indented JSON', () => writeJson(value)));
  return element('div', 'json', bar, tree);
}
