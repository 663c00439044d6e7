/** What is known about the stream: how fast, how old, how far away. Pure: times are handed in, in milliseconds. */

/** Frames of this last stretch are counted as the rate. */
const RATE_WINDOW_MS = 2000;
/** The smallest round trip of this many is the base one; the rest is queueing. */
const ROUND_TRIPS_KEPT = 8;

/** Frames per second asked for: driving, watching, and in a tab nobody sees. */
export const PACE = { driving: 30, watching: 10, hidden: 0 };

/** @param {{hidden: boolean, driving: boolean}} page */
export const wantedPace = ({ hidden, driving }) =>
  hidden ? PACE.hidden : driving ? PACE.driving : PACE.watching;

export class Flow {
  /** @type {number[]} */
  #painted = [];
  /** @type {number[]} */
  #roundTrips = [];
  #pingSentAt = 0;
  #newest = { at: 0, ageThen: 0 };

  /**
   * @param {number} now
   * @param {{relayAge: number}} frame
   * @param {number} receivedAt when its bytes arrived here
   */
  painted(now, frame, receivedAt) {
    this.#painted.push(now);
    this.#forget(now);
    this.#newest = { at: now, ageThen: frame.relayAge + this.oneWay + (now - receivedAt) };
  }

  /** Frames per second over the last stretch. @param {number} now */
  rate(now) {
    this.#forget(now);
    return (this.#painted.length * 1000) / RATE_WINDOW_MS;
  }

  /** Milliseconds since the picture on the screen was captured, or null before the first. @param {number} now */
  age(now) {
    return this.#newest.at ? now - this.#newest.at + this.#newest.ageThen : null;
  }

  /** How late the newest picture was when it was painted, milliseconds. */
  get lateness() {
    return this.#newest.ageThen;
  }

  /** @param {number} now */
  pinged(now) {
    this.#pingSentAt = now;
  }

  /** @param {number} now */
  ponged(now) {
    if (!this.#pingSentAt) return;
    this.#roundTrips.push(now - this.#pingSentAt);
    this.#roundTrips.splice(0, this.#roundTrips.length - ROUND_TRIPS_KEPT);
    this.#pingSentAt = 0;
  }

  /** The latest round trip, milliseconds, or null before the first. */
  get roundTrip() {
    return this.#roundTrips.at(-1) ?? null;
  }

  /** Half the smallest round trip: the clocks of two machines cannot be compared, this can. */
  get oneWay() {
    return this.#roundTrips.length ? Math.min(...this.#roundTrips) / 2 : 0;
  }

  /** @param {number} now */
  #forget(now) {
    const first = this.#painted.findIndex((at) => now - at <= RATE_WINDOW_MS);
    this.#painted.splice(0, first === -1 ? this.#painted.length : first);
  }
}
