/** The screen of the terminal: what commands say, bounded, searchable, copied without its marks. */

import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Terminal } from "@xterm/xterm";
import { Marker, unmarked } from "terminal/marked.js";
import { colourThroughObjectModel, openStyled, tame } from "terminal/safe.js";

/** Lines above the screen that are kept; older ones are gone. */
const SCROLLBACK_LINES = 5000;
/** Lines of a command's output that a screen reader is told. */
const TAIL_LINES = 10;
const OPTIONS = {
  allowProposedApi: true,
  convertEol: true,
  cursorInactiveStyle: /** @type {const} */ ("none"),
  disableStdin: true,
  fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  fontSize: 13,
  linkHandler: { activate: () => {} },
  // A program's dark blue on black stays readable.
  minimumContrastRatio: 4.5,
  scrollback: SCROLLBACK_LINES,
  theme: {
    background: "#12171f",
    foreground: "#dde3ea",
    cursor: "#00000000",
    selectionBackground: "#3d5a80",
    black: "#12171f",
    red: "#ff7b72",
    green: "#4fd18b",
    yellow: "#f0b849",
    blue: "#6cb2f7",
    magenta: "#c39bf0",
    cyan: "#56d4dd",
    white: "#dde3ea",
    brightBlack: "#8b95a3",
    brightRed: "#ffa198",
    brightGreen: "#7ee7ac",
    brightYellow: "#ffd27a",
    brightBlue: "#9ecbff",
    brightMagenta: "#d9bdf7",
    brightCyan: "#8be4ea",
    brightWhite: "#ffffff",
  },
};

export class TerminalOutput {
  #terminal;
  #search = new SearchAddon();
  #fit = new FitAddon();
  #marker = new Marker();
  /** @type {import("@xterm/xterm").IMarker | undefined} */
  #began;

  /** @param {HTMLElement} place @param {(key: KeyboardEvent) => void} onKey what is pressed while the output has the focus */
  constructor(place, onKey) {
    this.#terminal = new Terminal(OPTIONS);
    this.#terminal.loadAddon(this.#search);
    this.#terminal.loadAddon(this.#fit);
    openStyled(this.#terminal, place);
    colourThroughObjectModel(this.#terminal);
    tame(this.#terminal);
    this.#terminal.textarea?.setAttribute("aria-label", "Output; scroll with the arrow keys");
    // Nothing is typed here, so every key stays the page's: Tab goes on, Ctrl+C copies.
    this.#terminal.attachCustomKeyEventHandler((event) => {
      if (event.type === "keydown") onKey(event);
      return false;
    });
    new ResizeObserver(() => place.offsetWidth && this.#fit.fit()).observe(place);
    this.#fit.fit();
  }

  /** @param {number} stream @param {Uint8Array} bytes @param {() => void} onWritten */
  write(stream, bytes, onWritten) {
    this.#terminal.write(this.#marker.mark(stream, bytes), onWritten);
  }

  /** The line that shows what is run from here on. @param {string} directory @param {string} command */
  prompt(directory, command) {
    this.#line(`\x1b[0;1;34m${plain(directory)}\x1b[0;1m $ ${plain(command)}\x1b[0m`);
    this.#terminal.write("", () => (this.#began = this.#terminal.registerMarker(0)));
    this.#terminal.scrollToBottom();
  }

  /** A line of the page's own, told apart by its colour and its words. @param {string} text @param {boolean} good */
  remark(text, good) {
    this.#line(`\x1b[0;${good ? 32 : 33}m${plain(text)}\x1b[0m`);
  }

  /** Gives the last lines since the prompt, once all that was written so far is there. @param {(text: string) => void} take */
  tail(take) {
    this.#terminal.write("", () => take(this.#tail()));
  }

  #tail() {
    const buffer = this.#terminal.buffer.active;
    const end = buffer.baseY + buffer.cursorY + (buffer.cursorX > 0 ? 1 : 0);
    const from = Math.max(this.#began && !this.#began.isDisposed ? this.#began.line : 0, end - TAIL_LINES, 0);
    return this.#lines(from, end);
  }

  /** What is marked, else everything that is kept. */
  text() {
    const buffer = this.#terminal.buffer.active;
    return this.#terminal.getSelection() ? unmarked(this.#terminal.getSelection()) : this.#lines(0, buffer.length).trimEnd();
  }

  clear() {
    this.#terminal.clear();
  }

  /** @param {string} text @param {"next" | "before"} way @returns {boolean} whether it is there */
  find(text, way) {
    if (text === "") {
      this.#terminal.clearSelection();
      return true;
    }
    return way === "next" ? this.#search.findNext(text) : this.#search.findPrevious(text);
  }

  /** @param {number} lines */
  scroll(lines) {
    this.#terminal.scrollLines(lines);
  }

  /** Lines that fit. */
  get height() {
    return this.#terminal.rows;
  }

  /** @param {string} text */
  #line(text) {
    // Whatever the last command left behind, colours above all, ends here.
    const before = this.#marker.atLineStart ? "\x1b[0m" : "\x1b[0m\n";
    this.#marker.lineWritten();
    this.#terminal.write(`${before}${text}\n`);
  }

  /** @param {number} from @param {number} to not included */
  #lines(from, to) {
    const buffer = this.#terminal.buffer.active;
    let text = "";
    for (let at = from; at < to; at++) {
      const line = buffer.getLine(at);
      const goesOn = buffer.getLine(at + 1)?.isWrapped;
      text += (line?.translateToString(!goesOn) ?? "") + (goesOn ? "" : "\n");
    }
    return unmarked(text);
  }
}

/** Without what the emulator would act on. @param {string} text */
const plain = (text) => text.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, " ").replaceAll("\n", "\n> ");
