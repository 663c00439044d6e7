/** The wall: one socket tells of every computer of the person's teams. */

import { parseMessage } from "live/protocol.js";
import { LiveSocket, socketUrl } from "live/socket.js";
import { find } from "ui/dom.js";
import { apply } from "ui/facts.js";
import { ajax } from "ui/htmx.js";

const fleet = find("#fleet");
const lost = find("[data-wall-lost]");

/** Fetches the whole list again, after a gap in the news. */
const fetchAgain = () => ajax(location.pathname + location.search, { target: "#fleet", select: "#fleet", swap: "outerMorph" });

/**
 * Whether the page misses something that happened before its socket listened, or while it was lost.
 * @param {Record<string, number>} versions of every live computer
 */
function isBehind(versions) {
  /** @param {string} key */
  const shown = (key) => Number(document.querySelector(`[data-fact="${CSS.escape(key)}"]`)?.getAttribute("data-version") ?? -1);
  const live = [...document.querySelectorAll(".fleet-row:not(.is-gone)")].map((row) => row.getAttribute("data-fact") ?? "");
  return Object.entries(versions).some(([key, version]) => shown(key) < version) || live.some((key) => !(key in versions));
}

const socket = new LiveSocket(() => socketUrl(`/ws/fleet/${location.search}`), {
  onText: (text) => {
    const message = parseMessage(text);
    if (message?.type === "versions" && isBehind(/** @type {any} */ (message).versions)) fetchAgain();
    if (message?.type !== "fact") return;
    const list = document.querySelector("[data-fleet-list]");
    // The first computer replaces the empty state, which is more than one fragment.
    if (list) apply(/** @type {any} */ (message), (element) => list.prepend(element));
    else fetchAgain();
  },
  onOpen: () => {
    lost.hidden = true;
  },
  onLost: ({ retryIn, reason }) => {
    lost.hidden = false;
    find("[data-wall-lost-sentence]").textContent =
      retryIn === null ? reason : "Not connected: what you see may be out of date. Trying again…";
    if (retryIn === null) fleet.setAttribute("aria-busy", "true");
  },
});

find("[data-try-now]", lost).addEventListener("click", () => socket.tryNow());
socket.connect();
