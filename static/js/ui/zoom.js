/** The button beside the screen that shows the picture as large as it is over there, or all of it. */

/** @param {HTMLElement} button @param {import("live/zoom.js").Zoom} zoom */
export function wireZoom(button, zoom) {
  button.addEventListener("click", () => zoom.toggle());
  zoom.onChange = () => button.setAttribute("aria-pressed", String(zoom.isIn));
}
