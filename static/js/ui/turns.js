/**
 * Control that comes to this tab without its asking just now: taken over on the task's page or the wall, given by whoever
 * drove, or kept because handing back did not succeed. The lease is this person's already; the socket takes the wheel.
 */

/** At most this often by itself: what cannot be driven just now is left to its person. */
const AGAIN_MS = 3000;
/** After the address: this tab came to drive (`agents/views/turns.py`). */
const DRIVING = "#driving";

export class Turns {
  #came = location.hash === DRIVING;
  #tookAt = -Infinity;

  constructor() {
    // Once: a reload, or somebody who comes back here later, takes nothing.
    if (this.#came) history.replaceState(history.state, "", location.pathname + location.search);
  }

  /**
   * Whether the wheel is to be taken now. What waits for any tab of this person is for the one they look at; a tab that
   * came to drive may go by another id here than where it came from.
   *
   * @param {import("live/screen.js").Control} control
   */
  isOurs({ holder, you_hold, turn, waits }) {
    if (turn || you_hold || document.hidden) return false;
    const ours = waits || (this.#came && Boolean(holder?.you));
    this.#came = false;
    if (!ours || performance.now() - this.#tookAt < AGAIN_MS) return false;
    this.#tookAt = performance.now();
    return true;
  }
}
