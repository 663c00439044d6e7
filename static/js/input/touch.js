/** Touches, as the gestures of a pointer. It knows nothing of the protocol. */

import { Fingers } from "input/fingers.js";
import { MOVE_INTERVAL_MS } from "input/pointer.js";
import { Paced } from "input/paced.js";
import { addUp } from "input/wheel.js";

/** @typedef {import("input/pointer.js").Gesture} Gesture @typedef {import("input/pointer.js").Point} Point */

const clock = {
  now: () => performance.now(),
  /** @param {() => void} run @param {number} ms */
  set: (run, ms) => setTimeout(run, ms),
  /** @param {any} timer */
  clear: (timer) => clearTimeout(timer),
};

export class Touch {
  #at;
  #moves;
  #turns;
  #fingers;
  #looking;
  #buttons = 0;

  /**
   * @param {HTMLElement} element
   * @param {{toRemote: (point: Point) => Point, isOnPicture: (point: Point) => boolean}} at
   * @param {{isOn: () => boolean, onGesture: (gesture: Gesture) => void}} on
   * @param {{pan: (by: Point) => Point, pinch: (by: number, around: Point) => void}} zoom
   */
  constructor(element, at, on, zoom) {
    this.#at = at;
    this.#moves = new Paced(on.onGesture, MOVE_INTERVAL_MS);
    this.#turns = new Paced(on.onGesture, MOVE_INTERVAL_MS, addUp);
    this.#fingers = new Fingers(
      {
        move: (point) => this.#moves.push(this.#gesture("move", point)),
        down: (point, button, clicks) => this.#press(on, "down", point, button, clicks),
        up: (point, button, clicks) => this.#press(on, "up", point, button, clicks),
        // Where the picture is larger than its place it is moved first, and at its edge the remote page is.
        scroll: (point, by) => this.#turn(point, zoom.pan(by)),
        pinch: (by, around) => zoom.pinch(by, around),
      },
      clock,
    );
    // Whoever only watches may look closer, too.
    const nothing = () => {};
    this.#looking = new Fingers(
      {
        move: nothing, down: nothing, up: nothing,
        scroll: (_point, by) => void zoom.pan(by), pinch: (by, around) => zoom.pinch(by, around),
      },
      clock,
    );
    const heard = /** @param {(fingers: Fingers, points: Point[]) => void} act */ (act) =>
      /** @param {TouchEvent} event */ (event) => {
        const drives = on.isOn();
        // The mouse events that a browser makes up after a touch would click a second time.
        if (event.cancelable && (drives || event.targetTouches.length > 1)) event.preventDefault();
        const points = [...event.targetTouches].map(({ clientX, clientY }) => ({ x: clientX, y: clientY }));
        act(drives ? this.#fingers : this.#looking, points);
      };
    const options = { passive: false };
    element.addEventListener("touchstart", heard((fingers, points) => at.isOnPicture(points[0]) && fingers.started(points)), options);
    element.addEventListener("touchmove", heard((fingers, points) => fingers.moved(points)), options);
    element.addEventListener("touchend", heard((fingers, points) => fingers.ended(points)), options);
    element.addEventListener("touchcancel", () => {
      this.#fingers.cancelled();
      this.#looking.cancelled();
    });
  }

  flush() {
    this.#moves.flush();
    this.#turns.flush();
  }

  /** Ends a drag that is under way. */
  releaseAll() {
    this.#fingers.cancelled();
  }

  forget() {
    this.#moves.drop();
    this.#turns.drop();
    this.#buttons = 0;
  }

  /**
   * @param {{onGesture: (gesture: Gesture) => void}} on
   * @param {"down"|"up"} action @param {Point} point @param {string} button @param {number} clicks
   */
  #press(on, action, point, button, clicks) {
    this.flush();
    this.#buttons = action === "down" ? (button === "right" ? 2 : 1) : 0;
    on.onGesture({ ...this.#gesture(action, point), button, clicks });
  }

  /** @param {Point} point @param {Point} by */
  #turn(point, by) {
    if (by.x || by.y) this.#turns.push({ ...this.#gesture("wheel", point), ...this.#scaled(point, by) });
  }

  /** Finger travel in page pixels is scrolled by as much of the remote picture as lies under it. @param {Point} point @param {Point} by */
  #scaled(point, by) {
    const here = this.#at.toRemote(point);
    const there = this.#at.toRemote({ x: point.x + 100, y: point.y });
    const scale = Math.abs(there.x - here.x) / 100 || 1;
    return { dx: Math.round(by.x * scale), dy: Math.round(by.y * scale) };
  }

  /** @param {Gesture["action"]} action @param {Point} point @returns {Gesture} */
  #gesture(action, point) {
    return {
      action, ...this.#at.toRemote(point), button: "none", buttons: this.#buttons, clicks: 0, modifiers: 0, dx: 0, dy: 0,
    };
  }
}
