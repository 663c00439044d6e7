/** The canvas: paints bitmaps, and says which remote pixel a point of the page falls on. */

import { isOnPicture, toRemote } from "live/geometry.js";

export class Display {
  #canvas;
  #context;
  #viewport = { width: 0, height: 0 };

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    // No alpha: the compositor need not blend. `desynchronized` gained nothing where it was measured.
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
  }

  get hasPicture() {
    return this.#viewport.width > 0;
  }

  get viewport() {
    return this.#viewport;
  }

  /**
   * Draws at once, not in an animation frame: the browser shows the canvas at its next composition either way, and a
   * frame decoded just after a callback ran would wait for the one after.
   * @param {ImageBitmap} bitmap
   * @param {{width: number, height: number}} viewport the remote viewport it shows
   */
  paint(bitmap, viewport) {
    if (this.#canvas.width !== bitmap.width || this.#canvas.height !== bitmap.height) {
      this.#canvas.width = bitmap.width;
      this.#canvas.height = bitmap.height;
    }
    this.#context.drawImage(bitmap, 0, 0);
    this.#viewport = { width: viewport.width || bitmap.width, height: viewport.height || bitmap.height };
    bitmap.close();
  }

  /** @param {{x: number, y: number}} point client coordinates */
  toRemote(point) {
    return toRemote(point, this.#canvas.getBoundingClientRect(), this.#canvas, this.#viewport);
  }

  /** @param {{x: number, y: number}} point client coordinates */
  isOnPicture(point) {
    return this.hasPicture && isOnPicture(point, this.#canvas.getBoundingClientRect(), this.#canvas);
  }
}
