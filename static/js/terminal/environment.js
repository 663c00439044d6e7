/** Rows of names and values that commands run with. They live in these fields and nowhere else. */

import { find, findAll } from "ui/dom.js";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export class Environment {
  #rows;
  #template;

  /** @param {HTMLElement} region */
  constructor(region) {
    this.#rows = find("[data-rows]", region);
    this.#template = /** @type {HTMLTemplateElement} */ (find("[data-row-template]", region));
    find("[data-add-row]", region).addEventListener("click", () => this.#add().focus());
    this.#rows.addEventListener("click", ({ target }) => {
      const remove = /** @type {Element} */ (target).closest("[data-remove-row]");
      if (!remove) return;
      remove.closest("[data-row]")?.remove();
      find("[data-add-row]", region).focus();
    });
  }

  /** @returns {{values: Record<string, string>} | {wrong: HTMLInputElement}} a field with a wrong name, if there is one */
  read() {
    /** @type {Record<string, string>} */
    const values = {};
    for (const row of findAll("[data-row]", this.#rows)) {
      const name = /** @type {HTMLInputElement} */ (find("[data-name]", row));
      const value = /** @type {HTMLInputElement} */ (find("[data-value]", row)).value;
      const wrong = name.value === "" ? value !== "" : !NAME.test(name.value);
      name.setAttribute("aria-invalid", String(wrong));
      if (wrong) return { wrong: name };
      if (name.value) values[name.value] = value;
    }
    return { values };
  }

  /** The names that are filled in; never the values. */
  names() {
    const fields = /** @type {HTMLInputElement[]} */ (findAll("[data-name]", this.#rows));
    return fields.map((field) => field.value).filter(Boolean);
  }

  #add() {
    this.#rows.append(this.#template.content.cloneNode(true));
    const row = /** @type {HTMLElement} */ (this.#rows.lastElementChild);
    return find("[data-name]", row);
  }
}
