/** The little that every page needs of the DOM. */

/**
 * The element, which must be there: a page without it is a mistake of ours.
 * @template {HTMLElement} E
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {E}
 */
export function find(selector, within = document) {
  const element = within.querySelector(selector);
  if (!element) throw new Error(`The page has no ${selector}.`);
  return /** @type {any} */ (element);
}

/** Every such element. @param {string} selector @param {ParentNode} [within] @returns {HTMLElement[]} */
export const findAll = (selector, within = document) => Array.from(within.querySelectorAll(selector));

/** Sets text only where it changed, so that a screen reader does not hear it again. @param {HTMLElement} element @param {string} text */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Whether a person is typing into something, so that a single letter is not a shortcut. @param {EventTarget | null} target */
export const isTyping = (target) =>
  target instanceof HTMLElement &&
  Boolean(target.closest("input, textarea, select, [contenteditable], [role=application], [role=alertdialog], dialog"));
