/** What htmx needs from us: who asks, what a failure looks like, and nothing that a strict policy forbids. */

import htmx from "htmx.org";
import { clientId } from "live/client.js";

export function wireHtmx() {
  document.addEventListener("htmx:config:request", (event) => {
    /** @type {any} */ (event).detail.ctx.request.headers["X-Lightdeck-Client"] = clientId();
  });
  // No answer at all has no fragment to show: say so beside the control.
  document.addEventListener("htmx:error", (event) => {
    const { ctx } = /** @type {any} */ (event).detail;
    const place = errorPlace(ctx?.sourceElement);
    const sentence = document.createElement("span");
    sentence.textContent = "Lightdeck did not answer. Check the connection and try again.";
    place?.replaceChildren(sentence);
  });
  // A reply that is a whole page (a sign-in form after the session ended) must not land inside a fragment.
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = /** @type {any} */ (event).detail;
    if (ctx.response.raw.redirected && new URL(ctx.response.raw.url).pathname.startsWith("/accounts/")) {
      event.preventDefault();
      location.reload();
    }
  });
}

/** Shows a fragment that came by socket as htmx would have. @param {Element} element */
export const process = (element) => htmx.process(element);

/** @param {string} address @param {object} options */
export const ajax = (address, options) => htmx.ajax("GET", address, options);

/** @param {string} address @param {object} options @returns {Promise<void>} once its answer is in place */
export const post = (address, options) => htmx.ajax("POST", address, options);

/** @param {Element | undefined} element @returns {Element | null} */
const errorPlace = (element) =>
  element?.closest("[data-errors-here]")?.querySelector("[data-error]") ?? document.querySelector("[data-page-error]");
