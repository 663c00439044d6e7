/**
 * The computer of a task, live and small beside its steps. While there is no picture, and once the task is over, what the
 * agent saw last stands there instead.
 */

import { rememberClient } from "live/client.js";
import { Display } from "live/display.js";
import { Link } from "live/link.js";
import { find, say } from "ui/dom.js";

export class LiveScreen {
  #root;
  #display;
  #word;
  /** @type {Link | null} */
  #link = null;
  #computer = "";
  #ended = false;

  /** @param {HTMLElement} page */
  constructor(page) {
    this.#root = find("[data-live-screen]", page);
    this.#display = new Display(/** @type {HTMLCanvasElement} */ (find("canvas", this.#root)));
    this.#word = find("[data-live-word]", this.#root);
    this.follow();
  }

  /** Watches the computer that the head names: it may be known late, and with the task's end it is no longer news. */
  follow() {
    const head = find("#task-head");
    const computer = head.hasAttribute("data-over") ? "" : (head.dataset.computer ?? "");
    if (computer === this.#computer) return;
    this.#link?.stop();
    this.#link = null;
    this.#computer = computer;
    this.#ended = false;
    this.#tell("");
    if (computer) this.#watch(computer);
  }

  /** @param {string} computer */
  #watch(computer) {
    const link = new Link(computer, {
      onBitmap: (bitmap, frame) => this.#paint(link, bitmap, frame),
      onMessage: (message) => link === this.#link && this.#heard(message),
      onOpen: () => {},
      onLost: ({ retryIn }) => link === this.#link && !this.#ended && this.#tell(retryIn === null ? "closed" : "reconnecting"),
    });
    this.#link = link;
    this.#tell("connecting");
    link.connect();
  }

  /** @param {Link} link @param {ImageBitmap} bitmap @param {{width: number, height: number}} frame */
  #paint(link, bitmap, frame) {
    if (link !== this.#link) return bitmap.close();
    this.#display.paint(bitmap, frame);
    this.#root.classList.add("has-picture");
  }

  /** @param {any} message */
  #heard(message) {
    if (message.type === "hello" && message.client) rememberClient(message.client);
    if (message.type !== "state") return;
    this.#ended = message.state === "ended";
    this.#tell(message.state);
    if (this.#ended) this.#link?.stop();
  }

  /** @param {string} state as the cockpit's badge says it; empty: nothing is watched */
  #tell(state) {
    this.#root.dataset.state = state;
    say(this.#word, state);
    this.#word.hidden = !state;
    if (!state || state === "ended") this.#root.classList.remove("has-picture");
  }
}
