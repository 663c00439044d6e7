/** The terminal: commands go up, what they say comes down. Loaded when its page is first shown. */

import { LiveSocket, socketUrl } from "live/socket.js";
import { parseMessage } from "live/protocol.js";
import { Acknowledge } from "terminal/acknowledge.js";
import { Backlog } from "terminal/backlog.js";
import { CommandLine } from "terminal/line.js";
import { TerminalOutput } from "terminal/output.js";
import { Results } from "terminal/results.js";
import { result, succeeded } from "terminal/words.js";
import { find, say } from "ui/dom.js";

const HEADER_BYTES = 8;

/** What a closed socket means here. */
const CLOSED = /** @type {Record<number, string>} */ ({
  4001: "You are signed out. Reload the page and sign in again.",
  4003: "You are no longer allowed to run commands on this computer.",
  4004: "There is no such computer.",
  4005: "Your team requires a second factor. Reload the page to set one up.",
  4008: "Too many messages at once; the terminal was closed. Reload the page.",
  4010: "This computer has ended.",
});
/** After these nothing more comes, so nothing is tried. */
const FINAL = new Set([4008, 4010]);

/** @typedef {{command: string, directory: string, timeout: number, streams: boolean}} Running */

class TerminalPage {
  #region;
  #output;
  #line;
  #results;
  #socket;
  #acknowledge;
  #backlog = new Backlog();
  /** @type {Running | null} */
  #running = null;
  #streams = true;
  #saidHowDirectoriesWork = false;

