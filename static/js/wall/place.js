/** Where a person was on the wall, for when they come back: its address, how far down, and on which computer. */

const KEY = "lightdeck-wall";

/** Keeps the place while the wall is left, and goes back to it. */
export function keepPlace() {
  addEventListener("pagehide", () => {
    const at = document.activeElement?.id ?? "";
    sessionStorage.setItem(KEY, JSON.stringify({ address: location.pathname + location.search, top: scrollY, at }));
  });
  const kept = read();
  // A wall that is opened by its name in the header is a new one; one that is come back to is not.
  const cameBack = performance.getEntriesByType("navigation").some((entry) => /** @type {any} */ (entry).type !== "navigate") || /\/(computers|tasks)\//.test(document.referrer);
  if (!kept || !cameBack || kept.address !== location.pathname + location.search) return;
  history.scrollRestoration = "manual";
  scrollTo(0, kept.top);
  document.getElementById(kept.at)?.focus({ preventScroll: true });
}

/** The wall's address as it was left, "/" before that. */
export const wallAddress = () => read()?.address ?? "/";

/** @returns {{address: string, top: number, at: string} | null} */
function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return typeof kept?.address === "string" && kept.address.startsWith("/") ? kept : null;
  } catch {
    return null;
  }
}
