/** Arrow keys move from computer to computer, also up and down where they stand side by side. */

import { findAll } from "ui/dom.js";

const NAME = ".fleet-name a";

/** @param {HTMLElement} wall */
export function wireArrows(wall) {
  wall.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const from = /** @type {Element} */ (event.target).closest?.("[data-fleet-list] > li");
    const isOnControl = /** @type {Element} */ (event.target).matches?.("input[type=search], select, textarea");
    if (!from || isOnControl) return;
    const rows = findAll("[data-fleet-list] > li:not([hidden])", wall);
    const to = rows[next(rows, rows.indexOf(/** @type {HTMLElement} */ (from)), event.key)];
    if (!to) return;
    event.preventDefault();
    to.querySelector(NAME)?.focus();
    to.scrollIntoView({ block: "nearest" });
  });
}

/**
 * The place that a key leads to from `at`, -1 for a key that leads nowhere.
 * @param {HTMLElement[]} rows @param {number} at @param {string} key
 */
function next(rows, at, key) {
  const columns = columnsOf(rows);
  const step = { ArrowDown: columns, ArrowUp: -columns, ArrowRight: 1, ArrowLeft: -1 }[key];
  if (key === "Home") return 0;
  if (key === "End") return rows.length - 1;
  if (step === undefined) return -1;
  const to = at + step;
  // The last line may be short: down from above the gap leads to the last one.
  if (to >= rows.length) return key === "ArrowDown" && rows.length - 1 > at + (columns - 1 - (at % columns)) ? rows.length - 1 : -1;
  return to;
}

/** How many stand in the first line. @param {HTMLElement[]} rows */
function columnsOf(rows) {
  const top = rows[0]?.offsetTop;
  const first = rows.findIndex((row) => row.offsetTop !== top);
  return first === -1 ? Math.max(1, rows.length) : first;
}
