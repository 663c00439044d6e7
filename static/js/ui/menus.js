/** Menus made of <details>: they close when something else is clicked, on Escape, and when an entry was chosen. */

export function wireMenus() {
  const openMenus = () => /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu[open]"));
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) {
      const target = /** @type {Element} */ (event.target);
      if (!menu.contains(target) || target.closest("[data-chooses]")) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}
