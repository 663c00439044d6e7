/**
 * What fingers mean, as pointer gestures: tap = click, two taps = double click, long press = right click, one finger
 * moves the pointer, two scroll, or zoom once they part, and a second tap that is held drags. Pure: times and timers are handed in.
 *
 * @typedef {{x: number, y: number}} Point
 * @typedef {{move: (at: Point) => void, down: (at: Point, button: string, clicks: number) => void,
 *   up: (at: Point, button: string, clicks: number) => void, scroll: (at: Point, by: Point) => void,
 *   pinch: (by: number, around: Point) => void}} Hand
 */

const LONG_PRESS_MS = 500;
/** A second tap held this long begins a drag. */
const HOLD_MS = 180;
/** A second tap within this long of the first, and this near, belongs to it. */
const DOUBLE_TAP_MS = 300;
const DOUBLE_TAP_PIXELS = 30;
/** A finger that strays less than this has not moved. */
const STILL_PIXELS = 8;
/** Two fingers that come this much nearer or go this much further apart zoom; less is how people scroll. */
const PINCH_PIXELS = 24;

/** @param {Point} a @param {Point} b */
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** How far apart the first two are. @param {Point[]} points */
const spread = (points) => (points.length > 1 ? distance(points[0], points[1]) : 0);

/** @param {Point[]} points */
const middle = (points) => ({
  x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
  y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
});

export class Fingers {
  /** @type {"none"|"tap"|"move"|"drag"|"scroll"|"pinch"|"done"} */
  #mode = "none";
  #hand;
  #clock;
  #start = { x: 0, y: 0 };
  #last = { x: 0, y: 0 };
  #tapped = { at: -Infinity, point: { x: 0, y: 0 } };
  #second = false;
  #spread = 0;
  /** @type {any} */
  #timer = null;

  /**
   * @param {Hand} hand
   * @param {{now: () => number, set: (run: () => void, ms: number) => any, clear: (timer: any) => void}} clock
   */
  constructor(hand, clock) {
    this.#hand = hand;
    this.#clock = clock;
  }

  /** @param {Point[]} points where the fingers are now, one more than before */
  started(points) {
    this.#clock.clear(this.#timer);
    this.#last = middle(points);
    if (points.length > 1) {
      if (this.#mode === "drag") this.#hand.up(this.#start, "left", 1);
      this.#mode = "scroll";
      this.#spread = spread(points);
      return;
    }
    this.#start = this.#last;
    this.#mode = "tap";
    const { at, point } = this.#tapped;
    this.#second = this.#clock.now() - at < DOUBLE_TAP_MS && distance(point, this.#start) < DOUBLE_TAP_PIXELS;
    this.#timer = this.#second
      ? this.#clock.set(() => this.#beginDrag(), HOLD_MS)
      : this.#clock.set(() => this.#longPress(), LONG_PRESS_MS);
  }

  /** @param {Point[]} points */
  moved(points) {
    const now = middle(points);
    if (this.#mode === "tap" && distance(now, this.#start) > STILL_PIXELS) {
      this.#clock.clear(this.#timer);
      if (this.#second) this.#beginDrag();
      else this.#mode = "move";
    }
    const apart = spread(points);
    if (this.#mode === "scroll" && apart && Math.abs(apart - this.#spread) > PINCH_PIXELS) {
      this.#mode = "pinch";
      this.#spread = apart;
    }
    if (this.#mode === "pinch") {
      this.#hand.pinch(apart / this.#spread, now);
      this.#spread = apart;
    } else if (this.#mode === "scroll") this.#hand.scroll(now, { x: this.#last.x - now.x, y: this.#last.y - now.y });
    else if (this.#mode === "move" || this.#mode === "drag") this.#hand.move(now);
    this.#last = now;
  }

  /** @param {Point[]} points the fingers that stay */
  ended(points) {
    this.#clock.clear(this.#timer);
    if (points.length) {
      this.#last = middle(points);
      this.#spread = spread(points);
      if (this.#mode !== "scroll") this.#mode = "done";
      return;
    }
    if (this.#mode === "tap") this.#tap();
    if (this.#mode === "drag") this.#hand.up(this.#last, "left", 1);
    this.#mode = "none";
  }

  /** Ends what was begun, where it was last: the system took the fingers over. */
  cancelled() {
    this.#clock.clear(this.#timer);
    if (this.#mode === "drag") this.#hand.up(this.#last, "left", 1);
    this.#mode = "none";
  }

  #tap() {
    const clicks = this.#second ? 2 : 1;
    this.#hand.move(this.#start);
    this.#hand.down(this.#start, "left", clicks);
    this.#hand.up(this.#start, "left", clicks);
    // A third tap would be a new first one: three clicks in a row are rare on glass, a wrong drag is worse.
    this.#tapped = { at: this.#second ? -Infinity : this.#clock.now(), point: this.#start };
  }

  #longPress() {
    this.#mode = "done";
    this.#hand.move(this.#start);
    this.#hand.down(this.#start, "right", 1);
    this.#hand.up(this.#start, "right", 1);
  }

  #beginDrag() {
    this.#mode = "drag";
    this.#hand.move(this.#start);
    this.#hand.down(this.#start, "left", 1);
  }
}
