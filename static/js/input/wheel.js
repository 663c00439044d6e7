/** The wheel in both axes, in pixels. It knows nothing of the protocol. */

import { modifiersOf } from "input/keys.js";
import { MOVE_INTERVAL_MS } from "input/pointer.js";
import { Paced } from "input/paced.js";

/** What one line of a wheel event scrolls: three lines, the usual notch, then make the 120 pixels of a pixel-mode notch. */
const LINE_PIXELS = 40;

/**
 * @param {{deltaX: number, deltaY: number, deltaMode: number}} event
 * @param {{width: number, height: number}} page what one page of scrolling is
 * @returns {{dx: number, dy: number}} pixels
 */
export function pixelsOf({ deltaX, deltaY, deltaMode }, page) {
  if (deltaMode === 1) return { dx: deltaX * LINE_PIXELS, dy: deltaY * LINE_PIXELS };
  if (deltaMode === 2) return { dx: deltaX * page.width, dy: deltaY * page.height };
  return { dx: deltaX, dy: deltaY };
}

/** @typedef {import("input/pointer.js").Gesture} Gesture */

/** Turns of one moment add up. @param {Gesture} older @param {Gesture} newer @returns {Gesture} */
export const addUp = (older, newer) => ({ ...newer, dx: older.dx + newer.dx, dy: older.dy + newer.dy });

export class Wheel {
  #turns;

  /**
   * @param {HTMLElement} element
   * @param {{toRemote: Function, isOnPicture: Function, viewport: {width: number, height: number}}} at
   * @param {{isOn: () => boolean, onGesture: (gesture: Gesture) => void, locate: (event: MouseEvent) => {x: number, y: number}}} on
   */
  constructor(element, at, on) {
    this.#turns = new Paced(on.onGesture, MOVE_INTERVAL_MS, addUp);
    element.addEventListener(
      "wheel",
      (event) => {
        const point = on.locate(event);
        if (!on.isOn() || !at.isOnPicture(point)) return;
        event.preventDefault();
        this.#turns.push({
          action: "wheel", ...at.toRemote(point), button: "none", buttons: event.buttons, clicks: 0,
          modifiers: modifiersOf(event), ...pixelsOf(event, at.viewport),
        });
      },
      { passive: false },
    );
  }

  /** Sends the turn that waits. */
  flush() {
    this.#turns.flush();
  }

  /** Forgets it. */
  forget() {
    this.#turns.drop();
  }
}
