/**
 * The mouse, as gestures in remote pixels. It knows nothing of the protocol.
 *
 * Presses are read from mouse events, which count clicks and tell of every button; pointer events give capture, so
 * that a drag which leaves the canvas still moves and still ends.
 *
 * @typedef {{x: number, y: number}} Point
 * @typedef {{action: "move"|"down"|"up"|"wheel", x: number, y: number, button: string, buttons: number,
 *   clicks: number, modifiers: number, dx: number, dy: number}} Gesture
 */

import { modifiersOf } from "input/keys.js";
import { Paced } from "input/paced.js";

/** One move per animation frame is all that a remote page can use. */
export const MOVE_INTERVAL_MS = 16;

const NAMES = ["left", "middle", "right", "back", "forward"];
/** The bit of each button in `buttons`, in the order of NAMES. */
const BITS = [1, 4, 2, 8, 16];

export class Pointer {
  #at;
  #on;
  #moves;
  #pressed = 0;
  /** @type {Point} */
  #last = { x: 0, y: 0 };
  /** @type {Point} */
  #exact = { x: 0, y: 0 };

  /**
   * @param {HTMLElement} element
   * @param {{toRemote: (point: Point) => Point, isOnPicture: (point: Point) => boolean}} at
   * @param {{isOn: () => boolean, onGesture: (gesture: Gesture) => void, onRefused: () => void}} on
   */
  constructor(element, at, on) {
    this.#at = at;
    this.#on = on;
    this.#moves = new Paced(on.onGesture, MOVE_INTERVAL_MS);
    element.addEventListener("pointermove", (event) => this.#moved(event));
    element.addEventListener("pointerup", (event) => this.#note(event));
    element.addEventListener("pointerdown", (event) => {
      this.#note(event);
      if (event.pointerType !== "touch" && on.isOn()) element.setPointerCapture(event.pointerId);
    });
    element.addEventListener("mousedown", (event) => this.#down(event));
    element.addEventListener("mouseup", (event) => this.#up(event));
    // Only the driver's right button belongs to the remote page.
    element.addEventListener("contextmenu", (event) => on.isOn() && event.preventDefault());
    element.addEventListener("auxclick", (event) => on.isOn() && event.preventDefault());
  }

  /**
   * Where an event happened, to the fraction of a pixel: mouse and wheel events are rounded down to whole page pixels,
   * which on a shrunken picture is more than one remote pixel; the pointer event just before them is not.
   * @param {MouseEvent} event
   * @returns {Point}
   */
  locate({ clientX, clientY }) {
    const { x, y } = this.#exact;
    return Math.abs(x - clientX) < 1 && Math.abs(y - clientY) < 1 ? this.#exact : { x: clientX, y: clientY };
  }

  /** Sends the move that waits. */
  flush() {
    this.#moves.flush();
  }

  /** Releases what is held, where the pointer was last. */
  releaseAll() {
    this.#moves.flush();
    for (let index = 0; index < NAMES.length; index += 1) if (this.#pressed & BITS[index]) this.#release(index, 0);
  }

  /** Forgets what is held without a word: whoever drives now has released it. */
  forget() {
    this.#moves.drop();
    this.#pressed = 0;
  }

  /** @param {PointerEvent} event */
  #note(event) {
    this.#exact = { x: event.clientX, y: event.clientY };
    return this.#exact;
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    const point = this.#note(event);
    if (event.pointerType === "touch" || !this.#on.isOn()) return;
    if (!this.#pressed && !this.#at.isOnPicture(point)) return;
    // A release that went to another window shows as a button that is no longer down.
    const lost = this.#pressed & ~event.buttons;
    for (let index = 0; lost && index < NAMES.length; index += 1) if (lost & BITS[index]) this.#release(index, 0);
    this.#last = this.#at.toRemote(point);
    this.#moves.push(this.#gesture("move", event, { buttons: this.#pressed }));
  }

  /** @param {MouseEvent} event */
  #down(event) {
    if (!this.#on.isOn()) {
      this.#on.onRefused();
      return;
    }
    const point = this.locate(event);
    event.preventDefault(); // no text selection, no autoscroll; the screen gives itself the focus
    if (!(event.button in NAMES) || !this.#at.isOnPicture(point)) return;
    this.#moves.flush();
    this.#pressed |= BITS[event.button];
    this.#last = this.#at.toRemote(point);
    this.#on.onGesture(this.#gesture("down", event, { button: NAMES[event.button], clicks: Math.max(event.detail, 1) }));
  }

  /** @param {MouseEvent} event */
  #up(event) {
    if (!(this.#pressed & (BITS[event.button] ?? 0))) return;
    event.preventDefault();
    this.#moves.flush();
    this.#last = this.#at.toRemote(this.locate(event));
    this.#release(event.button, modifiersOf(event), Math.max(event.detail, 1));
  }

  /** @param {number} index @param {number} modifiers @param {number} [clicks] */
  #release(index, modifiers, clicks = 1) {
    this.#pressed &= ~BITS[index];
    this.#on.onGesture({
      action: "up", ...this.#last, button: NAMES[index], buttons: this.#pressed, clicks, modifiers, dx: 0, dy: 0,
    });
  }

  /** @param {Gesture["action"]} action @param {MouseEvent} event @param {Partial<Gesture>} more @returns {Gesture} */
  #gesture(action, event, more) {
    return {
      action, ...this.#last, button: "none", buttons: this.#pressed, clicks: 0, modifiers: modifiersOf(event), dx: 0, dy: 0,
      ...more,
    };
  }
}
