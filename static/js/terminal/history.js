/**
 * The commands that were run in this page, newest last. Kept in its memory only: commands may hold secrets, and whatever
 * a browser stores outlives the person at the keyboard.
 */

const LIMIT = 200;

export class History {
  /** @type {string[]} */
  #past = [];
  /** Where the arrows are; at the end: at what is being typed. */
  #at = 0;
  #draft = "";

  /** @param {string} command */
  add(command) {
    if (this.#past.at(-1) !== command) this.#past.push(command);
    if (this.#past.length > LIMIT) this.#past.shift();
    this.#at = this.#past.length;
    this.#draft = "";
  }

  /** @param {string} typed what stands in the box now @returns {string | null} the one before, null: there is none */
  before(typed) {
    if (this.#at === 0) return null;
    if (this.#at === this.#past.length) this.#draft = typed;
    return this.#past[--this.#at];
  }

  /** @returns {string | null} the one after, at last what was being typed */
  after() {
    if (this.#at === this.#past.length) return null;
    this.#at += 1;
    return this.#at === this.#past.length ? this.#draft : this.#past[this.#at];
  }
}
