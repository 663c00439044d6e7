/** What a computer that has ended no longer offers: everything that would act on it. */

/** @param {HTMLElement} root the cockpit */
export function disableControls(root) {
  const places = "[role=toolbar], .strip, #panel-actions, #panel-terminal";
  for (const control of root.querySelectorAll(`:is(${places}) :is(button, input, select, textarea)`)) {
    if (!control.matches("[data-fullscreen], [role=tab]")) /** @type {HTMLButtonElement} */ (control).disabled = true;
  }
  for (const menu of root.querySelectorAll("[role=toolbar] details.menu")) {
    /** @type {HTMLDetailsElement} */ (menu).open = false;
    menu.toggleAttribute("inert", true);
    menu.classList.add("is-disabled");
  }
}
