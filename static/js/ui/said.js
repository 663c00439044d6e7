/** What an act came to, said beside the picture. It is true of that moment, so it leaves after a while. */

/** How long it stays, milliseconds. What went wrong stays until something else is said. */
const SAID_MS = 15_000;

/** @param {HTMLElement} place */
export function leaveLater(place) {
  let timer = 0;
  new MutationObserver(() => {
    clearTimeout(timer);
    if (place.querySelector(".said")) timer = setTimeout(() => place.replaceChildren(), SAID_MS);
  }).observe(place, { childList: true });
}
