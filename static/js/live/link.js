/**
 * The screen socket as a stream of painted frames and messages: receives, decodes, paints, acknowledges, measures, paces.
 *
 * @typedef {import("live/protocol.js").Frame} Frame
 * @typedef {import("live/socket.js").Fate} Fate
 */

import { clientId } from "live/client.js";
import { Decoder } from "live/decoder.js";
import { Flow, wantedPace } from "live/flow.js";
import * as protocol from "live/protocol.js";
import { LiveSocket, socketUrl } from "live/socket.js";

/** The round trip is measured this often. */
const PING_EVERY_MS = 5000;
/** Moves are left out while this much waits to leave: the network is behind, and newer ones will tell all. */
const BACKLOG_LIMIT_BYTES = 16_384;

export class Link {
  flow = new Flow();
  #socket;
  #decoder;
  #driving = false;
  /** The last ping has had no answer yet; another one due by then means that the connection is dead. */
  #unanswered = false;
  /** @type {number | null} */
  #paceSaid = null;
  /** @type {WeakMap<Frame, number>} */
  #receivedAt = new WeakMap();

  /**
   * @param {string} computerId
   * @param {{onBitmap: (bitmap: ImageBitmap, frame: Frame) => void, onMessage: (message: any) => void,
   *   onLost: (fate: Fate) => void, onOpen: () => void}} on
   */
  constructor(computerId, on) {
    const address = () => socketUrl(`/ws/computers/${computerId}/?client=${encodeURIComponent(clientId())}`);
    this.#decoder = new Decoder((bitmap, frame) => this.#painted(bitmap, frame, on.onBitmap), (frame) => this.#acknowledge(frame));
    this.#socket = new LiveSocket(address, {
      onText: (text) => this.#heard(protocol.parseMessage(text), on.onMessage),
      onBinary: (data) => this.#framed(data),
      onOpen: () => {
        this.#paceSaid = null;
        this.#unanswered = false;
        this.#pace();
        this.#ping();
        on.onOpen();
      },
      onLost: on.onLost,
    });
    setInterval(() => this.#ping(), PING_EVERY_MS);
    document.addEventListener("visibilitychange", () => {
      this.#pace();
      if (!document.hidden) this.#socket.tryNow();
    });
  }

  connect() {
    this.#socket.connect();
  }

  get isOpen() {
    return this.#socket.isOpen;
  }

  /** Whether so much waits to leave that a move is better left out. */
  get isBehind() {
    return this.#socket.backlog > BACKLOG_LIMIT_BYTES;
  }

  /** @param {object} message */
  send(message) {
    return this.#socket.send(message);
  }

  /** Tries again at once, here and upstream. */
  tryNow() {
    if (!this.#socket.send(protocol.retry())) this.#socket.tryNow();
  }

  /** @param {boolean} driving a driver gets more frames than a watcher */
  setDriving(driving) {
    this.#driving = driving;
    this.#pace();
  }

  stop() {
    this.#socket.stop();
  }

  #pace() {
    const wanted = wantedPace({ hidden: document.hidden, driving: this.#driving });
    if (wanted !== this.#paceSaid && this.#socket.send(protocol.pace(wanted))) this.#paceSaid = wanted;
  }

  /** A hidden page's timers are throttled, so only a visible one judges by them. */
  #ping() {
    if (this.#unanswered && !document.hidden) {
      this.#unanswered = false;
      this.#socket.drop("Lightdeck does not answer.");
    } else if (this.#socket.send(protocol.ping())) {
      this.#unanswered = !document.hidden;
      this.flow.pinged(performance.now());
    }
  }

  /** @param {any} message @param {(message: any) => void} onMessage */
  #heard(message, onMessage) {
    this.#unanswered = false;
    if (message?.type === "pong") this.flow.ponged(performance.now());
    else if (message?.type === "probe") this.#socket.send(protocol.here());
    else if (message) onMessage(message);
  }

  /** @param {ArrayBuffer} data */
  #framed(data) {
    this.#unanswered = false;
    const frame = protocol.parseFrame(data);
    if (!frame) return;
    this.#receivedAt.set(frame, performance.now());
    this.#decoder.push(frame);
  }

  /** @param {ImageBitmap} bitmap @param {Frame} frame @param {(bitmap: ImageBitmap, frame: Frame) => void} paint */
  #painted(bitmap, frame, paint) {
    paint(bitmap, frame);
    this.#acknowledge(frame);
    const now = performance.now();
    this.flow.painted(now, frame, this.#receivedAt.get(frame) ?? now);
  }

  /** Cumulative: covers every frame before it, those skipped included. @param {Frame} frame */
  #acknowledge(frame) {
    this.#socket.send(protocol.seen(frame.seq));
  }
}
