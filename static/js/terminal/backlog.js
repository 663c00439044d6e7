/**
 * Output that came while nobody looked. A hidden page's timers are throttled, and the emulator works by timers: if its
 * acknowledgements waited for it, a command would stand still because somebody changed tabs. So a hidden page
 * acknowledges at once and keeps the end of what came, which is all that the emulator would keep too. Pure.
 */

/** More than the emulator's scrollback holds of ordinary lines. */
const LIMIT_BYTES = 4 * 1024 * 1024;

export class Backlog {
  /** @type {{stream: number, bytes: Uint8Array}[]} */
  #pieces = [];
  #size = 0;
  #dropped = 0;

  /** @param {number} stream @param {Uint8Array} bytes */
  keep(stream, bytes) {
    this.#pieces.push({ stream, bytes });
    this.#size += bytes.length;
    let gone = 0;
    while (this.#size > LIMIT_BYTES) {
      const { length } = this.#pieces[gone++].bytes;
      this.#size -= length;
      this.#dropped += length;
    }
    if (gone) this.#pieces.splice(0, gone);
  }

  /** Everything that is kept, once, and how much is not. */
  take() {
    const taken = { pieces: this.#pieces, dropped: this.#dropped };
    this.#pieces = [];
    this.#size = this.#dropped = 0;
    return taken;
  }
}
