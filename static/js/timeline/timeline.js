/**
 * The timeline beside the screen: the newest entries, older ones on demand, new ones as they happen.
 *
 * Numbers have no gaps, so the page knows what it lacks: `#shown` is the newest number it has dealt with, `#newest` the
 * newest it has heard of. What lies between is fetched, or waits for the reader to come back to the end.
 */

import { Entries, numberOf, parse } from "timeline/entries.js";
import { find, findAll, say } from "ui/dom.js";

const FAILED = "The timeline could not be read.";
/** After a failure it is tried again this much later. */
const AGAIN_MS = 3000;
/** After a computer ended, its last entries are looked for this much later. */
const LATER_MS = [500, 3000];

export class Timeline {
  #address;
  #entries;
  #form;
  #earlier;
  #new;
  #empty;
  #trouble;
  #shown = 0;
  #newest = 0;
  /** New entries that the reader has not seen. */
  #unseen = 0;
  /** Reading goes one after the other; a change of the filter makes an answer under way worthless. */
  #reading = Promise.resolve();
  #round = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#address = root.dataset.address ?? "";
    this.#form = /** @type {HTMLFormElement} */ (find("[data-timeline-filter]", root));
    this.#earlier = /** @type {HTMLButtonElement} */ (find("[data-timeline-earlier]", root));
    this.#new = find("[data-timeline-new]", root);
    this.#empty = find("[data-timeline-empty]", root);
    this.#trouble = find("[data-timeline-trouble]", root);
    this.#entries = new Entries(find("[data-timeline-list]", root), () => this.#catchUp());
    this.#earlier.addEventListener("click", () => this.#readEarlier());
    this.#new.addEventListener("click", () => this.#toNewest());
    this.#form.addEventListener("change", () => this.#readNewest());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#readNewest();
  }

  /** A message of the socket. @param {{first: number, last: number, html: string}} news */
  heard({ first, last, html }) {
    if (last <= this.#newest) return;
    const known = this.#newest;
    const gapless = first <= known + 1 && html !== "";
    this.#newest = last;
    const fresh = gapless ? parse(html).entries.filter((entry) => numberOf(entry) > known) : [];
    fresh.forEach((entry) => this.#meet(entry));
    const wanted = fresh.filter((entry) => this.#wants(entry));
    if (!this.#entries.following) {
      // What is read stays where it is; the rest waits.
      this.#unseen += gapless ? wanted.length : last - known;
      this.#tellUnseen();
    } else if (gapless && known === this.#shown) {
      this.#shown = last;
      this.#append(wanted);
    } else this.#catchUp();
  }

  /** The computer ended, and its socket with it: what is still written about that is fetched. */
  ended() {
    for (const wait of LATER_MS) setTimeout(() => {
      this.#newest += 1;
      if (this.#entries.following) this.#catchUp();
    }, wait);
  }

  /** Everything since the newest entry shown. */
  #catchUp() {
    if (this.#newest > this.#shown) this.#read(() => `after=${this.#shown}`, (page, entries) => {
      if (page.dataset.complete === "no") return void this.#readNewest();
      this.#dealtWith(page);
      entries.forEach((entry) => this.#meet(entry));
      this.#append(entries);
      this.#forgetUnseen();
    });
  }

  #readNewest() {
    this.#round += 1;
    this.#read(() => "", (page, entries) => {
      this.#entries.clear();
      this.#dealtWith(page);
      for (const { value, text } of page.querySelectorAll("option")) this.#offer(value, text);
      this.#append(entries);
      this.#entries.toEnd();
      this.#earlier.hidden = page.dataset.earlier !== "yes";
      this.#forgetUnseen();
    });
  }

  #readEarlier() {
    this.#earlier.disabled = true;
    this.#read(() => `before=${this.#entries.first}`, (page, entries) => {
      const newest = this.#entries.prepend(entries);
      if (newest) this.#shown = newest;
      this.#earlier.hidden = page.dataset.earlier !== "yes";
      this.#tellUnseen();
    }).finally(() => (this.#earlier.disabled = false));
  }

  #toNewest() {
    this.#entries.toEnd();
    this.#catchUp();
    this.#forgetUnseen();
  }

  /** @param {HTMLElement} page */
  #dealtWith(page) {
    this.#shown = this.#newest = Number(page.dataset.last);
  }

  /** @param {HTMLElement[]} entries */
  #append(entries) {
    this.#entries.append(entries);
    this.#empty.hidden = this.#entries.count > 0;
    if (!this.#earlier.hidden || this.#entries.first <= 1 || this.#filtered) return;
    // Those that left at the top can be read again.
    this.#earlier.hidden = false;
  }

  /**
   * Reads a fragment, after those asked for before.
   * @param {() => string} question @param {(page: HTMLElement, entries: HTMLElement[]) => void} use
   */
  #read(question, use) {
    const round = this.#round;
    this.#reading = this.#reading.catch(() => {}).then(async () => {
      if (round !== this.#round) return;
      const { page, entries } = await this.#answer(question());
      if (round !== this.#round) return;
      this.#trouble.hidden = page !== null;
      if (page) use(page, entries);
      else {
        say(this.#trouble, FAILED);
        setTimeout(() => round === this.#round && (this.#shown ? this.#catchUp() : this.#readNewest()), AGAIN_MS);
      }
    });
    return this.#reading;
  }

  /** @param {string} question */
  async #answer(question) {
    const fields = new URLSearchParams(/** @type {any} */ (new FormData(this.#form)));
    for (const [name, value] of [...fields]) if (!value) fields.delete(name);
    for (const [name, value] of new URLSearchParams(question)) fields.set(name, value);
    try {
      const answer = await fetch(`${this.#address}?${fields}`, { headers: { "HX-Request": "true" } });
      return answer.ok ? parse(await answer.text()) : parse("");
    } catch {
      return parse("");
    }
  }

  get #filtered() {
    return [...new FormData(this.#form).values()].some(Boolean);
  }

  /** Whether the filter shows it. @param {HTMLElement} entry */
  #wants({ dataset }) {
    const fields = new FormData(this.#form);
    const kind = fields.get("kind");
    const by = fields.get("by");
    return (!kind || kind === dataset.kind) && (!by || by === dataset.by) && (!fields.has("errors") || "trouble" in dataset);
  }

  /** Somebody new can be asked for. @param {HTMLElement} entry */
  #meet({ dataset }) {
    if (dataset.by && dataset.by !== "0") this.#offer(dataset.by, dataset.name ?? "");
  }

  /** @param {string} value @param {string} name */
  #offer(value, name) {
    const people = /** @type {HTMLSelectElement} */ (this.#form.elements.namedItem("by"));
    if (![...people.options].some((option) => option.value === value)) people.add(new Option(name, value));
  }

  #forgetUnseen() {
    this.#unseen = 0;
    this.#tellUnseen();
  }

  #tellUnseen() {
    const behind = this.#newest > this.#shown && !this.#filtered;
    this.#new.hidden = this.#entries.following || !(this.#unseen || behind);
    say(this.#new, this.#unseen ? `${this.#unseen} new` : "Newest");
  }
}

/** The timeline of the page. @param {ParentNode} page */
export const wireTimeline = (page) => findAll("[data-timeline]", page).map((root) => new Timeline(root))[0];
