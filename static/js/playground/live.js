/** The chosen computer as it is now, and who drives it: proposals are run under the same lease as everything else. */

import { Display } from "live/display.js";
import { Link } from "live/link.js";
import { rememberClient } from "live/client.js";
import * as protocol from "live/protocol.js";
import { find, say } from "ui/dom.js";

/** How long a release is waited for before the connection is closed all the same, milliseconds. */
const LEAVE_MS = 2000;

export function wireLive() {
  const region = find("[data-live]");
  const choice = /** @type {HTMLSelectElement} */ (find("#act-computer"));
  const canvas = /** @type {HTMLCanvasElement} */ (find("[data-live-picture]", region));
  const [take, release] = ["[data-live-take]", "[data-live-release]"].map((each) => find(each, region));
  /** @type {Watched | null} */
  let watched = null;

  take.addEventListener("click", () => watched?.ask("take"));
  release.addEventListener("click", () => watched?.ask("release"));
  choice.addEventListener("change", choose);
  choose();

  function choose() {
    watched?.leave();
    watched = null;
    region.hidden = !choice.value;
    if (!choice.value) return;
    const name = choice.selectedOptions[0].textContent ?? "";
    canvas.setAttribute("aria-label", `What ${name} shows now`);
    canvas.width = canvas.height = 0;
    find("[data-live-cockpit]", region).setAttribute("href", `/computers/${choice.value}/`);
    watched = new Watched(choice.value, region, canvas);
  }
}

class Watched {
  #region;
  #link;
  #left = false;
  #holds = false;

  /** @param {string} computerId @param {HTMLElement} region @param {HTMLCanvasElement} canvas */
  constructor(computerId, region, canvas) {
    this.#region = region;
    const display = new Display(canvas);
    this.#say("Connecting…");
    this.#trouble("");
    this.#buttons(false, false);
    this.#link = new Link(computerId, {
      onBitmap: (bitmap, frame) => (this.#left ? bitmap.close() : display.paint(bitmap, frame)),
      onMessage: (message) => this.#heard(message),
      onOpen: () => this.#trouble(""),
      onLost: ({ reason, retryIn }) => {
        if (this.#left) return;
        this.#buttons(false, false);
        this.#say(retryIn === null ? reason || "This computer cannot be watched." : "Not connected. Trying again…");
      },
    });
    this.#link.connect();
  }

  /** @param {"take" | "release"} action */
  ask(action) {
    this.#trouble("");
    this.#link.send(protocol.control(action));
  }

  /** Another computer was chosen: this one is not left driven by nobody who looks. */
  leave() {
    this.#left = true;
    if (!this.#holds) return this.#link.stop();
    this.#link.send(protocol.control("release"));
    setTimeout(() => this.#link.stop(), LEAVE_MS);
  }

  /** @param {any} message */
  #heard(message) {
    if (message.type === "hello" && message.client) rememberClient(message.client);
    if (message.type === "control") this.#control(message);
    if (this.#left) return;
    if (message.type === "error") this.#trouble(message.message);
    if (message.type === "state" && message.state === "ended") {
      this.#buttons(false, false);
      this.#say(`This computer has ended${message.reason ? `: ${message.reason}` : ""}.`);
    }
  }

  /** @param {import("live/screen.js").Control} control */
  #control({ holder, you_hold }) {
    this.#holds = you_hold;
    if (this.#left) return you_hold || this.#link.stop();
    const other = holder?.you ? "You drive in another tab" : `${holder?.name} drives`;
    this.#say(you_hold ? "You are driving" : holder ? other : "Nobody drives: take control to run proposals");
    this.#buttons(!you_hold, you_hold);
  }

  /** @param {boolean} take @param {boolean} release */
  #buttons(take, release) {
    const [taking, releasing] = [find("[data-live-take]", this.#region), find("[data-live-release]", this.#region)];
    const hadFocus = [taking, releasing].includes(/** @type {HTMLElement} */ (document.activeElement));
    taking.hidden = !take;
    releasing.hidden = !release;
    if (hadFocus) (release ? releasing : taking).focus();
  }

  /** @param {string} sentence */
  #say(sentence) {
    say(find("[data-live-driver]", this.#region), sentence);
  }

  /** @param {string} sentence */
  #trouble(sentence) {
    say(find("[data-live-trouble]", this.#region), sentence);
  }
}
