/**
 * The steps of a task, newest on top. Numbers have no gaps, so the page knows what it lacks; what is being read does not
 * move when something new arrives above it.
 */

import { process } from "ui/htmx.js";
import { find, say } from "ui/dom.js";
import { show } from "ui/times.js";

/** Steps on the page at once; the oldest leave, and can be read again. */
const MOST = 400;
/** This close to its top the page follows what is new, pixels. */
const NEAR_TOP = 80;

export class Steps {
  #list;
  #address;
  #new;
  #earlier;
  #empty;
  #unseen = 0;

  /** @param {HTMLElement} page */
  constructor(page) {
    this.#list = find("#steps", page);
    this.#address = page.dataset.steps ?? "";
    this.#new = find("[data-steps-new]", page);
    this.#earlier = /** @type {HTMLButtonElement} */ (find("[data-steps-earlier]", page));
    this.#empty = find("[data-steps-empty]", page);
    this.last = Number(this.#list.dataset.last);
    this.#new.addEventListener("click", () => this.#list.firstElementChild?.scrollIntoView({ block: "center" }));
    this.#earlier.addEventListener("click", () => this.#readEarlier());
    addEventListener("scroll", () => this.#tellUnseen(), { passive: true });
    this.#empty.hidden = this.#list.childElementCount > 0;
  }

  /** A message of the socket. @param {{first: number, last: number, html: string, complete: boolean}} news */
  heard({ first, last, html, complete }) {
    if (last <= this.last) return;
    if (!complete || first > this.last + 1) return void this.#readNewest();
    const fresh = parse(html).filter((step) => numberOf(step) > this.last);
    this.last = last;
    this.#keepPlace(() => this.#list.prepend(...fresh.map(ready)));
    for (let surplus = this.#list.childElementCount - MOST; surplus > 0; surplus -= 1) {
      this.#list.lastElementChild?.remove();
      this.#earlier.hidden = false;
    }
    this.#empty.hidden = true;
    this.#unseen += fresh.length;
    this.#tellUnseen();
    this.picture();
  }

  /** The newest picture beside the steps. */
  picture() {
    const newest = this.#list.querySelector(".step-picture img");
    const large = document.querySelector("[data-newest-picture]");
    const source = newest?.getAttribute("src");
    if (!(large instanceof HTMLImageElement) || !source || large.getAttribute("src") === source) return;
    large.src = source;
    large.hidden = false;
  }

  async #readNewest() {
    const { list, steps } = await this.#answer("");
    if (!list) return;
    this.last = Number(list.dataset.last);
    this.#list.replaceChildren(...steps.map(ready));
    this.#earlier.hidden = list.dataset.earlier !== "yes";
    this.#empty.hidden = steps.length > 0;
  }

  async #readEarlier() {
    this.#earlier.disabled = true;
    const { list, steps } = await this.#answer(`?before=${numberOf(this.#list.lastElementChild)}`);
    this.#earlier.disabled = false;
    if (!list) return;
    this.#list.append(...steps.map(ready));
    this.#earlier.hidden = list.dataset.earlier !== "yes";
  }

  /** @param {string} question */
  async #answer(question) {
    try {
      const answer = await fetch(this.#address + question, { headers: { "HX-Request": "true" } });
      const template = document.createElement("template");
      template.innerHTML = answer.ok ? await answer.text() : "";
      const list = /** @type {HTMLElement | null} */ (template.content.querySelector("ol"));
      return { list, steps: /** @type {HTMLElement[]} */ ([...(list?.children ?? [])]) };
    } catch {
      return { list: null, steps: [] };
    }
  }

  /** What is read stays where it is, unless the reader is at the top. @param {() => void} change */
  #keepPlace(change) {
    const top = this.#list.getBoundingClientRect().top;
    const height = this.#list.offsetHeight;
    change();
    if (top < -NEAR_TOP) scrollBy(0, this.#list.offsetHeight - height);
  }

  #tellUnseen() {
    const above = this.#list.getBoundingClientRect().top < -NEAR_TOP;
    if (!above) this.#unseen = 0;
    this.#new.hidden = !this.#unseen;
    say(this.#new, `${this.#unseen} new`);
  }
}

/** @param {string} html */
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return /** @type {HTMLElement[]} */ ([...template.content.children]);
}

/** @param {Element | null} step */
const numberOf = (step) => Number(step?.getAttribute("data-number") ?? 0);

/** @param {HTMLElement} step */
function ready(step) {
  step.querySelectorAll("time[data-shows]").forEach(show);
  process(step);
  return step;
}
