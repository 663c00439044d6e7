/**
 * The picture larger than its place, for a phone. The canvas carries it as a transform, so whoever asks where the canvas
 * is finds each remote pixel where it is seen.
 *
 * @typedef {{x: number, y: number}} Point
 */

import { inPlace, letterbox } from "live/geometry.js";

/** More than this shows blocks, not letters. */
const MOST = 4;
/** What the button does where the picture is as large as it is over there already, or nearly. */
const USUAL = 2;
const NEARLY = 1.1;

export class Zoom {
  #stage;
  #canvas;
  #viewport;
  #view = { factor: 1, x: 0, y: 0 };
  /** Called whenever the factor has changed. */
  onChange = () => {};

  /** @param {HTMLElement} stage @param {HTMLCanvasElement} canvas @param {() => {width: number}} viewport the remote one */
  constructor(stage, canvas, viewport) {
    this.#stage = stage;
    this.#canvas = canvas;
    this.#viewport = viewport;
    new ResizeObserver(() => this.refresh()).observe(stage);
  }

  get isIn() {
    return this.#view.factor > 1;
  }

  /** Between all of it, and as large as it is over there. */
  toggle() {
    const { width, height } = this.#stage.getBoundingClientRect();
    const shown = letterbox({ left: 0, top: 0, width, height }, this.#canvas);
    const natural = this.#viewport().width / shown.width;
    const factor = this.isIn ? 1 : natural > NEARLY ? natural : USUAL;
    this.#to(factor, { x: width / 2, y: height / 2 });
  }

  /** @param {number} by a factor @param {Point} around what stays where it is, client coordinates */
  pinch(by, around) {
    const { left, top } = this.#stage.getBoundingClientRect();
    this.#to(this.#view.factor * by, { x: around.x - left, y: around.y - top });
  }

  /** Moves it. @param {Point} by page pixels @returns {Point} what it could not move any further */
  pan(by) {
    const before = this.#view;
    if (!this.isIn) return by;
    this.#show({ ...before, x: before.x - by.x, y: before.y - by.y });
    return { x: by.x - (before.x - this.#view.x), y: by.y - (before.y - this.#view.y) };
  }

  /** The place or the picture may have another shape. */
  refresh() {
    this.#show(this.#view);
  }

  /** @param {number} wanted @param {Point} around */
  #to(wanted, around) {
    const { factor: before, x, y } = this.#view;
    const factor = Math.min(MOST, Math.max(1, wanted));
    const by = factor / before;
    this.#show({ factor, x: around.x - (around.x - x) * by, y: around.y - (around.y - y) * by });
    if (factor !== before) this.onChange();
  }

  /** @param {import("live/geometry.js").View} view */
  #show(view) {
    const { width, height } = this.#stage.getBoundingClientRect();
    this.#view = inPlace(view, { width, height }, this.#canvas);
    const { factor, x, y } = this.#view;
    this.#canvas.style.transform = this.isIn ? `translate(${x}px, ${y}px) scale(${factor})` : "";
  }
}
