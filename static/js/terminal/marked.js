/**
 * Standard error, told apart: red, and a bar at the line's edge for whoever sees no red. Pure, and working on bytes: a
 * hundred megabytes pass through here.
 */

export const STDOUT = 1;
export const STDERR = 2;
/** Stands at the edge of every line of standard error. */
export const MARK = "▌";

const NEWLINE = 0x0a;
const encode = new TextEncoder();
const BEGIN = encode.encode(`\x1b[0;31m${MARK}\x1b[0;91m`);
const RESET = encode.encode("\x1b[0m");

export class Marker {
  #stream = STDOUT;
  #atLineStart = true;

  /** A line of the page's own was written: the next output begins anew. */
  lineWritten() {
    this.#atLineStart = true;
    this.#stream = STDOUT;
  }

  get atLineStart() {
    return this.#atLineStart;
  }

  /**
   * @param {number} stream @param {Uint8Array} bytes
   * @returns {Uint8Array} what the emulator is given
   */
  mark(stream, bytes) {
    if (!bytes.length) return bytes;
    const switched = stream !== this.#stream;
    this.#stream = stream;
    const startsMarked = stream === STDERR && (this.#atLineStart || switched);
    this.#atLineStart = bytes[bytes.length - 1] === NEWLINE;
    if (stream !== STDERR) return switched ? joined([RESET, bytes]) : bytes;
    return joined(startsMarked ? [BEGIN, ...lines(bytes)] : lines(bytes));
  }
}

/** The bytes, with a mark after every newline that more follows. @param {Uint8Array} bytes */
function lines(bytes) {
  const parts = [];
  let start = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1 && at + 1 < bytes.length; at = bytes.indexOf(NEWLINE, at + 1)) {
    parts.push(bytes.subarray(start, at + 1), BEGIN);
    start = at + 1;
  }
  parts.push(bytes.subarray(start));
  return parts;
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Copied text carries no marks. @param {string} text */
export const unmarked = (text) => text.replaceAll(MARK, "");
