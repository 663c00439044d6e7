/** The cockpit: one live screen and everything around it. */

import { wireActions } from "actions/actions.js";
import { wireCopying } from "clipboard/copy.js";
import { wirePasting } from "clipboard/paste.js";
import { Screen } from "live/screen.js";
import { wireMacros } from "macros/panel.js";
import { Choosing } from "tabs/choosing.js";
import { loadTerminalWhenShown } from "terminal/panel.js";
import { wireTimeline } from "timeline/timeline.js";
import { wireAddress } from "ui/address.js";
import { Ask } from "ui/ask.js";
import { Driver } from "ui/driver.js";
import { find } from "ui/dom.js";
import { disableControls } from "ui/ended.js";
import { apply } from "ui/facts.js";
import { wireFullscreen } from "ui/fullscreen.js";
import { wireHolding } from "ui/holding.js";
import { wireBanner } from "ui/limits.js";
import { Others } from "ui/others.js";
import { wirePanel } from "ui/panel.js";
import { Requests } from "ui/requests.js";
import { leaveLater } from "ui/said.js";
import { Status } from "ui/status.js";
import { Turns } from "ui/turns.js";
import { wireWayBack } from "ui/way-back.js";
import { wireZoom } from "ui/zoom.js";

/** What a closed socket means to a person where the server could not say it. */
const CLOSED = /** @type {Record<number, string>} */ ({
  4001: "You are signed out. Reload the page and sign in again.",
  4003: "You are no longer allowed to see this computer.",
  4004: "There is no such computer.",
  4005: "Your team requires a second factor. Reload the page to set one up.",
  4008: "Too much input at once; the connection was closed.",
});

const root = find("#cockpit");
const stage = find("#stage");
const driver = new Driver(root);
const address = /** @type {HTMLInputElement} */ (find("#address"));
const answer = find("#navigation-answer");
/** Connected, and nothing to see yet: the second half of "starting the browser, then its first frame". */
const waiting = `Waiting for the first frame of ${root.dataset.name}…`;
let shownUrl = "";
let shownTab = "";
/** When control was asked for here; an answer within this long gets the focus along with the control. */
let askedAt = 0;
const ASKED_LATELY_MS = 5000;
const turns = new Turns();
const others = new Others(root);
const requests = new Requests(root, (action, about) => {
  // Whoever asks means to drive once they may.
  if (action !== "grant" && action !== "deny") askedAt = performance.now();
  screen.askControl(action, about);
});
let ended = root.dataset.state === "ended";

const screen = new Screen(
  {
    stage,
    canvas: find("#picture"),
    area: find("#keys"),
    computerId: root.dataset.computerId ?? "",
  },
  {
    onMessage: heard,
    onOpen: () => ended || status.set("connecting", waiting),
    onLost: ({ code, reason, retryIn }) => {
      driver.setReady(false);
      if (ended) return;
      driver.show(screen.control);
      if (retryIn === null) status.set("closed", CLOSED[code] ?? reason);
      else status.set("reconnecting", CLOSED[code] ?? "", retryIn);
    },
    onFirstPicture: () => root.classList.add("has-picture"),
    onRefused: () => driver.refuse(),
    onLeave: () => find("[role=toolbar] button:not(:disabled)", root).focus(),
    onTrouble: (sentence) => driver.hint(sentence),
  },
);
const ask = new Ask(find("[data-ask]", root), find("[data-ask-aloud]", root), {
  onAnswer: (accept, typed, shown) => {
    screen.answer(accept, typed, shown);
    screen.focus();
  },
  isAtScreen: () => screen.isDriving && stage.contains(document.activeElement),
  onLeft: () => screen.focus(),
});
const status = new Status(root, screen.link.flow, root.dataset.name ?? "");

// A desktop has no tabs.
const strip = /** @type {HTMLElement | null} */ (root.querySelector("[data-tab-strip]"));
const choosing = strip && new Choosing(strip, screen, driver);

const timeline = wireTimeline(root);
for (const place of [answer, find("#agent-said")]) leaveLater(place);

/** @param {any} message */
function heard(message) {
  if (message.type === "state") showState(message);
  else if (message.type === "control") showControl(message);
  else if (message.type === "viewers") showViewers(message);
  else if (message.type === "told") driver.hint(message.message);
  else if (message.type === "fact") apply(message);
  else if (message.type === "timeline") hearTimeline(message);
  else if (message.type === "tabs") choosing?.tabs(/** @type {any} */ (message));
  else if (message.type === "error") driver.hint(message.message ?? "The server refused that.");
  else if (message.type === "hello") welcome(message);
}

