/**
 * Places picked from the screen: while picking, a veil lies over the picture, so nothing of it reaches the computer. A
 * click fills a point, a drag both ends of a line, Escape cancels. The number fields are the way without a pointer.
 */

import { find } from "ui/dom.js";

/** A press and a release closer than this are one place, CSS pixels of this page. */
const CLICK_SLACK = 4;

/**
 * @param {HTMLElement} root the cockpit
 * @param {import("live/display.js").Display} display
 * @param {(sentence: string) => void} hint
 */
export function wirePicking(root, display, hint) {
  const frame = find("[data-frame]", root);
  const veil = document.createElement("div");
  veil.className = "pick-veil";
  /** @type {HTMLElement | null} */
  let button = null;
  /** @type {{x: number, y: number} | null} */
  let pressed = null;

  root.addEventListener("click", ({ target }) => {
    const found = target instanceof Element ? target.closest("[data-pick]") : null;
    if (found instanceof HTMLElement) (found === button ? stop : start)(found);
  });
  document.addEventListener("keydown", (event) => {
    if (!button || event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    stop();
  }, true);

  /** @param {HTMLElement} asked */
  function start(asked) {
    stop();
    if (!display.hasPicture) return hint("There is no picture to pick from yet.");
    button = asked;
    asked.setAttribute("aria-pressed", "true");
    root.classList.add("is-picking");
    frame.append(veil);
    const line = fieldsOf(asked).length === 4;
    hint(line ? "Drag from the first place to the second. Escape cancels." : "Click the place. Escape cancels.");
  }

  function stop() {
    if (!button) return;
    button.removeAttribute("aria-pressed");
    button.focus();
    button = pressed = null;
    root.classList.remove("is-picking");
    veil.remove();
    hint("");
  }

  veil.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pressed = { x: event.clientX, y: event.clientY };
    veil.setPointerCapture(event.pointerId);
  });
  veil.addEventListener("pointerup", (event) => {
    if (!button || !pressed) return;
    const [from, to] = [pressed, { x: event.clientX, y: event.clientY }];
    pressed = null;
    if (!display.isOnPicture(from)) return hint("That is beside the picture.");
    const fields = fieldsOf(button);
    const still = Math.hypot(to.x - from.x, to.y - from.y) <= CLICK_SLACK;
    if (fields.length === 4 && still) return hint("Drag from the first place to the second.");
    const places = fields.length === 4 ? [from, to] : [to];
    places.flatMap((place) => inPicturePixels(root, display.toRemote(place))).forEach((value, at) => {
      fields[at].value = String(value);
      fields[at].dispatchEvent(new Event("input", { bubbles: true }));
    });
    stop();
  });
}

/** The endpoints count in picture pixels: a CSS pixel takes as many of them as the computer's scale says. @param {HTMLElement} root @param {{x: number, y: number}} place */
function inPicturePixels(root, { x, y }) {
  const scale = Number(root.querySelector("[data-scale]")?.getAttribute("data-scale")) || 1;
  return [x * scale, y * scale];
}

/** @param {HTMLElement} button @returns {HTMLInputElement[]} */
function fieldsOf(button) {
  const form = /** @type {HTMLFormElement} */ (button.closest("form"));
  const names = (button.dataset.pick ?? "").split(" ");
  return names.map((name) => find(`input[name="${name}"]`, form));
}
