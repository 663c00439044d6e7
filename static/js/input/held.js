/**
 * Keys held down. A release says the same key as its press, even if the layout or Shift changed between them. Pure.
 *
 * @typedef {{key: string, code: string}} Key
 */

import { MODIFIERS, isModifier } from "input/keys.js";

export class HeldKeys {
  /** @type {Map<string, Key>} */
  #held = new Map();

  get size() {
    return this.#held.size;
  }

  /** @param {Key} key @returns {boolean} whether it was held already: a repeat */
  press(key) {
    const id = key.code || key.key;
    const repeated = this.#held.has(id);
    if (!repeated) this.#held.set(id, { key: key.key, code: key.code });
    return repeated;
  }

  /** What to release for this key, or null if its press was never sent. @param {Key} key @returns {Key | null} */
  release(key) {
    const id = key.code || key.key;
    const pressed = this.#held.get(id) ?? null;
    this.#held.delete(id);
    return pressed;
  }

  /** Everything held, forgotten: ordinary keys first, then modifiers. @returns {Key[]} */
  releaseAll() {
    const keys = [...this.#held.values()];
    this.#held.clear();
    return [...keys.filter(({ key }) => !isModifier(key)), ...keys.filter(({ key }) => isModifier(key))];
  }

  /** A Mac tells of no release while Meta is down, so Meta's own release stands for all of them. @returns {Key[]} */
  releaseOrdinary() {
    const keys = [...this.#held].filter(([, { key }]) => !isModifier(key));
    for (const [id] of keys) this.#held.delete(id);
    return keys.map(([, key]) => key);
  }

  /**
   * Modifiers that we hold and the mask says are up: their release went to another window, or they chose a character.
   * @param {number} modifiers
   * @returns {Key[]}
   */
  releaseStale(modifiers) {
    const up = MODIFIERS.filter(([, bit]) => !(modifiers & bit)).map(([name]) => name);
    const stale = [...this.#held].filter(([, { key }]) => up.some((name) => name === key));
    for (const [id] of stale) this.#held.delete(id);
    return stale.map(([, key]) => key);
  }
}
