/**
 * The command line: the box, its prompt, its history, the timeout and the environment.
 *
 * @typedef {{command: string, environment: Record<string, string>, timeout: number}} Wish
 *
 * @typedef {object} Handlers
 * @property {(wish: Wish) => boolean} onRun whether it was sent
 * @property {() => void} onCancel
 * @property {(event: KeyboardEvent) => void} onKey a key that means nothing to the box
 */

import { Environment } from "terminal/environment.js";
import { History } from "terminal/history.js";
import { find, say } from "ui/dom.js";

export class CommandLine {
  #region;
  #on;
  #box;
  #timeout;
  #environment;
  #history = new History();
  #state = "connecting";
  #directory = "/";

  /** @param {HTMLElement} region @param {Handlers} on */
  constructor(region, on) {
    this.#region = region;
    this.#on = on;
    this.#box = /** @type {HTMLInputElement} */ (find("[data-command]", region));
    this.#timeout = /** @type {HTMLInputElement} */ (find("[data-timeout]", region));
    this.#environment = new Environment(region);
    this.directory = find("[data-directory]", region).textContent ?? "/";
    find("form", region).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    find("[data-cancel]", region).addEventListener("click", () => on.onCancel());
    this.#box.addEventListener("keydown", (event) => this.#pressed(event));
    this.#box.addEventListener("input", () => this.complain(""));
    // What the next command will run with is seen without opening its form.
    for (const happening of ["input", "click"]) {
      find("[data-more]", region).addEventListener(happening, () => this.#summarise());
    }
  }

  get directory() {
    return this.#directory;
  }

  set directory(path) {
    this.#directory = path;
    const shown = find("[data-directory]", this.#region);
    say(shown, path);
    shown.title = path;
  }

  focus() {
    this.#box.focus();
  }

  /** @param {{timeout_limit: number}} limits */
  setLimits({ timeout_limit: limit }) {
    this.#timeout.max = String(limit);
  }

  /** @param {"connecting" | "ready" | "running" | "closed"} state */
  setState(state) {
    this.#state = state;
    const run = /** @type {HTMLButtonElement} */ (find("[data-run]", this.#region));
    const cancel = find("[data-cancel]", this.#region);
    const hadFocus = document.activeElement === cancel;
    run.disabled = state !== "ready";
    cancel.hidden = state !== "running";
    if (hadFocus && cancel.hidden) this.focus();
  }

  /** @param {string} sentence empty: nothing is wrong any more */
  complain(sentence) {
    say(find("[data-trouble]", this.#region), sentence);
  }

  /** @param {string} command one that did not run */
  giveBack(command) {
    if (this.#box.value === "") this.#box.value = command;
  }

  #summarise() {
    say(find("[data-timeout-shown]", this.#region), this.#timeout.value);
    const names = this.#environment.names();
    say(find("[data-names-shown]", this.#region), names.join(", ") || "empty");
  }

  #submit() {
    const command = this.#box.value;
    const problem = this.#problem(command);
    if (problem) {
      this.complain(problem);
      return;
    }
    const environment = this.#environment.read();
    if ("wrong" in environment) {
      this.complain("A name is letters, digits and underscores, and begins with no digit.");
      const details = environment.wrong.closest("details");
      if (details) details.open = true;
      environment.wrong.focus();
      return;
    }
    this.complain("");
    if (!this.#on.onRun({ command, environment: environment.values, timeout: this.#timeout.valueAsNumber })) return;
    this.#history.add(command);
    this.#box.value = "";
    this.focus();
  }

  /** @param {string} command */
  #problem(command) {
    if (this.#state === "running") return "A command is running. Wait for it or cancel it.";
    if (this.#state !== "ready") return "The terminal is not connected.";
    if (!command.trim()) return "Type a command first.";
    const { valueAsNumber: seconds, min, max } = this.#timeout;
    const fits = Number.isInteger(seconds) && seconds >= Number(min) && seconds <= Number(max);
    this.#timeout.setAttribute("aria-invalid", String(!fits));
    return fits ? "" : `The timeout is a whole number of seconds from ${min} to ${max}.`;
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const command = event.key === "ArrowUp" ? this.#history.before(this.#box.value) : this.#history.after();
      if (command === null) return;
      this.#box.value = command;
      this.#box.setSelectionRange(command.length, command.length);
    } else if (event.key === "c" && event.ctrlKey && this.#box.selectionStart === this.#box.selectionEnd) {
      if (this.#state === "running") this.#on.onCancel();
    } else this.#on.onKey(event);
  }
}
