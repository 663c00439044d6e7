/**
 * A tab list: arrow keys move, and exactly one page of it is shown. Pages may ask to hear when they are. Whoever opens a
 * page with the mouse is led to its `data-first`, if it has one: what they type next is not for the page's shortcuts.
 */

import { find, findAll } from "ui/dom.js";

/**
 * @param {HTMLElement} list an element with role="tablist"
 * @param {(id: string) => void} [onShown] called with the id of the page that is shown now
 */
export function wireTabs(list, onShown = () => {}) {
  const tabs = findAll("[role=tab]", list);

  /** @param {HTMLElement} chosen */
  function show(chosen) {
    for (const tab of tabs) {
      const mine = tab === chosen;
      tab.setAttribute("aria-selected", String(mine));
      tab.tabIndex = mine ? 0 : -1;
      find(`#${tab.getAttribute("aria-controls")}`).hidden = !mine;
    }
    onShown(chosen.getAttribute("aria-controls") ?? "");
  }

  list.addEventListener("click", (event) => {
    const tab = /** @type {Element} */ (event.target).closest("[role=tab]");
    if (!(tab instanceof HTMLElement)) return;
    show(tab);
    const first = document.querySelector(`#${tab.getAttribute("aria-controls")} [data-first]`);
    // Arrow keys stay with the tabs, and a finger wants no keyboard over half of its screen.
    const byMouse = event instanceof PointerEvent && event.pointerType === "mouse";
    if (byMouse && first instanceof HTMLElement) first.focus();
  });
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    next.focus();
    show(next);
  });
}
