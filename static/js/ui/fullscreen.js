/** Full screen, with Keyboard Lock where the browser has it: then Ctrl+W and Escape reach the computer, too. */

/**
 * @param {HTMLElement} button
 * @param {HTMLElement} area
 * @param {() => void} onEntered
 */
export function wireFullscreen(button, area, onEntered) {
  if (!document.fullscreenEnabled) button.hidden = true;
  const keyboard = /** @type {any} */ (navigator).keyboard;
  button.addEventListener("click", async () => {
    if (document.fullscreenElement) {
      await document.exitFullscreen();
      return;
    }
    await area.requestFullscreen();
    await keyboard?.lock?.().catch(() => {}); // without it the browser keeps its own keys; "Send keys" has them
    onEntered();
  });
  document.addEventListener("fullscreenchange", () => {
    button.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
    if (!document.fullscreenElement) keyboard?.unlock?.();
  });
}
