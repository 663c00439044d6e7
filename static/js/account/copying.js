/** A button that copies the text of a field; where the browser does not allow that, the text is selected instead. */

import { find, say } from "ui/dom.js";

export function wireFieldCopying() {
  for (const button of document.querySelectorAll("button[data-copies]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => copy(/** @type {HTMLInputElement} */ (find(button.dataset.copies ?? ""))));
  }
}

/** @param {HTMLInputElement | HTMLTextAreaElement} field */
async function copy(field) {
  const place = find("[data-copied]");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    say(place, "Copied.");
  } catch {
    field.focus();
    say(place, "Press Ctrl+C: the text is selected.");
  }
}
