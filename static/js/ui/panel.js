/**
 * The panel beside the screen: open by itself where there is room, a drawer where there is not. Its width and the page
 * it was left on are remembered by this browser; its buttons say what is really shown.
 */

import { find, findAll } from "ui/dom.js";
import { wireTabs } from "ui/tabs.js";

/** A window this wide shows the panel until somebody closes it; the style sheet says the same. */
const roomy = matchMedia("(min-width: 1100px)");
const PAGE_KEY = "lightdeck-panel-page";
const WIDTH_KEY = "lightdeck-panel-width";
/** Pixels: how far an arrow key moves the separator, how narrow the panel gets, and what it leaves of the window. */
const STEP = 24;
const NARROWEST = 280;
const WIDEST_SHARE = 0.6;

/** @param {HTMLElement} root the cockpit */
export function wirePanel(root) {
  const panel = find("#panel", root);
  const buttons = findAll("[data-panel]", root);
  const opener = buttons.find((button) => !panel.contains(button)) ?? buttons[0];
  const isOpen = () => roomy.matches !== root.classList.contains("is-panel-toggled");
  const tell = () => buttons.forEach((button) => button.setAttribute("aria-expanded", String(isOpen())));

  /** @param {boolean} open */
  function set(open) {
    root.classList.toggle("is-panel-toggled", roomy.matches !== open);
    tell();
    (open ? panel : opener).focus();
  }

  for (const button of buttons) button.addEventListener("click", () => set(!isOpen()));
  // On a window that changes its width, what is usual there is shown.
  roomy.addEventListener("change", () => {
    root.classList.remove("is-panel-toggled");
    tell();
  });
  // A drawer lies over the screen, so Escape puts it away.
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !roomy.matches && isOpen()) set(false);
  });
  wirePages(panel);
  wireWidth(root, panel);
  tell();
}

/** @param {HTMLElement} panel */
function wirePages(panel) {
  const tabs = find("[data-tabs]", panel);
  wireTabs(tabs, (id) => localStorage.setItem(PAGE_KEY, id));
  const left = localStorage.getItem(PAGE_KEY);
  const tab = findAll("[role=tab]", tabs).find((each) => each.getAttribute("aria-controls") === left);
  if (tab && tab.getAttribute("aria-selected") !== "true") tab.click();
}

/** @param {HTMLElement} root @param {HTMLElement} panel */
function wireWidth(root, panel) {
  const separator = find("[data-separator]", root);
  const most = () => Math.max(NARROWEST, Math.round(innerWidth * WIDEST_SHARE));

  /** @param {number} width */
  function set(width) {
    const allowed = Math.round(Math.min(most(), Math.max(NARROWEST, width)));
    root.style.setProperty("--panel-width", `${allowed}px`);
    say(allowed);
    localStorage.setItem(WIDTH_KEY, String(allowed));
  }

  /** @param {number} width */
  function say(width) {
    separator.setAttribute("aria-valuemin", String(NARROWEST));
    separator.setAttribute("aria-valuemax", String(Math.max(most(), width)));
    separator.setAttribute("aria-valuenow", String(width));
  }

  separator.addEventListener("keydown", (event) => {
    const width = panel.offsetWidth;
    const to = { ArrowLeft: width + STEP, ArrowRight: width - STEP, Home: most(), End: NARROWEST }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  });
  separator.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    separator.setPointerCapture(event.pointerId);
    separator.focus();
  });
  separator.addEventListener("pointermove", (event) => {
    if (separator.hasPointerCapture(event.pointerId)) set(panel.getBoundingClientRect().right - event.clientX);
  });
  const kept = Number(localStorage.getItem(WIDTH_KEY));
  if (kept) set(kept);
  else say(Math.max(NARROWEST, panel.offsetWidth));
}
