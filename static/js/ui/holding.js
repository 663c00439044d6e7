/** The tool "Hold" says whether somebody holds the computer open, who, and until when; a hold ends by itself. */

const TICK_MS = 1000;
const until = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** @param {HTMLElement} root the cockpit */
export function wireHolding(root) {
  const tool = /** @type {HTMLElement | null} */ (root.querySelector("[data-hold]"));
  if (!tool) return; // of a page that may only watch
  const hint = tool.title;
  const tick = () => {
    const { held = "", heldBy = "" } = /** @type {HTMLElement | null} */ (root.querySelector("[data-fact=limits]"))?.dataset ?? {};
    const at = Date.parse(held);
    const holds = heldBy !== "" && at > Date.now();
    tool.setAttribute("aria-pressed", String(holds));
    const title = holds ? `Held by ${heldBy} until ${until.format(at)}` : hint;
    if (tool.title !== title) tool.title = title;
  };
  setInterval(tick, TICK_MS);
  tick();
}