/** @param {{first: number, last: number, html: string}} message */
function hearTimeline(message) {
  timeline?.heard(message);
  others.heard(message.html);
}

/** @param {{names?: string[], people?: {id: number, name: string, may_drive: boolean}[]}} message */
function showViewers({ names, people }) {
  driver.showViewers(names ?? []);
  requests.people(people ?? []);
}

/** @param {{you?: {id?: number, may_drive?: boolean}}} message */
function welcome({ you }) {
  requests.welcome(you?.id ?? 0);
  root.dataset.mayDrive = you?.may_drive ? "yes" : "no";
  driver.setReady(true);
  choosing?.connected();
}

/**
 * @param {{state: string, reason?: string, tab?: string, view: number, url?: string, title?: string, background?: boolean,
 *   dialog?: Omit<import("ui/ask.js").Question, "view">}} message
 */
function showState({ state, reason, tab, view, url, title, background, dialog }) {
  ended = state === "ended";
  status.set(state, reason || (state === "connecting" ? waiting : ""));
  if (ended) stop();
  if (ended) timeline?.ended();
  shownTab = tab ?? "";
  choosing?.showing(shownTab);
  find("[data-background]", root).hidden = !background;
  // The address follows the page, but never under somebody's hands.
  if (url && url !== shownUrl && document.activeElement !== address) address.value = url;
  shownUrl = url || shownUrl;
  address.title = title || "";
  ask.show(dialog ? { ...dialog, view } : null);
}

/** Nothing can be done with a computer that has ended. */
function stop() {
  screen.link.stop();
  driver.end();
  choosing?.ended();
  disableControls(root);
}

/** @param {import("live/screen.js").Control} control */
function showControl(control) {
  const asked = askedAt > 0 && performance.now() - askedAt < ASKED_LATELY_MS;
  if (turns.isOurs(control)) take();
  if (control.you_hold && root.dataset.driver !== "you") choosing?.tookControl();
  requests.show(control);
  driver.show(control);
  // Whoever just took control means to use it; anybody else's focus stays where it is.
  if (asked && control.you_hold) {
    askedAt = 0;
    screen.focus();
  }
}

function take() {
  askedAt = performance.now();
  screen.askControl("take");
}

find("[data-take]", root).addEventListener("click", take);
// Control is this person's, and meant for this tab: it asks for the wheel.
document.addEventListener("took-over", take);
document.addEventListener("visibilitychange", () => turns.isOurs(screen.control) && take());
find("[data-release]", root).addEventListener("click", () => screen.askControl("release"));
find("[data-try-now]", root).addEventListener("click", () => screen.link.tryNow());
find("[data-phone-keyboard]", root).addEventListener("click", () => screen.focus(true));
wireZoom(find("[data-zoom]", root), screen.zoom);
wirePasting(screen, find("[data-paste]", root));
wireCopying(find("[data-selection]", root), () => shownTab);
wireAddress(root, screen);
wireBanner(root);
wireHolding(root);
if (root.dataset.mayDrive === "yes") wireActions(root, screen, (sentence) => driver.hint(sentence), () => shownTab);
for (const entry of root.querySelectorAll("[data-chord]")) {
  entry.addEventListener("click", () => {
    screen.sendChord(/** @type {HTMLElement} */ (entry).dataset.chord ?? "");
    screen.focus();
  });
}
// A refusal has been read once its reader goes on.
for (const [place, happening] of /** @type {const} */ ([[address, "input"], [stage, "pointerdown"], [stage, "keydown"]])) {
  place.addEventListener(happening, () => answer.replaceChildren());
}
loadTerminalWhenShown(root.querySelector("[data-terminal]"), root.dataset.computerId ?? "");
wirePanel(root);
wireMacros(root);
wireFullscreen(find("[data-fullscreen]", root), find("#deck", root), () => screen.focus());

if (ended) stop();
if (ended) status.set("ended", root.dataset.goneReason, null, Date.parse(root.dataset.goneAt ?? "") || Date.now());
else screen.link.connect();
wireWayBack(/** @type {HTMLAnchorElement} */ (find("a.way-back", root)), () =>
  screen.isDriving || Boolean(document.activeElement?.closest("#panel")),
);
