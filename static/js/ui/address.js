/** The address field: once its page is on its way, a driver's hands are back on the screen. */

import { find } from "ui/dom.js";

/** @param {HTMLElement} root the cockpit @param {import("live/screen.js").Screen} screen */
export function wireAddress(root, screen) {
  const field = find("#address", root);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !screen.isDriving) return;
    // After the form has been sent: it reads the field.
    setTimeout(() => screen.focus());
  });
}
