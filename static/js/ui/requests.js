/** Control between people: asked for, granted, denied, handed over, taken by force. The server decides; this only shows. */

import { find, say } from "ui/dom.js";

/** @typedef {import("live/screen.js").Control} Control @typedef {NonNullable<Control["requests"]>[number]} Request */

export class Requests {
  #root;
  #ask;
  /** @type {HTMLElement | null} */
  #list;
  #you = 0;
  /** @type {{id: number, name: string, may_drive: boolean}[]} */
  #people = [];
  /** @type {Control} */
  #control = { holder: null, you_hold: false, epoch: 0 };
  #timer = 0;

  /**
   * @param {HTMLElement} root
   * @param {(action: "request" | "withdraw" | "grant" | "deny" | "force", about?: {to?: number, reason?: string}) => void} ask
   */
  constructor(root, ask) {
    this.#root = root;
    this.#ask = ask;
    this.#list = root.querySelector("[data-requests]");
    root.querySelector("[data-withdraw]")?.addEventListener("click", () => ask("withdraw"));
    this.#wireReason("#asking", "request");
    this.#wireReason("#forcing", "force");
  }

  /** Who this page's person is. @param {number} you */
  welcome(you) {
    this.#you = you;
    this.#showPeople();
  }

  /** Who looks. @param {{id: number, name: string, may_drive: boolean}[]} people */
  people(people) {
    this.#people = people;
    this.#showPeople();
  }

  /** @param {Control} control */
  show(control) {
    this.#control = control;
    clearTimeout(this.#timer);
    const now = Date.now();
    const standing = (control.requests ?? []).filter(({ expires_at }) => Date.parse(expires_at) > now);
    const others = Boolean(control.holder && !control.holder.you && !control.turn);
    const asked = standing.some(({ you }) => you);
    this.#toggle("[data-request]", others && !asked && this.#root.dataset.mayDrive === "yes");
    this.#toggle("[data-withdraw]", others && asked);
    this.#toggle("[data-force]", others);
    this.#showRequests(control.you_hold ? standing : []);
    this.#showPeople();
    const soonest = Math.min(...standing.map(({ expires_at }) => Date.parse(expires_at)));
    if (Number.isFinite(soonest)) this.#timer = setTimeout(() => this.show(control), soonest - now + 50);
  }

  /** @param {string} selector @param {boolean} shown */
  #toggle(selector, shown) {
    const element = this.#root.querySelector(selector);
    if (element instanceof HTMLElement) element.hidden = !shown;
  }

  /** @param {Request[]} requests */
  #showRequests(requests) {
    const list = this.#list;
    if (!list) return;
    const known = new Set([...list.children].map((line) => /** @type {HTMLElement} */ (line).dataset.user));
    list.replaceChildren(...requests.map((request) => this.#line(request)));
    list.hidden = requests.length === 0;
    const fresh = requests.filter(({ user }) => !known.has(String(user)));
    say(find("[data-requests-aloud]", this.#root), fresh.map(words).join(" "));
  }

  /** @param {Request} request */
  #line(request) {
    const template = /** @type {HTMLTemplateElement} */ (this.#root.querySelector("[data-request-line]"));
    const line = /** @type {HTMLElement} */ (template.content.cloneNode(true)).querySelector("li");
    if (!line) throw new Error("A request has no line.");
    line.dataset.user = String(request.user);
    find("[data-request-words]", line).textContent = words(request);
    for (const [action, name] of /** @type {const} */ ([["grant", "Grant"], ["deny", "Deny"]])) {
      const button = find(`[data-${action}]`, line);
      button.setAttribute("aria-label", `${name} control to ${request.name}`);
      button.addEventListener("click", () => this.#ask(action, { to: request.user }));
    }
    return line;
  }

  /** Those who look and may drive, for whoever drives. */
  #showPeople() {
    const menu = this.#root.querySelector("[data-hand-over]");
    if (!(menu instanceof HTMLElement)) return;
    const others = this.#people.filter(({ id, may_drive }) => may_drive && id !== this.#you);
    menu.hidden = !(this.#control.you_hold && others.length);
    find("[data-hand-over-list]", menu).replaceChildren(...others.map((person) => this.#entry(person)));
  }

  /** @param {{id: number, name: string}} person */
  #entry({ id, name }) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.chooses = "";
    button.textContent = name;
    button.setAttribute("aria-label", `Hand over to ${name}`);
    button.addEventListener("click", () => this.#ask("grant", { to: id }));
    return button;
  }

  /**
   * A dialog of the page that asks for a reason, which the driver is told. Who may not do it has no such dialog.
   * @param {"#asking" | "#forcing"} selector @param {"request" | "force"} action
   */
  #wireReason(selector, action) {
    const dialog = document.querySelector(selector);
    if (!(dialog instanceof HTMLDialogElement)) return;
    const field = /** @type {HTMLInputElement} */ (find("input", dialog));
    this.#root.querySelector(`[data-${action}]`)?.addEventListener("click", () => {
      field.value = "";
      say(find("[data-holder]", dialog), this.#control.holder?.name ?? "Whoever drives");
    });
    find("form", dialog).addEventListener("submit", (event) => {
      event.preventDefault();
      dialog.close();
      this.#ask(action, { reason: field.value.trim() });
    });
  }
}

/** @param {Request} request */
const words = ({ name, reason }) => `${name} asks for control${reason ? `: ${reason}` : "."}`;
