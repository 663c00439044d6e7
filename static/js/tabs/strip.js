/**
 * The tab strip: one tab for each page of the computer's browser. It shows what it is told and says what was chosen.
 *
 * @typedef {{id: string, title: string, url: string, main: boolean}} Tab
 * @typedef {object} Handlers
 * @property {(tab: Tab) => void} onChoose
 * @property {(tab: Tab) => void} onClose
 * @property {() => void} onNew
 * @property {() => void} onFollow
 */

import { nameOf, tooltipOf } from "tabs/names.js";
import { find, say } from "ui/dom.js";

export class Strip {
  /** @type {Tab[]} */
  tabs = [];
  #root;
  #list;
  #closers;
  #on;
  #shown = "";
  #mayClose = false;

  /** @param {HTMLElement} root @param {Handlers} on */
  constructor(root, on) {
    this.#root = root;
    this.#on = on;
    this.#list = find("[data-tab-list]", root);
    this.#closers = find("[data-tab-closers]", root);
    this.#mayClose = Boolean(root.querySelector("[data-new-tab]"));
    this.#list.addEventListener("click", ({ target }) => this.#choose(target));
    this.#list.addEventListener("auxclick", (event) => event.button === 1 && this.#close(event.target));
    this.#closers.addEventListener("click", ({ target }) => this.#close(target));
    this.#list.addEventListener("keydown", (event) => this.#pressed(event));
    root.querySelector("[data-new-tab]")?.addEventListener("click", () => on.onNew());
    find("[data-follow-main]", root).addEventListener("click", () => on.onFollow());
  }

  /** @param {Tab[]} tabs @param {number} more how many are not listed */
  show(tabs, more) {
    const focused = this.#focused;
    const at = this.tabs.findIndex(({ id }) => id === focused);
    this.tabs = tabs;
    const known = new Map(Array.from(this.#list.children, (cell) => [/** @type {HTMLElement} */ (cell).dataset.tab, cell]));
    for (const [id, cell] of known) if (!tabs.some((tab) => tab.id === id)) this.#remove(/** @type {HTMLElement} */ (cell));
    tabs.forEach((tab, index) => this.#place(tab, index));
    // Whoever stood on a tab that moved still stands on it; on one that closed, on its neighbour.
    const stands = tabs.some(({ id }) => id === focused) ? focused : tabs[Math.min(at, tabs.length - 1)]?.id;
    if (focused && this.#focused !== stands) this.#cell(stands)?.focus();
    say(find("[data-tab-more]", this.#root), more ? `and ${more} older` : "");
    find("[data-tab-more]", this.#root).hidden = !more;
    this.#mark();
  }

  /** @param {string} id the tab whose picture is shown here @param {boolean} following whether that is whatever the main one is */
  showing(id, following) {
    const changed = id !== this.#shown;
    this.#shown = id;
    find("[data-follow-main]", this.#root).hidden = following;
    this.#mark();
    if (changed) this.#cell(id)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {Tab} tab @param {number} index */
  #place(tab, index) {
    const cell = this.#cell(tab.id) ?? this.#make(tab.id);
    const closer = this.#closer(tab.id);
    const name = nameOf(tab);
    say(find("bdi", cell), name);
    cell.title = tooltipOf(tab);
    cell.classList.toggle("is-main", tab.main);
    if (closer) {
      closer.setAttribute("aria-label", `Close tab ${name}`);
      closer.title = `Close tab ${name}`;
    }
    for (const each of [cell, closer]) if (each) each.style.gridColumn = String(index + 1);
    // Moved only where it is out of its place: an element that moves loses the focus.
    if (this.#list.children[index] !== cell) this.#list.insertBefore(cell, this.#list.children[index] ?? null);
    if (closer && this.#closers.children[index] !== closer) this.#closers.insertBefore(closer, this.#closers.children[index] ?? null);
  }

  /** @param {string} id */
  #make(id) {
    const cell = document.createElement("button");
    cell.type = "button";
    cell.setAttribute("role", "tab");
    cell.setAttribute("aria-controls", "stage");
    cell.className = "tab";
    cell.dataset.tab = id;
    cell.tabIndex = -1;
    cell.append(document.createElement("bdi"));
    this.#list.append(cell);
    if (this.#mayClose) {
      const closer = document.createElement("button");
      closer.type = "button";
      closer.className = "tab-closer";
      closer.dataset.tab = id;
      closer.textContent = "×";
      cell.setAttribute("aria-keyshortcuts", "Delete");
      this.#closers.append(closer);
    }
    return cell;
  }

  /** @param {HTMLElement} cell */
  #remove(cell) {
    this.#closer(cell.dataset.tab)?.remove();
    cell.remove();
  }

  #mark() {
    // Without DevTools the picture has no tab of its own: it is the main one's.
    const main = this.tabs.find((tab) => tab.main)?.id ?? "";
    const shown = this.tabs.some(({ id }) => id === this.#shown) ? this.#shown : main;
    const reachable = this.#focused || shown || this.tabs[0]?.id;
    for (const cell of this.#list.children) {
      if (!(cell instanceof HTMLElement)) continue;
      const mine = cell.dataset.tab === shown;
      cell.setAttribute("aria-selected", String(mine));
      cell.tabIndex = cell.dataset.tab === reachable ? 0 : -1;
      const closer = this.#closer(cell.dataset.tab);
      closer?.classList.toggle("is-shown", mine);
      if (closer) closer.tabIndex = mine ? 0 : -1;
    }
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const at = this.tabs.findIndex(({ id }) => id === this.#focused);
    const last = this.tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at ? at - 1 : last, Home: 0, End: last }[event.key];
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Delete") this.#close(event.target);
    else if (to === undefined) return;
    else this.#cell(this.tabs[to].id)?.focus();
    event.preventDefault();
    this.#mark();
  }

  /** @param {EventTarget | null} target */
  #choose(target) {
    const tab = this.#of(target);
    if (tab) this.#on.onChoose(tab);
  }

  /** @param {EventTarget | null} target */
  #close(target) {
    const tab = this.#of(target);
    if (tab && this.#mayClose) this.#on.onClose(tab);
  }

  /** @param {EventTarget | null} target @returns {Tab | undefined} */
  #of(target) {
    const cell = target instanceof Element ? target.closest("[data-tab]") : null;
    return cell instanceof HTMLElement ? this.tabs.find(({ id }) => id === cell.dataset.tab) : undefined;
  }

  get #focused() {
    const active = document.activeElement;
    return active instanceof HTMLElement && this.#list.contains(active) ? (active.dataset.tab ?? "") : "";
  }

  /** @param {string | undefined} id @returns {HTMLElement | null} */
  #cell(id) {
    return id === undefined ? null : this.#list.querySelector(`[data-tab="${CSS.escape(id)}"]`);
  }

  /** @param {string | undefined} id @returns {HTMLElement | null} */
  #closer(id) {
    return id === undefined ? null : this.#closers.querySelector(`[data-tab="${CSS.escape(id)}"]`);
  }
}
