/** Loads the terminal when its page is first shown: whoever never opens it pays nothing for it. */

/** @param {HTMLElement | null} region the "Terminal" region, null for who may not use it @param {string} computerId */
export function loadTerminalWhenShown(region, computerId) {
  if (!region) return;
  // A hidden page has no size; the first size that is one says that somebody looks.
  const watcher = new ResizeObserver(async () => {
    if (!region.offsetWidth) return;
    watcher.disconnect();
    try {
      const { openTerminal } = await import("terminal/terminal.js");
      await openTerminal(region, computerId);
    } catch {
      // A new version was rolled out under this page, or the network is away.
      region.dataset.state = "broken";
    }
  });
  watcher.observe(region);
}
