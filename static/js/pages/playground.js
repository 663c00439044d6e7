/** The playground: its three panes, and what they share. */

import { wireActing } from "playground/acting.js";
import { wireChat } from "playground/chat.js";
import { wireLive } from "playground/live.js";
import { find, say } from "ui/dom.js";
import { wireTabs } from "ui/tabs.js";

const page = find("#playground");
/** A page without a connection has nothing to ask. */
if (page.querySelector("#play-manner")) {
  let seen = false;
  wireTabs(find("[data-play-tabs]"), (id) => {
    // Nobody watches a computer that is not shown.
    if (id === "play-act" && !seen) wireLive();
    seen ||= id === "play-act";
  });
  wireChat(manner);
  wireActing();
  wireCopying();
  const wanted = new URLSearchParams(location.search);
  if (wanted.has("computer")) find("#tab-act").click();
}

/** The fields that every question has. */
function manner() {
  const fields = new FormData();
  for (const field of find("#play-manner").querySelectorAll("select, input, textarea")) {
    const { name, value } = /** @type {HTMLInputElement} */ (field);
    fields.set(name, value);
  }
  return fields;
}

function wireCopying() {
  document.addEventListener("click", async ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-copies-code]") : null;
    if (!(button instanceof HTMLElement)) return;
    const place = find("[data-copied]", find("#dialog"));
    try {
      await navigator.clipboard.writeText(find(`#${button.dataset.copiesCode}`).textContent ?? "");
      say(place, "Copied.");
    } catch {
      say(place, "This browser does not let the page write the clipboard: select the text and press Ctrl+C.");
    }
  });
}
