/**
 * A websocket that comes back. It knows nothing of what travels on it.
 *
 * @typedef {object} Handlers
 * @property {(text: string) => void} onText
 * @property {(data: ArrayBuffer) => void} [onBinary]
 * @property {() => void} [onOpen]
 * @property {(fate: Fate) => void} [onLost] the connection ended, or could not be made
 *
 * @typedef {object} Fate
 * @property {number} code
 * @property {string} reason the server's sentence, if it gave one
 * @property {number | null} retryIn milliseconds until the next attempt, null: there will be none
 */

import { waitBefore } from "live/backoff.js";

/** After these, coming back by itself would only be refused again. */
const FINAL_CODES = new Set([4001, 4003, 4004, 4005]);
/** A connection that lasted this long was a good one: the next failure starts counting anew. */
const GOOD_AFTER_MS = 5000;

/** The code of a connection that was given up here; RFC 6455 calls it an abnormal closure. */
const NO_ANSWER = 1006;

/** Gives an address of this page's host as a socket address. @param {string} path */
export const socketUrl = (path) => new URL(path, location.href.replace(/^http/, "ws")).href;

export class LiveSocket {
  #address;
  #handlers;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  #timer = 0;
  #openedAt = 0;
  #stopped = false;

  /** @param {() => string} address @param {Handlers} handlers */
  constructor(address, handlers) {
    this.#address = address;
    this.#handlers = handlers;
    // The browser says at once when the network is back; the wait would only cost time.
    addEventListener("online", () => this.tryNow());
    // A network that went away closes nothing by itself: the picture would stay "live" until the server gives up.
    addEventListener("offline", () => this.drop("This device is offline."));
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Bytes handed over and not yet on their way. */
  get backlog() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  connect() {
    clearTimeout(this.#timer);
    this.#stopped = false;
    const socket = new WebSocket(this.#address());
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => {
      this.#openedAt = performance.now();
      this.#handlers.onOpen?.();
    };
    socket.onmessage = ({ data }) =>
      typeof data === "string" ? this.#handlers.onText(data) : this.#handlers.onBinary?.(data);
    socket.onclose = (event) => this.#lost(socket, event);
  }

  /** Skips the wait between two attempts; does nothing while connected. */
  tryNow() {
    const state = this.#socket?.readyState;
    if (this.#stopped || state === WebSocket.OPEN || state === WebSocket.CONNECTING) return;
    this.#attempt = 0;
    this.connect();
  }

  /** Gives up a connection that nothing comes back over; the next attempt follows as after any loss. @param {string} reason */
  drop(reason) {
    const socket = this.#socket;
    if (this.#stopped || !this.isOpen || !socket) return;
    // Closing waits for an answer that will not come, so the loss is told now and the late event is ignored.
    socket.onclose = socket.onmessage = null;
    socket.close();
    this.#lost(socket, { code: NO_ANSWER, reason });
  }

  /** @param {object} message @returns {boolean} whether it was handed over */
  send(message) {
    if (!this.isOpen) return false;
    this.#socket?.send(JSON.stringify(message));
    return true;
  }

  /** Closes for good. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
  }

  /** @param {WebSocket} socket @param {{code: number, reason: string}} event */
  #lost(socket, event) {
    if (socket !== this.#socket) return;
    if (this.#openedAt && performance.now() - this.#openedAt > GOOD_AFTER_MS) this.#attempt = 0;
    this.#openedAt = 0;
    const final = this.#stopped || FINAL_CODES.has(event.code);
    const retryIn = final ? null : waitBefore(this.#attempt++);
    this.#stopped ||= final;
    if (retryIn !== null) this.#timer = setTimeout(() => this.connect(), retryIn);
    this.#handlers.onLost?.({ code: event.code, reason: event.reason, retryIn });
  }
}
