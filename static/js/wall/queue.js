/** The queue of tasks that wait for a person: whoever has waited longest stands first, so a new one comes last. */

import { find, findAll, say } from "ui/dom.js";
import { apply } from "ui/facts.js";

/** @typedef {import("ui/facts.js").Fact} Fact */

export const isNeed = (/** @type {Fact} */ fact) => fact.key.startsWith("need:");

/** @param {Fact} fact */
export function applyNeed(fact) {
  const queue = document.querySelector("[data-queue]");
  if (!(queue instanceof HTMLElement)) return;
  const list = find("[data-queue-list]", queue);
  apply(fact, (element) => list.append(element));
  const shown = findAll("li", list).length;
  const count = shown + Number(list.dataset.more ?? 0);
  say(find("[data-queue-count]", queue), String(count));
  queue.classList.toggle("is-empty", !shown);
}
