/** The way back to the wall leads to the wall as it was left; Escape is its key, while nobody types, drives or is asked. */

import { isTyping } from "ui/dom.js";
import { wallAddress } from "wall/place.js";

/** @param {HTMLAnchorElement} link @param {() => boolean} isBusy whether Escape means something else now */
export function wireWayBack(link, isBusy) {
  link.href = wallAddress();
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTyping(event.target) || isBusy() || document.fullscreenElement) return;
    if (document.querySelector("dialog[open], details.menu[open]")) return;
    link.click();
  });
}
