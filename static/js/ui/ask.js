/**
 * A dialog of the remote page (alert, confirm, prompt, leaving): no picture shows it, and the page waits for its answer.
 *
 * It may open in the middle of a word. What is pressed then was meant for the page, so it answers nothing: the box
 * takes the focus from the screen, its controls wait until the hands have rested, and only Tab leads to them.
 *
 * Each has a number, by which an answer names it: the page may ask the next thing before a press arrives.
 *
 * @typedef {{number: number, view: number, kind: string, message: string, default: string}} Question
 * @typedef {object} Handlers
 * @property {(accept: boolean, typed: string, shown: Question) => void} onAnswer
 * @property {() => boolean} isAtScreen whether what this person types goes to the page that asks
 * @property {() => void} onLeft the focus was in the box, and the box is no more
 */

import { find, say } from "ui/dom.js";

const LEAVING = "Leave this page? What was entered may be lost.";
/** No key was pressed for this long: whoever presses the next one has seen the box. */
const REST_MS = 600;

export class Ask {
  #root;
  #field;
  #controls;
  #aloud;
  #on;
  #resting = 0;
  /** @type {Question | null} */
  #shown = null;

  /** @param {HTMLElement} root @param {HTMLElement} aloud a live region @param {Handlers} on */
  constructor(root, aloud, on) {
    this.#root = root;
    this.#aloud = aloud;
    this.#on = on;
    this.#field = /** @type {HTMLInputElement} */ (find("input", root));
    this.#controls = /** @type {HTMLFieldSetElement} */ (find("fieldset", root));
    find("form", root).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#answer(true, this.#field.value);
    });
    find("[data-ask-cancel]", root).addEventListener("click", () => this.#answer(false, ""));
    root.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** @param {Question | null} question null: the page asks nothing */
  show(question) {
    const isNew = question?.number !== this.#shown?.number;
    const hadFocus = this.#root.contains(document.activeElement);
    this.#shown = question;
    this.#root.hidden = !question;
    if (!question) {
      say(this.#aloud, "");
      if (hadFocus) this.#on.onLeft();
      return;
    }
    const message = question.kind === "beforeunload" ? LEAVING : question.message;
    // What only tells something expects no answer but OK.
    const title = question.kind === "alert" ? "The page says" : "The page asks";
    say(find("[data-ask-title]", this.#root), title);
    say(find("[data-ask-message]", this.#root), message);
    find("[data-ask-cancel]", this.#root).hidden = question.kind === "alert";
    this.#field.hidden = question.kind !== "prompt";
    if (!isNew) return;
    this.#field.value = question.default;
    const isTheirs = hadFocus || this.#on.isAtScreen();
    say(this.#aloud, `${title}: ${message}${isTheirs ? " Press Tab to answer." : ""}`);
    this.#rest();
    if (isTheirs) this.#root.focus();
  }

  /** @param {boolean} accept @param {string} typed */
  #answer(accept, typed) {
    if (this.#shown && !this.#controls.disabled) this.#on.onAnswer(accept, typed, this.#shown);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (this.#controls.disabled) {
      event.preventDefault();
      this.#rest();
    } else if (event.key === "Escape" && event.target !== this.#root) {
      event.preventDefault();
      this.#answer(false, "");
    }
  }

  #rest() {
    this.#controls.disabled = true;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => (this.#controls.disabled = false), REST_MS);
  }
}