  /** @param {HTMLElement} region @param {string} computerId */
  constructor(region, computerId) {
    this.#region = region;
    this.#output = new TerminalOutput(find("[data-output]", region), (event) => this.#scrolledByKey(event, true));
    this.#results = new Results(find("[data-results]", region));
    this.#line = new CommandLine(region, {
      onRun: (wish) => this.#run(wish),
      onCancel: () => this.#running !== null && this.#socket.send({ type: "cancel" }),
      onKey: (event) => this.#scrolledByKey(event, false),
    });
    this.#acknowledge = new Acknowledge((seq) => this.#socket.send({ type: "seen", seq }));
    this.#socket = new LiveSocket(() => socketUrl(`/ws/computers/${computerId}/terminal/`), {
      onText: (text) => this.#heard(parseMessage(text)),
      onBinary: (data) => this.#said(data),
      onLost: (fate) => this.#lost(fate),
    });
    this.#wireTools();
    document.addEventListener("visibilitychange", () => document.hidden || this.#catchUp());
    this.#show("connecting", "Connecting…");
    this.#socket.connect();
  }

  /** @param {import("terminal/line.js").Wish} wish */
  #run({ command, environment, timeout }) {
    const directory = this.#line.directory;
    const sent = this.#socket.send({ type: "run", command, directory, environment, timeout });
    if (!sent) return false;
    this.#running = { command, directory, timeout, streams: this.#streams };
    this.#region.dataset.used = "";
    this.#output.prompt(directory, command);
    this.#show("running", "Starting…");
    return true;
  }

  /** @param {any} message */
  #heard(message) {
    if (message?.type === "hello") {
      this.#streams = message.streams;
      this.#line.setLimits(message);
      this.#show("ready", message.streams ? "" : "Output is shown when a command has ended.");
    } else if (message?.type === "started" && this.#running) {
      this.#streams = this.#running.streams = message.streams;
      const how = message.streams ? "" : " Its output is shown when it has ended.";
      this.#show("running", `Running, for at most ${this.#running.timeout} s.${how}`);
    } else if (message?.type === "ended") this.#ended(message);
    else if (message?.type === "gone") this.#gone(message.reason);
    else if (message?.type === "error") this.#refused(message);
  }

  /** @param {ArrayBuffer} data */
  #said(data) {
    const header = new DataView(data);
    const bytes = new Uint8Array(data, HEADER_BYTES);
    const seq = header.getUint32(4, true);
    const stream = header.getUint8(0);
    if (document.hidden) {
      this.#backlog.keep(stream, bytes);
      this.#acknowledge.written(seq, bytes.length);
    } else {
      this.#output.write(stream, bytes, () => this.#acknowledge.written(seq, bytes.length));
    }
  }

  /** What came while the page was hidden, before anything else is written. */
  #catchUp() {
    const { pieces, dropped } = this.#backlog.take();
    if (dropped) this.#output.remark(`… ${megabytes(dropped)} came while this page was hidden and are left out.`, false);
    for (const { stream, bytes } of pieces) this.#output.write(stream, bytes, () => {});
  }

  /** @param {import("terminal/words.js").Ended} ended */
  #ended(ended) {
    const ran = this.#running;
    if (!ran) return;
    const words = result(ended, ran.timeout);
    this.#finish(words, succeeded(ended));
    if (ended.directory) this.#movedTo(ended.directory);
  }

  /** @param {string} directory */
  #movedTo(directory) {
    this.#line.directory = directory;
    if (this.#saidHowDirectoriesWork) return;
    this.#saidHowDirectoriesWork = true;
    this.#output.remark("Each command starts a shell of its own. A cd that stands alone is kept; variables are not.", true);
  }

  /** @param {string} words @param {boolean} good */
  #finish(words, good) {
    const ran = /** @type {Running} */ (this.#running);
    this.#running = null;
    this.#catchUp();
    this.#output.tail((tail) => this.#results.add(ran.command, words, tail));
    this.#output.remark(words, good);
    this.#show("ready", words);
    this.#region.dataset.result = good ? "good" : "bad";
  }

  /** @param {{code: string, message: string}} refusal */
  #refused({ code, message }) {
    if (code === "not_running") return;
    // A command that was refused never ran: it goes back to where it was typed.
    if (this.#running && code !== "busy") {
      this.#line.giveBack(this.#running.command);
      this.#running = null;
      this.#output.remark(message, false);
      this.#show("ready", "");
    }
    this.#line.complain(message);
  }

  /** @param {string} reason */
  #gone(reason) {
    this.#close(reason ? `This computer has ended: ${reason}.` : CLOSED[4010]);
  }

  /** @param {import("live/socket.js").Fate} fate */
  #lost({ code, reason, retryIn }) {
    if (this.#region.dataset.state === "closed") return;
    if (retryIn === null || FINAL.has(code)) {
      this.#close(CLOSED[code] || reason || "The terminal was closed.");
      return;
    }
    const fate = this.#running?.streams ? "the command was ended" : "the command may still be running";
    if (this.#running) this.#finish(`The connection was lost: ${fate}.`, false);
    this.#show("connecting", "The connection was lost. Connecting again…");
  }

  /** @param {string} sentence */
  #close(sentence) {
    if (this.#running) this.#finish(sentence, false);
    else this.#output.remark(sentence, false);
    this.#region.dataset.used = "";
    this.#show("closed", sentence);
    this.#socket.stop();
  }

  /** @param {"connecting" | "ready" | "running" | "closed"} state @param {string} sentence */
  #show(state, sentence) {
    this.#region.dataset.state = state;
    if (state !== "ready") delete this.#region.dataset.result;
    this.#line.setState(state);
    say(find("[data-status]", this.#region), sentence);
  }

  /** @param {KeyboardEvent} event @param {boolean} arrowsToo */
  #scrolledByKey(event, arrowsToo) {
    const page = this.#output.height - 1;
    const arrows = arrowsToo ? { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity } : {};
    const by = /** @type {Record<string, number>} */ ({ PageUp: -page, PageDown: page, ...arrows })[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#output.scroll(Math.max(-1e6, Math.min(1e6, by)));
  }

  #wireTools() {
    const search = /** @type {HTMLInputElement} */ (find("[data-search]", this.#region));
    const look = (/** @type {"next" | "before"} */ way) => {
      const found = this.#output.find(search.value, way);
      search.setAttribute("aria-invalid", String(!found));
      say(find("[data-search-answer]", this.#region), found ? "" : "Not found.");
    };
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      look(event.shiftKey ? "before" : "next");
    });
    search.addEventListener("input", () => search.value === "" && look("next"));
    find("[data-search-next]", this.#region).addEventListener("click", () => look("next"));
    find("[data-search-before]", this.#region).addEventListener("click", () => look("before"));
    find("[data-clear]", this.#region).addEventListener("click", () => {
      this.#output.clear();
      this.#line.focus();
    });
    find("[data-copy]", this.#region).addEventListener("click", () => this.#copy());
    this.#region.addEventListener("keydown", (event) => {
      if (event.key === "Escape") find("#tab-terminal").focus();
    });
  }

  async #copy() {
    const text = this.#output.text();
    try {
      await navigator.clipboard.writeText(text);
      say(find("[data-search-answer]", this.#region), "Copied.");
    } catch {
      this.#line.complain("This browser does not let the page copy. Mark the text and press Ctrl+C.");
    }
  }
}

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/**
 * @param {HTMLElement} region @param {string} computerId
 * @returns {Promise<void>} once the terminal is there
 */
export async function openTerminal(region, computerId) {
  await loadStyles(region.dataset.styles ?? "");
  new TerminalPage(region, computerId);
}

/** Without its styles the emulator measures wrongly, so it waits for them. @param {string} address @returns {Promise<void>} */
function loadStyles(address) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  const loaded = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
  });
  document.head.append(link);
  return /** @type {Promise<any>} */ (loaded);
}
