/** The way back to the wall leads to the wall as it was left; Escape is its key, while nobody types, drives or is asked. */

import { isTyping } from "ui/dom.js";
import { wallAddress } from "wall/place.js";

/** What Escape ends before it leads anywhere: dialogs, menus, the choice of a place, the tools of a phone, a page's question. */
const ENDED_FIRST = "dialog[open], details.menu[open], .pick-veil, #tools.is-open, [role=alertdialog]:not([hidden])";

/** @param {HTMLAnchorElement} link @param {() => boolean} isBusy whether Escape means something else now */
export function wireWayBack(link, isBusy) {
  link.href = wallAddress();
  let meansUs = false;
  // Looked at before anybody acts: a menu that this very key closes is closed by now when it arrives here again.
  addEventListener("keydown", (event) => {
    meansUs = event.key === "Escape" && !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey);
    meansUs &&= !isTyping(event.target) && !isBusy() && !document.fullscreenElement;
    meansUs &&= !document.querySelector(ENDED_FIRST);
  }, true);
  document.addEventListener("keydown", (event) => {
    if (meansUs && !event.defaultPrevented) link.click();
  });
}
