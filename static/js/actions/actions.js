/** The region "Actions" and the toolbar's tools: who may press them, and at which tab they aim. */

import { wireCopyingPictures } from "actions/copying.js";
import { wirePicking } from "actions/pick.js";
import { find, findAll, say } from "ui/dom.js";

/**
 * @param {HTMLElement} root the cockpit
 * @param {import("live/screen.js").Screen} screen
 * @param {(sentence: string) => void} hint
 * @param {() => string} shownTab the tab that is on the screen
 */
export function wireActions(root, screen, hint, shownTab) {
  const show = () => showWhoMay(root);
  new MutationObserver(show).observe(root, { attributeFilter: ["data-driver", "data-state"] });
  document.addEventListener("htmx:after:swap", show);
  // Once htmx is done it enables the button it disabled: also one that may not be pressed any more.
  document.addEventListener("htmx:finally:request", () => queueMicrotask(show));
  show();
  wireResults(root);
  wirePicking(root, screen.display, hint);
  wireCopyingPictures();
  wireMore(root);
  // Before htmx reads the form: it aims at what the person sees.
  document.addEventListener("submit", ({ target }) => {
    const form = /** @type {HTMLFormElement} */ (target);
    const tab = shownTab();
    for (const field of form.querySelectorAll("input[data-shown-tab]")) {
      /** @type {HTMLInputElement} */ (field).value = tab === "main" ? "" : tab;
    }
  }, true);
}

/** What came back may be long, and below what is seen of the panel. @param {HTMLElement} root */
function wireResults(root) {
  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = /** @type {any} */ (event).detail;
    // The form itself may have been replaced by its answer.
    const act = /** @type {Element | null} */ (ctx.sourceElement)?.closest("[data-act]")?.getAttribute("data-act");
    const result = act && root.querySelector(`[data-act="${CSS.escape(act)}"] .act-result`);
    if (result && result.firstElementChild) result.scrollIntoView({ block: "nearest" });
  });
}

/** @param {HTMLElement} root */
function showWhoMay(root) {
  const drives = root.dataset.driver === "you" && root.dataset.state !== "ended";
  for (const button of findAll("[data-needs-driving]", root)) {
    /** @type {HTMLButtonElement} */ (button).disabled = !drives;
  }
  const note = root.querySelector("[data-acts-note]");
  if (!(note instanceof HTMLElement)) return;
  say(note, drives ? "Each form calls one endpoint of the service." : "Take control first: these forms act only for whoever drives.");
}

/** On a narrow window the tools are a menu. @param {HTMLElement} root */
function wireMore(root) {
  if (!root.querySelector("#tools")) return;
  const [more, tools] = [find("[data-more-tools]", root), find("#tools", root)];
  /** @param {boolean} open */
  const set = (open) => {
    tools.classList.toggle("is-open", open);
    more.setAttribute("aria-expanded", String(open));
  };
  more.addEventListener("click", () => set(!tools.classList.contains("is-open")));
  tools.addEventListener("click", () => set(false));
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Node && !tools.contains(target) && !more.contains(target)) set(false);
  });
  tools.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !tools.classList.contains("is-open")) return;
    set(false);
    more.focus();
  });
}
