/**
 * The keyboard, as strokes and text. It listens to a hidden text area, because only an editable element is given
 * compositions, dead keys, paste events and a phone's keyboard. It knows nothing of the protocol.
 *
 * Ctrl+V pastes the local clipboard as text, unless the last thing copied here was copied over there; everything else
 * the browser delivers goes through as the key it is.
 *
 * @typedef {{action: "down"|"up", key: string, code: string, modifiers: number, text?: string, repeat?: boolean}} Stroke
 */

import { HeldKeys } from "input/held.js";
import { isCopy, isPaste, modifiersOf, textOf } from "input/keys.js";

/** Escape twice within this long leaves the screen. */
const LEAVE_WITHIN_MS = 500;
/** A deletion on an empty field is not reported, so the field is never empty. */
const FILLING = "\u200b";
/** What a phone's keyboard edits, as the key that does the same. */
const EDITS = /** @type {Record<string, string>} */ ({
  deleteContentBackward: "Backspace",
  deleteContentForward: "Delete",
  insertLineBreak: "Enter",
  insertParagraph: "Enter",
});

export class Keyboard {
  #area;
  #on;
  #held = new HeldKeys();
  /** The newest copy was made in the remote page: Ctrl+V belongs to it. */
  #copiedThere = false;
  #escapedAt = -Infinity;

  /**
   * @param {HTMLTextAreaElement} area
   * @param {{onKey: (stroke: Stroke) => void, onText: (text: string) => void, onLeave: () => void}} on
   */
  constructor(area, on) {
    this.#area = area;
    this.#on = on;
    area.addEventListener("keydown", (event) => this.#down(event));
    area.addEventListener("keyup", (event) => this.#up(event));
    area.addEventListener("input", (event) => this.#edited(/** @type {InputEvent} */ (event)));
    area.addEventListener("compositionend", (event) => this.#composed(event));
    area.addEventListener("blur", () => this.releaseAll());
    // Whoever leaves this window, or copies something in it, means the local clipboard from then on.
    addEventListener("blur", () => (this.#copiedThere = false));
    document.addEventListener("copy", () => (this.#copiedThere = false));
    this.#refill();
  }

  /** Releases what is held. */
  releaseAll() {
    for (const key of this.#held.releaseAll()) this.#release(key, 0);
  }

  /** Forgets what is held without a word: whoever drives now has released it. */
  forget() {
    this.#held.releaseAll();
  }

  /** Releases modifiers that an event shows to be up; so goes the Control by which Windows announces AltGr. @param {number} modifiers */
  agree(modifiers) {
    for (const key of this.#held.releaseStale(modifiers)) this.#release(key, modifiers);
  }

  /** @param {KeyboardEvent} event */
  #down(event) {
    // While an input method or a dead key composes, the composition's end speaks for all of its keys.
    if (event.isComposing || event.keyCode === 229 || event.key === "Dead") return;
    if (isPaste(event) && !this.#copiedThere) return;
    if (isCopy(event)) this.#copiedThere = true;
    event.preventDefault();
    event.stopPropagation();
    const modifiers = modifiersOf(event);
    this.agree(modifiers);
    const { key, code } = event;
    const repeat = this.#held.press({ key, code });
    const text = textOf(event);
    this.#on.onKey({
      action: "down", key, code, modifiers,
      ...(text === undefined ? {} : { text }), ...(repeat ? { repeat } : {}),
    });
    if (!repeat) this.#countEscapes(key, event.timeStamp);
  }

  /** @param {KeyboardEvent} event */
  #up(event) {
    if (event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    const pressed = this.#held.release(event);
    if (pressed) this.#release(pressed, modifiersOf(event));
    if (event.key === "Meta") for (const key of this.#held.releaseOrdinary()) this.#release(key, modifiersOf(event));
  }

  /** @param {InputEvent} event */
  #edited(event) {
    if (event.isComposing) return;
    const edit = EDITS[event.inputType];
    if (edit) this.#tap(edit);
    else if (event.inputType.startsWith("insert") && event.data) this.#on.onText(event.data);
    this.#refill();
  }

  /** @param {CompositionEvent} event */
  #composed(event) {
    if (event.data) this.#on.onText(event.data);
    // After the event the browser still inserts what was composed.
    setTimeout(() => this.#refill());
  }

  /** @param {string} key @param {number} at */
  #countEscapes(key, at) {
    if (key !== "Escape") this.#escapedAt = -Infinity;
    else if (at - this.#escapedAt <= LEAVE_WITHIN_MS) this.#on.onLeave();
    else this.#escapedAt = at;
  }

  /** @param {string} key */
  #tap(key) {
    this.#on.onKey({ action: "down", key, code: key, modifiers: 0 });
    this.#on.onKey({ action: "up", key, code: key, modifiers: 0 });
  }

  /** @param {{key: string, code: string}} key @param {number} modifiers */
  #release(key, modifiers) {
    this.#on.onKey({ action: "up", ...key, modifiers });
  }

  #refill() {
    this.#area.value = FILLING;
    this.#area.setSelectionRange(FILLING.length, FILLING.length);
  }
}
