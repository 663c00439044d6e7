/**
 * Lets one item through per interval, the first at once and the last always. Between two, items are merged.
 * @template T
 */
export class Paced {
  #emit;
  #merge;
  #interval;
  #clock;
  /** @type {T | null} */
  #pending = null;
  /** @type {any} */
  #timer = null;
  #lastAt = -Infinity;

  /**
   * @param {(item: T) => void} emit
   * @param {number} interval milliseconds
   * @param {(older: T, newer: T) => T} [merge] the newer replaces the older unless told otherwise
   * @param {{now: () => number, set: (run: () => void, ms: number) => any, clear: (timer: any) => void}} [clock]
   */
  constructor(emit, interval, merge = (_older, newer) => newer, clock = pageClock) {
    this.#emit = emit;
    this.#interval = interval;
    this.#merge = merge;
    this.#clock = clock;
  }

  /** @param {T} item */
  push(item) {
    this.#pending = this.#pending === null ? item : this.#merge(this.#pending, item);
    const wait = this.#lastAt + this.#interval - this.#clock.now();
    if (wait <= 0) this.flush();
    else this.#timer ??= this.#clock.set(() => this.flush(), wait);
  }

  /** Lets what waits through now: whatever comes next must not overtake it. */
  flush() {
    const item = this.#pending;
    this.drop();
    if (item === null) return;
    this.#lastAt = this.#clock.now();
    this.#emit(item);
  }

  /** Forgets what waits. */
  drop() {
    this.#clock.clear(this.#timer);
    this.#timer = null;
    this.#pending = null;
  }
}

const pageClock = {
  now: () => performance.now(),
  /** @param {() => void} run @param {number} ms */
  set: (run, ms) => setTimeout(run, ms),
  /** @param {any} timer */
  clear: (timer) => clearTimeout(timer),
};
