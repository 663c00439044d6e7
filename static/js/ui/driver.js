/** Who drives: the frame's colour, the words under it, the buttons, and the people who watch. */

import { find, say } from "ui/dom.js";

/** What somebody does while control changes hands between a person and an agent. */
const TURNS = /** @type {Record<string, string>} */ ({ taking_over: "is taking over", handing_back: "is handing back" });
/** Those that ask for control or give it back, and the one of them that is shown. */
const BUTTONS = "[data-take], [data-release], [data-request], [data-withdraw], [data-force]";
const SHOWN = BUTTONS.replaceAll("]", "]:not([hidden])");
/** How long a hint stays, milliseconds. */
const HINT_MS = 5000;

export class Driver {
  #root;
  #holder = "";
  #turn = "";
  #hintTimer = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    find("[data-frame]", root).addEventListener("animationend", ({ currentTarget }) =>
      /** @type {Element} */ (currentTarget).classList.remove("is-flashing"),
    );
  }

  /** @param {import("live/screen.js").Control} control */
  show({ holder, you_hold, turn }) {
    this.#turn = turn ? `${turn.name} ${TURNS[turn.state] ?? "changes who drives"}…` : "";
    this.#holder = holder?.you ? "You" : (holder?.name ?? "");
    this.#root.dataset.driver = you_hold ? "you" : holder ? "other" : "nobody";
    say(find("[data-driver]", this.#root), this.#sentence(you_hold));
    const hadFocus = document.activeElement?.matches(BUTTONS);
    const [take, release] = [find("[data-take]", this.#root), find("[data-release]", this.#root)];
    // Whoever is not free to take is asked: `Requests` shows how.
    take.hidden = you_hold || (holder !== null && !holder.you) || this.#root.dataset.mayDrive !== "yes";
    release.hidden = !you_hold;
    if (hadFocus) /** @type {HTMLElement | null} */ (this.#root.querySelector(SHOWN))?.focus();
    if (you_hold) this.#hide();
  }

  /** Nobody drives what has ended. */
  end() {
    this.#holder = "";
    this.#root.dataset.driver = "nobody";
    say(find("[data-driver]", this.#root), "Ended; nobody drives");
    for (const button of this.#root.querySelectorAll(BUTTONS)) /** @type {HTMLElement} */ (button).hidden = true;
  }

  /** Control can be asked for only while somebody listens: a click that nobody hears would be lost. @param {boolean} ready */
  setReady(ready) {
    for (const button of this.#root.querySelectorAll(BUTTONS)) /** @type {HTMLButtonElement} */ (button).disabled = !ready;
  }

  /** @param {string[]} names */
  showViewers(names) {
    const text = names.length ? names.join(", ") : "only you";
    for (const place of this.#root.querySelectorAll("[data-viewers]")) say(/** @type {HTMLElement} */ (place), text);
    say(find("[data-viewer-count]", this.#root), String(names.length || 1));
  }

  /** Somebody typed or clicked without driving: the frame flashes and says why nothing happened. */
  refuse() {
    find("[data-frame]", this.#root).classList.add("is-flashing");
    const mayDrive = this.#root.dataset.mayDrive === "yes";
    const agent = !this.#holder && this.#root.querySelector('[data-agent="running"]');
    const who = agent ? "an agent is at work" : this.#holder ? this.#drives : "nobody drives";
    const way = agent ? "take over" : this.#holder && this.#holder !== "You" ? "request control" : "take control";
    this.hint(mayDrive ? `You are only watching: ${who}; ${way} to type and click.` : "Your role lets you watch, not drive.");
  }

  /** @param {string} sentence empty: what was said is over */
  hint(sentence) {
    if (!sentence) return this.#hide();
    const place = find("[data-hint]", this.#root);
    say(place, sentence);
    place.classList.add("is-shown");
    clearTimeout(this.#hintTimer);
    this.#hintTimer = setTimeout(() => this.#hide(), HINT_MS);
  }

  #hide() {
    find("[data-hint]", this.#root).classList.remove("is-shown");
  }

  get #drives() {
    return this.#holder === "You" ? "you drive in another tab" : `${this.#holder} drives`;
  }

  /** @param {boolean} youHold */
  #sentence(youHold) {
    if (youHold) return "You are driving";
    if (this.#turn) return this.#turn;
    return this.#holder ? `Watching; ${this.#drives}` : "Watching; nobody drives";
  }
}
