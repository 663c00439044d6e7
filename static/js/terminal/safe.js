/**
 * What makes xterm.js fit for output that nobody vouches for, under a policy that forbids inline styles.
 *
 * @typedef {import("@xterm/xterm").Terminal} Terminal
 */

/** More than any screen has lines or columns: only somebody who wants to stop the page repeats this often. */
const REPEAT_LIMIT = 5000;
/** Control sequences that act as often as they say: scroll, insert, delete, tab, repeat. */
const REPEATING = ["b", "L", "M", "S", "T", "I", "Z", "@", "P", "X"];

/**
 * Opens the terminal with constructed sheets in the place of its style elements: the policy allows those, and xterm's DOM
 * renderer is black on black without its styles. (Its WebGL renderer needs none, but not every machine has WebGL, and
 * `documentOverride` does not reach its scroll bar.) All its style elements are made while it opens.
 * @param {Terminal} terminal @param {HTMLElement} place
 */
export function openStyled(terminal, place) {
  const real = document.createElement.bind(document);
  // An own property hides the method; deleting it brings the method back.
  document.createElement = /** @type {any} */ ((/** @type {string} */ name, /** @type {any} */ options) => {
    if (name !== "style") return real(name, options);
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const stand = real("template");
    Object.defineProperty(stand, "textContent", { set: (/** @type {string} */ css) => sheet.replaceSync(css) });
    return stand;
  });
  try {
    terminal.open(place);
  } finally {
    delete (/** @type {any} */ (document).createElement);
  }
}

/**
 * 24-bit colours are set through the style attribute, which the policy forbids too; through the object model it allows
 * them. xterm offers no way in, so this reaches inside: the version is pinned, and a test looks at the colour.
 * @param {Terminal} terminal after it was opened
 */
export function colourThroughObjectModel(terminal) {
  const rows = /** @type {any} */ (terminal)._core?._renderService?._renderer?.value?._rowFactory;
  if (!rows) return;
  rows._addStyle = (/** @type {HTMLElement} */ element, /** @type {string} */ style) => {
    element.style.cssText += `${style};`;
  };
}

/**
 * Output may colour, move the cursor and clear. It may not name the page, make links, reach the clipboard, hide what was
 * there before, or keep the page busy.
 * @param {Terminal} terminal
 */
export function tame(terminal) {
  const { parser } = terminal;
  // Titles, links, the clipboard, colours of the whole page, and whatever else is said to the emulator itself.
  for (const command of [0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 50, 52, 104, 110, 111, 112, 133, 633, 777, 1337]) {
    parser.registerOscHandler(command, () => true);
  }
  // The other screen, mouse reports, a hidden cursor: for programs that have a keyboard. These have none.
  for (const final of ["h", "l"]) parser.registerCsiHandler({ prefix: "?", final }, () => true);
  for (const final of ["h", "l"]) parser.registerCsiHandler({ final }, () => true);
  // Questions: nothing here answers them.
  for (const final of ["c", "n"]) parser.registerCsiHandler({ final }, () => true);
  for (const final of REPEATING) {
    parser.registerCsiHandler({ final }, (params) => params.some((value) => Number(value) > REPEAT_LIMIT));
  }
}
