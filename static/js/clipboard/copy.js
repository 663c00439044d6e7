/**
 * "Copy from the computer": the text that is selected there, onto the clipboard here. Asked for each time, shown, and
 * kept nowhere.
 */

import { find, say } from "ui/dom.js";
import { post } from "ui/htmx.js";

const COPIED = "Copied to your clipboard.";
const BY_HAND = "This browser does not let the page write the clipboard: press Ctrl+C, the text is selected.";

/** @param {HTMLElement} button @param {() => string} tab the one that is shown */
export function wireCopying(button, tab) {
  button.addEventListener("click", async () => {
    await post(button.dataset.selection ?? "", {
      source: button, target: "#dialog", swap: "innerHTML", values: { tab: tab() },
    });
    const text = document.querySelector("#dialog [data-copied-text]");
    if (text instanceof HTMLTextAreaElement) copy(text);
  });
  document.addEventListener("click", ({ target }) => {
    const again = target instanceof Element ? target.closest("[data-copy-again]") : null;
    if (again) copy(find("[data-copied-text]", find("#dialog")));
  });
  // Nothing of it stays in the page once the dialog is closed.
  find("#dialog").addEventListener("close", ({ currentTarget }) => {
    const dialog = /** @type {Element} */ (currentTarget);
    if (dialog.querySelector("[data-copied-text]")) dialog.replaceChildren();
  });
}

/** @param {HTMLTextAreaElement} text */
async function copy(text) {
  const place = find("[data-copied]", find("#dialog"));
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    say(place, COPIED);
  } catch {
    text.focus();
    say(place, BY_HAND);
  }
}
