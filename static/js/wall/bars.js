/** Time left as bars, which shrink by themselves; full where more is left than the bar is long. */

const TICK_MS = 1000;

export function wireBars() {
  const tick = () => document.querySelectorAll("progress.fleet-bar").forEach(show);
  setInterval(tick, TICK_MS);
  tick();
}

/** @param {Element} element */
function show(element) {
  const bar = /** @type {HTMLProgressElement} */ (element);
  const ends = Number(bar.closest("li")?.dataset.ends) * 1000;
  const left = Math.round(Math.min(bar.max, Math.max(0, (ends - Date.now()) / 1000)));
  if (left !== bar.value) bar.value = left;
  bar.classList.toggle("is-short", left < 120);
}
