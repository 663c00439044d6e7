/**
 * The banner that counts down the last two minutes of the sooner limit. The idle limit can be pushed out, the lifetime
 * cannot. While somebody drives, or holds the computer open, Lightdeck keeps it alive by itself, and while an agent works
 * there the agent does: then the banner appears only if that fails.
 */

import { find, say } from "ui/dom.js";
import { clock } from "ui/times.js";

const TICK_MS = 500;
const SHOWN_FOR_MS = 120_000;
/** What Lightdeck keeps alive comes nearer to its end than this only if keeping it alive fails. */
const FAILING_MS = 20_000;
/** Aloud only when this much is left, and not at every second. */
const ALOUD_AT_MS = [120_000, 60_000, 30_000, 10_000];

/** @param {HTMLElement} root the cockpit */
export function wireBanner(root) {
  const banner = /** @type {HTMLElement | null} */ (root.querySelector("[data-banner]"));
  if (!banner) return; // it had ended when the page was made
  const [words, aloud, keep] = [find("[data-banner-words]", banner), find("[data-banner-aloud]", banner), banner.querySelector("[data-keep-alive]")];

  const tick = () => {
    const limits = /** @type {HTMLElement | null} */ (root.querySelector("[data-fact=limits]"));
    const held = Date.parse(limits?.dataset.held ?? "") > Date.now();
    const works = root.querySelector("[data-fact=agent][data-agent=running]") !== null;
    const kept = held || works || root.dataset.driver !== "nobody";
    const near = limits && root.dataset.state !== "ended" ? nearest(limits, kept) : null;
    banner.hidden = !near;
    if (!near) return say(aloud, "");
    const { until, idle } = near;
    const sentence = (/** @type {string} */ time) =>
      idle ? `Ends in ${time} unless it is used.` : `Ends in ${time}: its lifetime cannot be extended.`;
    say(words, sentence(clock(until)));
    if (keep instanceof HTMLElement) keep.hidden = !idle;
    const step = ALOUD_AT_MS.filter((at) => until <= at).at(-1) ?? SHOWN_FOR_MS;
    say(aloud, sentence(step >= 60_000 ? `${step / 60_000} min` : `${step / 1000} s`));
  };

  setInterval(tick, TICK_MS);
  tick();
}

/** @param {HTMLElement} limits @param {boolean} kept @returns {{until: number, idle: boolean} | null} */
function nearest(limits, kept) {
  const [life, idle] = [left(limits.dataset.expires), left(limits.dataset.idleExpires)];
  if (life <= SHOWN_FOR_MS && life <= idle) return { until: life, idle: false };
  if (idle <= (kept ? FAILING_MS : SHOWN_FOR_MS)) return { until: idle, idle: true };
  return life <= SHOWN_FOR_MS ? { until: life, idle: false } : null;
}

/** Milliseconds until then; no limit is far away. @param {string | undefined} at */
function left(at) {
  const time = Date.parse(at ?? "");
  return Number.isNaN(time) ? Infinity : Math.max(0, time - Date.now());
}
