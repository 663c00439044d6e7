/** The local clipboard into the remote page, as text and only when asked. It knows nothing of the protocol. */

/** A paste goes in pieces of this many characters: a socket message has a limit. */
const PIECE_CHARACTERS = 16_000;
/** More than this is a mistake, not a paste. */
const LONGEST_PASTE_CHARACTERS = 500_000;

/** @param {string} text @returns {string[]} pieces that never split a character */
export function pieces(text) {
  const found = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + PIECE_CHARACTERS, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end -= 1;
    found.push(text.slice(at, end));
    at = end;
  }
  return found;
}

export class Clipboard {
  #on;

  /**
   * @param {HTMLElement} area
   * @param {{onText: (text: string) => void, onTrouble: (sentence: string) => void}} on
   */
  constructor(area, on) {
    this.#on = on;
    area.addEventListener("paste", (event) => {
      event.preventDefault();
      this.give(event.clipboardData?.getData("text/plain") ?? "");
    });
  }

  /** Pastes without a key: for phones, and where the combination is taken. @param {string} text */
  give(text) {
    if (!text) this.#on.onTrouble("There is no text on the clipboard.");
    else if (text.length > LONGEST_PASTE_CHARACTERS) this.#on.onTrouble("That is too long to paste.");
    else pieces(text).forEach(this.#on.onText);
  }
}
