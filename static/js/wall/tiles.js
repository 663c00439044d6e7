/**
 * Live tiles: what is on the screen is watched, all through the wall's one socket, and nothing else is. A picture that comes
 * while an older one is being decoded replaces it; what was painted is acknowledged, so that a slow page is sent less.
 *
 * @typedef {import("live/protocol.js").Frame} Frame
 */

import { Decoder } from "live/decoder.js";
import { parseFrame } from "live/protocol.js";
import { find, say } from "ui/dom.js";

/** Around the window, pixels: what is about to be seen is watched already. */
const MARGIN = "150px 0px";
/** A scroll passes many tiles; only those that stay are asked for, milliseconds. */
const SETTLE_MS = 200;
/** Acknowledgements are gathered this long, milliseconds. */
const GATHER_MS = 100;
/** As the server has it: the most tiles of one wall. */
const MOST = 120;
const STREAM_BYTES = 4;
/** What a tile says of its state, where that is not plain to see. @type {Record<string, string>} */
const WORDS = { connecting: "connecting…", stalled: "no answer", reconnecting: "reconnecting…", ended: "ended", live: "live", idle: "idle" };

export class Tiles {
  #send;
  #observer;
  /** Tiles on the screen, by computer. @type {Map<string, HTMLElement>} */
  #onScreen = new Map();
  /** @type {Map<number, string>} */
  #streams = new Map();
  /** @type {Map<string, Decoder>} */
  #decoders = new Map();
  /** @type {Map<number, number>} */
  #painted = new Map();
  /** @type {WeakSet<Element>} */
  #known = new WeakSet();
  #asking = 0;
  #acknowledging = 0;
  #asked = "";

  /** @param {(message: object) => boolean} send */
  constructor(send) {
    this.#send = send;
    this.#observer = new IntersectionObserver((entries) => this.#crossed(entries), { rootMargin: MARGIN });
    document.addEventListener("visibilitychange", () => this.#askSoon());
    this.look();
  }

  /** Tiles may have come or gone. */
  look() {
    for (const tile of document.querySelectorAll("[data-tile]")) {
      if (this.#known.has(tile)) continue;
      this.#known.add(tile);
      this.#observer.observe(tile);
    }
    for (const [id, tile] of this.#onScreen) if (!tile.isConnected) this.#leave(id, tile);
  }

  /** The socket is open: it knows of nothing yet. */
  opened() {
    this.#streams.clear();
    this.#painted.clear();
    this.#asked = "";
    this.#ask();
  }

  /** @param {Record<string, string>} streams */
  setStreams(streams) {
    this.#streams = new Map(Object.entries(streams).map(([stream, id]) => [Number(stream), id]));
  }

  /** @param {{computer: string, state: string, reason: string}} news */
  setState({ computer, state, reason }) {
    const tile = this.#tile(computer);
    if (!tile) return;
    tile.dataset.state = state;
    tile.title = reason;
    say(find("[data-tile-word]", tile), WORDS[state] ?? state);
  }

  /** @param {ArrayBuffer} data */
  heard(data) {
    if (data.byteLength <= STREAM_BYTES) return;
    const stream = new DataView(data).getUint32(0, true);
    const frame = parseFrame(data, STREAM_BYTES);
    const id = this.#streams.get(stream);
    if (!frame) return;
    if (id === undefined || !this.#onScreen.has(id)) return this.#acknowledge(stream, frame);
    let decoder = this.#decoders.get(id);
    if (!decoder) {
      const done = (/** @type {Frame & {stream?: number}} */ shown) => this.#acknowledge(shown.stream ?? 0, shown);
      decoder = new Decoder((bitmap, shown) => (this.#paint(id, bitmap), done(shown)), done);
      this.#decoders.set(id, decoder);
    }
    decoder.push(Object.assign(frame, { stream }));
  }

  /** @param {string} id @param {ImageBitmap} bitmap */
  #paint(id, bitmap) {
    const tile = this.#tile(id);
    const canvas = tile?.querySelector("canvas");
    if (tile && canvas) {
      if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
      canvas.getContext("2d", { alpha: false })?.drawImage(bitmap, 0, 0);
      tile.classList.add("has-picture");
      tile.dispatchEvent(new CustomEvent("tile-painted", { bubbles: true }));
    }
    bitmap.close();
  }

  /** @param {number} stream @param {Frame} frame */
  #acknowledge(stream, { seq }) {
    this.#painted.set(stream, seq);
    this.#acknowledging ||= setTimeout(() => {
      this.#acknowledging = 0;
      this.#send({ type: "seen", frames: [...this.#painted].slice(0, MOST) });
      this.#painted.clear();
    }, GATHER_MS);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #crossed(entries) {
    for (const { target, isIntersecting } of entries) {
      const tile = /** @type {HTMLElement} */ (target);
      const id = tile.dataset.tile ?? "";
      if (isIntersecting) this.#onScreen.set(id, tile);
      else this.#leave(id, tile);
    }
    this.#askSoon();
  }

  /** @param {string} id @param {HTMLElement} tile */
  #leave(id, tile) {
    if (this.#onScreen.get(id) !== tile) return;
    this.#onScreen.delete(id);
    this.#decoders.delete(id);
    this.#askSoon();
  }

  #askSoon() {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => this.#ask(), SETTLE_MS);
  }

  #ask() {
    const computers = document.hidden ? [] : [...this.#onScreen.keys()].slice(0, MOST);
    const asked = computers.join(" ");
    if (asked !== this.#asked && this.#send({ type: "watch", computers })) this.#asked = asked;
  }

  /** @param {string} id @returns {HTMLElement | null} */
  #tile(id) {
    return document.querySelector(`[data-tile="${CSS.escape(id)}"]`);
  }
}
