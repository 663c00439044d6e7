/** "Paste to the computer", and a field to paste into where the browser does not let a page read the clipboard. */

import { find } from "ui/dom.js";

/** @param {import("live/screen.js").Screen} screen @param {HTMLButtonElement} button */
export function wirePasting(screen, button) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#pasting"));
  const field = /** @type {HTMLTextAreaElement} */ (find("textarea", dialog));
  button.addEventListener("click", async () => {
    if (!screen.isDriving) return screen.paste("");
    let text = null;
    try {
      text = await navigator.clipboard.readText();
    } catch {
      field.value = "";
      dialog.showModal();
      field.focus();
    }
    if (text === null) return;
    screen.paste(text);
    screen.focus();
  });
  find("form", dialog).addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value;
    field.value = "";
    dialog.close();
    screen.paste(text);
    screen.focus();
  });
}
