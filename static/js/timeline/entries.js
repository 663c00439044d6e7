/** A window on the timeline: the entries the page shows, in order, never more than `MOST`. */

import { find } from "ui/dom.js";
import { show } from "ui/times.js";

/** Entries on the page at once; one more than that, and the one farthest from what is read leaves. */
const MOST = 300;
/** This close to its end the list follows what is new, pixels. */
const NEAR_END = 40;

export class Entries {
  #list;
  #place;
  /** Whether the newest stays in view. */
  following = true;

  /** @param {HTMLElement} list the element that scrolls @param {() => void} onEnd called when it is scrolled to its end */
  constructor(list, onEnd) {
    this.#list = list;
    this.#place = find("[data-timeline-entries]", list);
    list.addEventListener("scroll", () => {
      const was = this.following;
      this.following = this.#isAtEnd();
      if (this.following && !was) onEnd();
    });
    // A hidden list cannot scroll: it does so once it is shown, and again whenever its size changes.
    new ResizeObserver(() => this.following && this.toEnd()).observe(list);
  }

  /** How many are shown. */
  get count() {
    return this.#place.childElementCount;
  }

  /** The number of the oldest one shown, 0 if there is none. */
  get first() {
    return numberOf(this.#place.firstElementChild);
  }

  clear() {
    this.#place.replaceChildren();
    this.following = true;
  }

  /** Adds newer entries. @param {HTMLElement[]} entries */
  append(entries) {
    this.#place.append(...entries.map(ticking));
    for (let surplus = this.count - MOST; surplus > 0; surplus -= 1) this.#place.firstElementChild?.remove();
    if (this.following) this.toEnd();
  }

  /**
   * Adds older entries above, without moving what is read.
   * @param {HTMLElement[]} entries
   * @returns {number} the number of the newest one still shown, if some had to leave; else 0
   */
  prepend(entries) {
    const { scrollHeight, scrollTop } = this.#list;
    this.following = false;
    this.#place.prepend(...entries.map(ticking));
    this.#list.scrollTop = scrollTop + this.#list.scrollHeight - scrollHeight;
    if (this.count <= MOST) return 0;
    while (this.count > MOST) this.#place.lastElementChild?.remove();
    return numberOf(this.#place.lastElementChild);
  }

  toEnd() {
    this.following = true;
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #isAtEnd() {
    return this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < NEAR_END;
  }
}

/** The entries of a fragment. @param {string} html @returns {{page: HTMLElement | null, entries: HTMLElement[]}} */
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const page = template.content.querySelector("[data-entries]");
  const entries = [...template.content.querySelectorAll("[data-number]")];
  return { page: /** @type {HTMLElement | null} */ (page), entries: /** @type {HTMLElement[]} */ (entries) };
}

/** @param {Element | null} entry */
export const numberOf = (entry) => Number(entry?.getAttribute("data-number") ?? 0);

/** @param {HTMLElement} entry */
function ticking(entry) {
  entry.querySelectorAll("time[data-shows]").forEach(show);
  return entry;
}
