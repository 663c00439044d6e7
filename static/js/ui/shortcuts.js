/** Single keys, while nobody types: `?` lists them, the others press the control that carries `data-shortcut`. */

import { isTyping } from "ui/dom.js";

export function wireShortcuts() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    const controls = document.querySelectorAll(`[data-shortcut="${CSS.escape(event.key)}"]`);
    const control = [...controls].find((each) => each instanceof HTMLElement && each.checkVisibility());
    if (!(control instanceof HTMLElement)) return;
    event.preventDefault();
    if (control.matches("input")) control.focus();
    else control.click();
  });
}
