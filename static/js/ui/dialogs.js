/** Dialogs: those that lie in the page, and those that a reply brings. */

export function wireDialogs() {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest("[data-opens]");
    if (opener) open(document.querySelector(/** @type {string} */ (opener.getAttribute("data-opens"))));
    // A closing link leads somewhere only where there is no dialog around it: the same form as a page of its own.
    const closer = event.target.closest("dialog [data-closes]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog")?.close();
    }
    // A click beside the dialog's box lands on the dialog itself.
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
  // A link that looks like a button is pressed like one.
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !(event.target instanceof HTMLAnchorElement) || !event.target.matches("[role=button]")) return;
    event.preventDefault();
    event.target.click();
  });
  // What was answered is over: left inside, the next swap anywhere on the page would open it again.
  document.addEventListener("close", ({ target }) => {
    if (!(target instanceof HTMLDialogElement)) return;
    if (target.matches("[data-filled-by-reply]")) target.replaceChildren();
    goBack(target);
  }, true);
  // What was asked for was done: the answer stands in the page.
  document.addEventListener("dialog-done", () => {
    const dialog = document.querySelector("dialog[data-filled-by-reply]");
    if (dialog instanceof HTMLDialogElement) dialog.close();
  });
  // A reply swapped into a dialog opens it; an emptied one closes.
  document.addEventListener("htmx:after:swap", () => {
    for (const dialog of document.querySelectorAll("dialog[data-filled-by-reply]")) {
      if (!(dialog instanceof HTMLDialogElement)) continue;
      if (dialog.firstElementChild) open(dialog);
      else dialog.close();
    }
  });
}

/** Where a person stood when the dialog opened. @type {WeakMap<HTMLDialogElement, Element>} */
const openers = new WeakMap();

/** @param {Element | null} dialog */
function open(dialog) {
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  if (document.activeElement) openers.set(dialog, document.activeElement);
  dialog.showModal();
}

/** The browser goes back to where the person stood; but that may have been replaced by news meanwhile. @param {HTMLDialogElement} dialog */
function goBack(dialog) {
  const [opener, active] = [openers.get(dialog), document.activeElement];
  if (!opener || opener.isConnected || (active !== document.body && !dialog.contains(active))) return;
  const now = document.getElementById(opener.id) ?? document.getElementById("main");
  now?.focus({ preventScroll: true });
}
