/**
 * Control that comes to this tab without its asking over the socket: taken over on the task's page or the wall, or kept
 * because handing back did not succeed. The lease is this person's and this tab's already; the socket takes the wheel.
 */

/** At most this often by itself: what cannot be driven just now is left to its person. */
const AGAIN_MS = 3000;
/** After the address: this tab came to drive (`agents/views/turns.py`). */
const DRIVING = "#driving";

export class Turns {
  #came = location.hash === DRIVING;
  /** The epoch under which this page drove last. */
  #epoch = -1;
  #tookAt = -Infinity;

  constructor() {
    // Once: a reload, or somebody who comes back here later, takes nothing.
    if (this.#came) history.replaceState(history.state, "", location.pathname + location.search);
  }

  /**
   * Whether the wheel is to be taken now. Another tab of the same person would have begun another epoch.
   * @param {import("live/screen.js").Control} control
   */
  isOurs({ holder, you_hold, epoch, turn }) {
    if (you_hold) this.#epoch = epoch;
    if (turn || you_hold || !holder?.you || !(this.#came || epoch === this.#epoch)) {
      this.#came &&= Boolean(turn);
      return false;
    }
    this.#came = false;
    if (performance.now() - this.#tookAt < AGAIN_MS) return false;
    this.#tookAt = performance.now();
    return true;
  }
}
