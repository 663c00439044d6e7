/** Macros beside the timeline: recording one while driving, and selecting entries to make one of. */

import { find, findAll, say } from "ui/dom.js";

/** @param {HTMLElement} root the cockpit */
export function wireMacros(root) {
  const bar = root.querySelector("[data-macros]");
  if (!(bar instanceof HTMLElement) || !bar.querySelector("[data-record]")) return;
  wireRecording(root, bar);
  wireSelecting(root, bar);
}

/** @param {HTMLElement} root @param {HTMLElement} bar */
function wireRecording(root, bar) {
  const [record, stop, last] = [find("[data-record]", bar), find("[data-record-stop]", bar), find("[data-record-last]", bar)];
  let was = false;
  const show = () => {
    const on = bar.querySelector("[data-recording]") !== null;
    const mine = root.dataset.driver === "you";
    // A button that vanishes under somebody's focus hands it to the one that takes its place.
    const focused = document.activeElement;
    record.hidden = on;
    stop.hidden = !on || !mine;
    if (focused === record && !stop.hidden) stop.focus();
    if (was && !on) last.hidden = false;
    was = on;
  };
  new MutationObserver(show).observe(root, { attributeFilter: ["data-driver"] });
  // The note that says who records is a fact: it is replaced as it changes.
  new MutationObserver(show).observe(bar, { childList: true });
  show();
}

/** @param {HTMLElement} root @param {HTMLElement} bar */
function wireSelecting(root, bar) {
  const timeline = find("[data-timeline]", root);
  const entries = find("[data-timeline-entries]", timeline);
  const select = find("[data-select]", bar);
  const make = /** @type {HTMLAnchorElement} */ (find("[data-make-macro]", bar));
  let on = false;
  const show = () => {
    select.setAttribute("aria-pressed", String(on));
    for (const box of boxes(entries)) {
      box.hidden = !on;
      if (!on) box.checked = false;
    }
    const chosen = boxes(entries).filter((box) => box.checked);
    make.hidden = !chosen.length;
    say(make, `Make a macro of ${chosen.length} ${chosen.length === 1 ? "entry" : "entries"}`);
    const query = new URLSearchParams([["computer", make.dataset.computer ?? ""], ...chosen.map((box) => ["numbers", box.value])]);
    make.href = `${make.dataset.address}?${query}`;
  };
  select.addEventListener("click", () => {
    on = !on;
    show();
  });
  entries.addEventListener("change", show);
  new MutationObserver(() => on && show()).observe(entries, { childList: true });
}

/** @param {HTMLElement} entries @returns {HTMLInputElement[]} */
const boxes = (entries) => /** @type {any} */ (findAll("[data-choice]", entries));
