// @ts-check
/**
 * What the pointer and the wheel do over the lanes: a click seeks and selects, a drag selects a range, the wheel zooms and pans, and so
 * do two fingers. The ruler only seeks and scrubs, and so does a finger that is dragged.
 *
 * @typedef {{seek: (place: number) => void, select: (x: number, y: number) => void, range: (from: number, to: number) => void,
 *   hover: (x: number, y: number) => void, leave: () => void, changed: () => void}} Actions places are on the axis, x and y in pixels
 */

// A hand that clicks moves by a few pixels.
const DRAG_PX = 4;
// A wheel that scrolls the page goes on scrolling it when the lanes come under the pointer.
const GESTURE_MS = 350;
const WHEEL_LINE_PX = 16;

/** The factor by which a turn of the wheel changes the part in sight. @param {{deltaY: number, deltaMode: number}} event */
export const zoomFactor = ({ deltaY, deltaMode }) =>
  Math.exp(Math.max(-150, Math.min(150, deltaY * (deltaMode ? WHEEL_LINE_PX : 1))) * 0.003);

/**
 * What a turn of the wheel does. All of the axis in sight, the page scrolls down as anywhere else.
 * @param {{deltaX: number, deltaY: number, shiftKey: boolean, ctrlKey: boolean}} event @param {boolean} isZoomed @returns {'zoom'|'pan'|'scroll'}
 */
export function wheelEffect({ deltaX, deltaY, shiftKey, ctrlKey }, isZoomed) {
  if (!ctrlKey && (shiftKey || Math.abs(deltaX) > Math.abs(deltaY))) return isZoomed ? 'pan' : 'scroll';
  return isZoomed || ctrlKey || deltaY < 0 ? 'zoom' : 'scroll';
}

/**
 * @param {HTMLElement} scrubber @param {HTMLElement} overview @param {import('./view.js').View} view @param {number} rulerHeight
 * @param {Actions} actions @param {AbortSignal} signal
 */
export function listenToPointer(scrubber, overview, view, rulerHeight, actions, signal) {
  /** @param {MouseEvent} event @returns {[number, number]} */
  function offsetOf(event) {
    const box = scrubber.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
  const placeAt = (/** @type {number} */ x) => Math.max(0, Math.min(view.end, view.at(x)));
  /** @type {{mode: 'scrub'|'press'|'range', x: number}|null} */
  let held = null;
  /** @type {Map<number, number>} */
  const fingers = new Map();

  scrubber.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const [x, y] = offsetOf(event);
    if (event.pointerType === 'touch') fingers.set(event.pointerId, x);
    if (fingers.size > 1) return;
    scrubber.setPointerCapture(event.pointerId);
    held = { mode: y < rulerHeight || event.pointerType === 'touch' ? 'scrub' : 'press', x };
    actions.seek(placeAt(x));
  });
  scrubber.addEventListener('pointermove', (event) => {
    const [x, y] = offsetOf(event);
    if (fingers.size > 1 && fingers.has(event.pointerId)) {
      pinch(event.pointerId, x);
      return;
    }
    if (!held) {
      if (event.pointerType !== 'touch') actions.hover(x, y);
    } else if (held.mode === 'scrub') actions.seek(placeAt(x));
    else if (held.mode === 'range' || Math.abs(x - held.x) >= DRAG_PX) {
      if (held.mode !== 'range') actions.leave();
      held.mode = 'range';
      actions.range(placeAt(Math.min(x, held.x)), placeAt(Math.max(x, held.x)));
    }
  });
  scrubber.addEventListener('pointerup', (event) => {
    const [x, y] = offsetOf(event);
    if (held && held.mode !== 'range' && y >= rulerHeight && fingers.size < 2 && Math.abs(x - held.x) < DRAG_PX) actions.select(x, y);
    release(event);
  });
  /** @param {PointerEvent} event */
  function release(event) {
    held = null;
    fingers.delete(event.pointerId);
  }
  scrubber.addEventListener('pointercancel', release);
  scrubber.addEventListener('pointerleave', actions.leave);

  /** @param {number} id @param {number} x */
  function pinch(id, x) {
    held = null;
    const other = [...fingers].find(([one]) => one !== id)?.[1] ?? x;
    const before = fingers.get(id) ?? x;
    fingers.set(id, x);
    if (Math.abs(x - other) > 1) view.zoom(Math.abs(before - other) / Math.abs(x - other), other);
    actions.changed();
  }

  scrubber.addEventListener('dblclick', () => {
    view.show(null);
    actions.changed();
  });

  let scrolled = -Infinity;
  const passesBy = (/** @type {WheelEvent} */ event) => {
    const isOver = event.composedPath().includes(scrubber);
    const goesOn = event.timeStamp - scrolled < GESTURE_MS;
    if (!isOver || (goesOn && !event.ctrlKey)) scrolled = event.timeStamp;
  };
  document.addEventListener('wheel', passesBy, { capture: true, passive: true, signal });
  scrubber.addEventListener('wheel', (event) => {
    if (scrolled === event.timeStamp) return;
    const effect = wheelEffect(event, view.isZoomed);
    if (effect === 'scroll') {
      scrolled = event.timeStamp;
      return;
    }
    event.preventDefault();
    if (effect === 'pan') view.pan((event.deltaX || event.deltaY) / view.width);
    else view.zoom(zoomFactor(event), offsetOf(event)[0]);
    actions.changed();
  }, { passive: false });

  /** @param {PointerEvent} event */
  function panTo(event) {
    const box = overview.getBoundingClientRect();
    const middle = ((event.clientX - box.left) / Math.max(1, box.width)) * view.length;
    const half = (view.to - view.from) / 2;
    view.set(middle - half, middle + half);
    actions.changed();
  }
  overview.addEventListener('pointerdown', (event) => {
    overview.setPointerCapture(event.pointerId);
    panTo(event);
  });
  overview.addEventListener('pointermove', (event) => { if (overview.hasPointerCapture(event.pointerId)) panTo(event); });
}
