/**
 * Which computers are seen, and in which order (`computers/arranging.py` says the same for the first paint).
 *
 * What changes by itself moves nothing: a row that should stand elsewhere, or fits no longer, waits for its person to ask
 * for the order anew. Only what is new, or fits now, is put at the end.
 */

import { find, findAll, say } from "ui/dom.js";

const FIELDS = ["show", "sort", "q"];
const VIEW_COOKIE = "lightdeck_view";
const A_YEAR_S = 31_536_000;

export class Arrangement {
  #wall;
  #told;
  #wish = { show: "", sort: "", q: "" };
  #checking = 0;

  /** @param {HTMLElement} wall @param {() => void} onArranged */
  constructor(wall, onArranged) {
    this.#wall = wall;
    this.#told = onArranged;
    const address = new URLSearchParams(location.search);
    for (const name of FIELDS) this.#wish[/** @type {"show"} */ (name)] = address.get(name) ?? "";
    wall.addEventListener("submit", (event) => this.#submitted(event));
    wall.addEventListener("input", ({ target }) => this.#typed(target));
    wall.addEventListener("click", ({ target }) => this.#clicked(/** @type {Element} */ (target)));
    wall.addEventListener("keydown", (event) => this.#pressed(event));
    this.refresh();
  }

  get #list() {
    return this.#wall.querySelector("[data-fleet-list]");
  }

  get #rows() {
    return findAll("[data-fleet-list] > li", this.#wall);
  }

  get #pins() {
    return new Set((find("#fleet", this.#wall).dataset.pins ?? "").split(" "));
  }

  /** The page was made anew. */
  refresh() {
    this.#markPins();
    this.#count();
  }

  /** @param {string[]} ids the person's pins, from now on */
  setPins(ids) {
    find("#fleet", this.#wall).dataset.pins = ids.join(" ");
    this.#markPins();
    this.arrange();
  }

  /** A row came, or came anew. @param {HTMLElement} row @param {boolean} isNew */
  heard(row, isNew) {
    const fits = this.#fits(row);
    const wasHidden = !isNew && row.dataset.left === "yes";
    row.hidden = wasHidden || isNew ? !fits : false;
    if (wasHidden && fits) row.parentElement?.append(row);
    delete row.dataset.left;
    this.#markPins(row);
    clearTimeout(this.#checking);
    this.#checking = setTimeout(() => this.#count(), 100);
  }

  /** Puts everything where it belongs. */
  arrange() {
    const rows = this.#ordered();
    const focused = document.activeElement;
    for (const row of rows) row.hidden = !this.#fits(row);
    if (rows.some((row, at) => this.#rows[at] !== row)) this.#list?.append(...rows);
    if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus({ preventScroll: true });
    this.#count();
    this.#told();
  }

  #ordered() {
    const pins = this.#pins;
    /** @param {HTMLElement} row @returns {(number | string)[]} */
    const key = (row) => [Number(!pins.has(row.dataset.id ?? "")), ...placeOf(row, this.#wish.sort)];
    const keys = new Map(this.#rows.map((row) => [row, key(row)]));
    return this.#rows.sort((one, other) => compare(keys.get(one) ?? [], keys.get(other) ?? []));
  }

  /** @param {HTMLElement} row */
  #fits(row) {
    const { show, q } = this.#wish;
    const text = row.dataset.search ?? "";
    return (!show || (row.dataset.is ?? "").split(" ").includes(show)) && q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  }

  /** The chips' counts, and whether the order is not what was asked for any more. */
  #count() {
    const rows = this.#rows;
    for (const place of findAll("[data-count]", this.#wall)) {
      const word = place.dataset.count ?? "";
      say(place, String(word ? rows.filter((row) => (row.dataset.is ?? "").split(" ").includes(word)).length : rows.length));
    }
    const shown = rows.filter((row) => !row.hidden);
    const none = this.#wall.querySelector("[data-none]");
    if (none instanceof HTMLElement) none.hidden = shown.length > 0;
    const wanted = this.#ordered().filter((row) => this.#fits(row));
    const isStale = wanted.length !== shown.length || wanted.some((row, at) => row !== shown[at]);
    const anew = this.#wall.querySelector("[data-arrange-anew]");
    if (!(anew instanceof HTMLElement)) return;
    anew.classList.toggle("is-needed", isStale);
    say(find("[data-arrange-word]", anew), isStale ? "Arrange anew" : "");
    anew.toggleAttribute("disabled", !isStale);
  }

  /** @param {ParentNode} [within] */
  #markPins(within = this.#wall) {
    const pins = this.#pins;
    for (const button of findAll("[data-pin]", within)) {
      const row = button.closest("li");
      const isPinned = pins.has(row?.dataset.id ?? "");
      button.setAttribute("aria-pressed", String(isPinned));
      row?.classList.toggle("is-pinned", isPinned);
    }
  }

  /** @param {Partial<{show: string, sort: string, q: string}>} change */
  #wishFor(change) {
    Object.assign(this.#wish, change);
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(this.#wish)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(history.state, "", address);
    for (const chip of findAll("button[name=show]", this.#wall)) {
      chip.setAttribute("aria-pressed", String(/** @type {HTMLButtonElement} */ (chip).value === this.#wish.show));
    }
    this.arrange();
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    if (!(event.target instanceof HTMLFormElement) || !event.target.matches("[data-arrange]")) return;
    event.preventDefault();
    if (event.submitter instanceof HTMLButtonElement) this.#wishFor({ show: event.submitter.value });
  }

  /** @param {EventTarget | null} target */
  #typed(target) {
    if (target instanceof HTMLInputElement && target.name === "q") this.#wishFor({ q: target.value.trim() });
    if (target instanceof HTMLSelectElement && target.name === "sort") this.#wishFor({ sort: target.value });
  }

  /** @param {Element} target */
  #clicked(target) {
    const view = target.closest("[data-view-button]");
    if (view instanceof HTMLElement) this.#showAs(view.dataset.viewButton ?? "tiles");
    if (target.closest("[data-arrange-anew]")) this.arrange();
    if (target.closest("[data-show-all]")) {
      const field = /** @type {HTMLInputElement} */ (find("input[name=q]", this.#wall));
      field.value = "";
      this.#wishFor({ show: "", q: "" });
      field.focus();
    }
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || field.name !== "q") return;
    if (event.key === "Escape" && field.value) {
      event.preventDefault();
      field.value = "";
      this.#wishFor({ q: "" });
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      this.#rows.find((row) => !row.hidden)?.querySelector("a")?.focus();
    }
  }

  /** @param {string} view */
  #showAs(view) {
    find("#fleet", this.#wall).dataset.view = view;
    document.cookie = `${VIEW_COOKIE}=${view}; path=/; max-age=${A_YEAR_S}; SameSite=Lax`;
    for (const button of findAll("[data-view-button]", this.#wall)) {
      button.setAttribute("aria-pressed", String(button.dataset.viewButton === view));
    }
    this.#told();
  }
}

/** @param {HTMLElement} row @param {string} sort @returns {(number | string)[]} */
function placeOf({ dataset }, sort) {
  const isGone = Number(dataset.is === "gone");
  const newest = -Number(dataset.started);
  const name = dataset.search ?? "";
  if (sort === "name") return [isGone, name, newest];
  if (sort === "newest") return [isGone, newest];
  if (sort === "left") return [isGone, Number(dataset.ends || Infinity), newest];
  return [Number(dataset.rank), Number(dataset.since || Infinity), newest];
}

/** @param {(number | string)[]} one @param {(number | string)[]} other */
function compare(one, other) {
  for (const [at, value] of one.entries()) {
    if (value < other[at]) return -1;
    if (value > other[at]) return 1;
  }
  return 0;
}
