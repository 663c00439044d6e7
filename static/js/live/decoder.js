/**
 * JPEG bytes to bitmaps: one decode at a time, and of what arrives meanwhile only the newest is kept.
 *
 * Measured in Chromium: plain `createImageBitmap` shows a frame in half the time of an `<img>`; its options
 * (`colorSpaceConversion`, `premultiplyAlpha`) cost a third more, and `ImageDecoder` saves in decoding what it loses in painting.
 *
 * @typedef {import("live/protocol.js").Frame} Frame
 */

export class Decoder {
  #onBitmap;
  #onBroken;
  #decode;
  #busy = false;
  /** @type {Frame | null} */
  #next = null;

  /** Frames that were replaced by a newer one before their turn came. */
  skipped = 0;
  /** Frames that could not be decoded. */
  broken = 0;

  /**
   * @param {(bitmap: ImageBitmap, frame: Frame) => void} onBitmap owns the bitmap and closes it
   * @param {(frame: Frame) => void} [onBroken] half a frame: it must be acknowledged all the same, or its credit is lost
   * @param {(frame: Frame) => Promise<ImageBitmap>} [decode]
   */
  constructor(onBitmap, onBroken = () => {}, decode = decodeJpeg) {
    this.#onBitmap = onBitmap;
    this.#onBroken = onBroken;
    this.#decode = decode;
  }

  /** @param {Frame} frame */
  push(frame) {
    if (this.#next) this.skipped += 1;
    this.#next = frame;
    if (!this.#busy) this.#run();
  }

  async #run() {
    this.#busy = true;
    while (this.#next) {
      const frame = this.#next;
      this.#next = null;
      let bitmap = null;
      try {
        bitmap = await this.#decode(frame);
      } catch {
        this.broken += 1;
      }
      if (bitmap) this.#onBitmap(bitmap, frame);
      else this.#onBroken(frame);
    }
    this.#busy = false;
  }
}

/** @param {Frame} frame */
const decodeJpeg = (frame) => createImageBitmap(new Blob([frame.payload], { type: "image/jpeg" }));
