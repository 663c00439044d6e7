/** Tells the server what is on the screen: seldom while it is little, at once when much has come. */

/** A quarter of the server's window: it never runs dry while this page is quick. */
const AT_ONCE_BYTES = 128 * 1024;
/** What a message counts at least, as on the server. */
const PIECE_COST = 4096;
const LATER_MS = 20;
/** Sequence numbers wrap at 2³²: one less than half of that away is a later one. */
const HALF = 2 ** 31;

export class Acknowledge {
  #send;
  #bytes = 0;
  #seq = 0;
  #timer = 0;

  /** @param {(seq: number) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** The piece `seq` has been written. @param {number} seq @param {number} bytes */
  written(seq, bytes) {
    // What waited in the emulator may be told after what a hidden page did not write at all.
    if ((seq - this.#seq) >>> 0 < HALF) this.#seq = seq;
    this.#bytes += Math.max(bytes, PIECE_COST);
    if (this.#bytes >= AT_ONCE_BYTES) this.#flush();
    else this.#timer ||= setTimeout(() => this.#flush(), LATER_MS);
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#bytes = 0;
    this.#send(this.#seq);
  }
}
