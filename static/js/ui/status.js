/** The state badge, its sentence, and the figures of the stream. */

import { find, say } from "ui/dom.js";
import { STATES, known } from "ui/states.js";

const TICK_MS = 500;

export class Status {
  #root;
  #flow;
  #name;
  /** @type {import("ui/states.js").State} */
  #state = "connecting";
  #reason = "";
  #since = performance.now();
  #at = Date.now();
  /** @type {number | null} */
  #retryAt = null;

  /** @param {HTMLElement} root @param {import("live/flow.js").Flow} flow @param {string} name the computer's */
  constructor(root, flow, name) {
    this.#root = root;
    this.#flow = flow;
    this.#name = name;
    setInterval(() => this.#tick(), TICK_MS);
    this.#show();
  }

  get state() {
    return this.#state;
  }

  /**
   * @param {string} word @param {string} [reason] @param {number | null} [retryInMs]
   * @param {number} [at] when it began, if not now
   */
  set(word, reason = "", retryInMs = null, at = Date.now()) {
    const state = known(word);
    if (state !== this.#state) {
      this.#since = performance.now();
      this.#at = at;
    }
    this.#state = state;
    this.#reason = reason;
    this.#retryAt = retryInMs === null ? null : performance.now() + retryInMs;
    this.#show();
  }

  #show() {
    const { icon, trouble, tryNow } = STATES[this.#state];
    this.#root.dataset.state = this.#state;
    this.#root.classList.toggle("is-troubled", trouble);
    say(find("[data-badge-word]", this.#root), this.#state);
    const use = find("[data-badge] use", this.#root);
    use.setAttribute("href", `${use.getAttribute("href")?.split("#")[0]}#${icon}`);
    find("[data-trouble]", this.#root).hidden = !trouble;
    find("[data-try-now]", this.#root).hidden = !tryNow;
    find("[data-reload]", this.#root).hidden = this.#state !== "closed";
    find("[data-open-another]", this.#root).hidden = this.#state !== "ended";
    this.#tick();
  }

  #tick() {
    const now = performance.now();
    const { sentence, trouble } = STATES[this.#state];
    const words = sentence({
      name: this.#name,
      reason: this.#reason,
      // What idles has not changed since its picture was taken, however late this page came to see it.
      forMs: this.#state === "idle" ? (this.#flow.age(now) ?? now - this.#since) : now - this.#since,
      at: this.#at,
      roundTrip: this.#flow.roundTrip,
      retryInMs: this.#retryAt === null ? null : Math.max(0, this.#retryAt - now),
    });
    say(find("[data-trouble-sentence]", this.#root), trouble ? words : "");
    say(find("[data-quiet-sentence]", this.#root), trouble ? "" : words);
    this.#figures(now);
  }

  /** @param {number} now */
  #figures(now) {
    const age = this.#flow.age(now);
    say(find("[data-rate]", this.#root), `${Math.round(this.#flow.rate(now))}/s`);
    say(find("[data-round-trip]", this.#root), this.#flow.roundTrip === null ? "– ms" : `${Math.round(this.#flow.roundTrip)} ms`);
    say(find("[data-age]", this.#root), age === null ? "no frame yet" : `${inSeconds(age)} old`);
  }
}

/** @param {number} ms */
const inSeconds = (ms) => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.floor(ms / 60_000)} min`);
