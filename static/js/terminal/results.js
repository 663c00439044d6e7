/** What a screen reader hears of the commands: each one's result, and the last lines it said. */

const LIMIT = 50;

export class Results {
  #log;

  /** @param {HTMLElement} log an element with role="log" */
  constructor(log) {
    this.#log = log;
  }

  /** @param {string} command @param {string} words @param {string} tail */
  add(command, words, tail) {
    const entry = document.createElement("div");
    for (const text of [`${command}: ${words}`, tail.trimEnd()]) {
      const line = document.createElement("pre");
      line.textContent = text;
      entry.append(line);
    }
    this.#log.append(entry);
    while (this.#log.childElementCount > LIMIT) this.#log.firstElementChild?.remove();
  }
}
