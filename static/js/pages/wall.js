/** The wall: one socket tells of every computer of the person's teams, and of the tasks that wait for a person. */

import { parseMessage } from "live/protocol.js";
import { LiveSocket, socketUrl } from "live/socket.js";
import { find } from "ui/dom.js";
import { apply } from "ui/facts.js";
import { ajax } from "ui/htmx.js";
import { Arrangement } from "wall/arrange.js";
import { wireBars } from "wall/bars.js";
import { wireArrows } from "wall/keys.js";
import { keepPlace } from "wall/place.js";
import { applyNeed, isNeed } from "wall/queue.js";
import { Selection } from "wall/selection.js";
import { Tiles } from "wall/tiles.js";

const wall = find("#wall");
const lost = find("[data-wall-lost]");
const selection = document.querySelector("[data-bulk]") ? new Selection(wall) : null;
const tiles = new Tiles((message) => socket.send(message));
const arrangement = new Arrangement(wall, () => selection?.dropHidden());
wireArrows(wall);
wireBars();

/** Fetches everything again, after a gap in the news. */
const fetchAgain = async () => {
  const chosen = selection?.chosen ?? [];
  const whole = { target: "#wall-live", select: "#wall-live", swap: "outerMorph" };
  await ajax(location.pathname + location.search, whole);
  selection?.choose(chosen);
  arrangement.refresh();
  tiles.look();
};

/**
 * Whether the page misses something that happened before its socket listened, or while it was lost.
 * @param {Record<string, number>} versions of every live computer and waiting task
 */
function isBehind(versions) {
  /** @param {string} key */
  const shown = (key) => Number(document.querySelector(`[data-fact="${CSS.escape(key)}"]`)?.getAttribute("data-version") ?? -1);
  const live = [...document.querySelectorAll(".fleet-row:not(.is-gone), .need")].map((row) => row.getAttribute("data-fact") ?? "");
  return Object.entries(versions).some(([key, version]) => shown(key) < version) || live.some((key) => !(key in versions));
}

/** @param {import("ui/facts.js").Fact} fact */
function hear(fact) {
  if (isNeed(fact)) return applyNeed(fact);
  const list = document.querySelector("[data-fleet-list]");
  // The first computer replaces the empty state, which is more than one fragment.
  if (!list) return fetchAgain();
  const row = () => document.querySelector(`[data-fact="${CSS.escape(fact.key)}"]`);
  const before = row();
  const wasHidden = before instanceof HTMLElement && before.hidden;
  if (!apply(fact, (element) => list.append(element))) return;
  const after = row();
  if (after instanceof HTMLElement) {
    if (wasHidden) after.dataset.left = "yes";
    arrangement.heard(after, !before);
  }
  selection?.tell();
  tiles.look();
}

const socket = new LiveSocket(() => socketUrl(`/ws/fleet/${location.search}`), {
  onText: (text) => {
    const message = parseMessage(text);
    if (message?.type === "versions" && isBehind(/** @type {any} */ (message).versions)) fetchAgain();
    if (message?.type === "fact") hear(/** @type {any} */ (message));
    if (message?.type === "streams") tiles.setStreams(message.streams);
    if (message?.type === "tile") tiles.setState(/** @type {any} */ (message));
    if (message?.type === "pins") arrangement.setPins(message.ids);
  },
  onBinary: (data) => tiles.heard(data),
  onOpen: () => {
    lost.hidden = true;
    wall.classList.remove("is-lost");
    tiles.opened();
  },
  onLost: ({ retryIn, reason }) => {
    lost.hidden = false;
    wall.classList.add("is-lost");
    find("[data-wall-lost-sentence]").textContent =
      retryIn === null ? reason : "Not connected: what you see may be out of date. Trying again…";
    if (retryIn === null) find("#fleet").setAttribute("aria-busy", "true");
  },
});

find("[data-try-now]", lost).addEventListener("click", () => socket.tryNow());
keepPlace();
socket.connect();
