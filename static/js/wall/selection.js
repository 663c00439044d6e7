/** Which computers are chosen: the boxes that are checked, and the bar that acts on them. */

import { find, findAll, isTyping, say } from "ui/dom.js";

const BOX = "input[name=computers]";

export class Selection {
  #bar;
  #list;
  #told;

  /** @param {HTMLElement} wall @param {() => void} [onChange] */
  constructor(wall, onChange = () => {}) {
    this.#bar = find("[data-bulk]", wall);
    this.#list = wall;
    this.#told = onChange;
    wall.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement && target.matches(BOX)) this.tell();
    });
    find("[data-clear-selection]", wall).addEventListener("click", () => this.clear());
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.tell();
  }

  get size() {
    return this.#boxes(":checked").length;
  }

  get chosen() {
    return this.#boxes(":checked").map((box) => box.value);
  }

  /** Chooses those again, where they are still there: the page was fetched anew. @param {string[]} ids */
  choose(ids) {
    const wanted = new Set(ids);
    for (const box of this.#boxes("")) box.checked = wanted.has(box.value);
    this.tell();
  }

  /** Chooses nothing. */
  clear() {
    const wasInBar = this.#bar.contains(document.activeElement);
    const boxes = this.#boxes(":checked");
    for (const box of boxes) box.checked = false;
    if (wasInBar) boxes[0]?.focus();
    this.tell();
  }

  /** Whatever is not seen is not chosen: nobody acts on what a filter hides. */
  dropHidden() {
    for (const box of this.#boxes(":checked")) if (box.closest("[hidden]")) box.checked = false;
    this.tell();
  }

  /** The rows or their boxes changed. */
  tell() {
    const count = this.size;
    this.#bar.hidden = !count;
    say(find("[data-bulk-count]", this.#bar), `${count} chosen`);
    for (const box of this.#boxes("")) box.closest("li")?.classList.toggle("is-chosen", box.checked);
    this.#told();
  }

  /** @param {string} which @returns {HTMLInputElement[]} */
  #boxes(which) {
    return /** @type {HTMLInputElement[]} */ (findAll(`${BOX}${which}`, this.#list));
  }

  /** Space and x choose the computer on whose name the focus is. @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    // What a dialog does with its keys is the browser's.
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && this.size && !isTyping(event.target)) {
      event.preventDefault();
      this.clear();
    }
    if (event.key !== " " && event.key !== "x") return;
    if (!(event.target instanceof HTMLAnchorElement) || !event.target.matches(".fleet-name a")) return;
    const box = event.target.closest("li")?.querySelector(BOX);
    event.preventDefault();
    if (box instanceof HTMLInputElement) box.click();
  }
}
