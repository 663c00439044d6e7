/** Says for a while that somebody else acts on the computer, through the API: nothing here knows whether it stops. */

/** An entry of what came through the API, and is not known to be a task's of ours. */
const THEIRS = /data-kind="upstream"[^>]*data-name=""/;
/** After the last thing that others did. */
const SHOWN_MS = 60_000;

export class Others {
  #place;
  #timer = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#place = /** @type {HTMLElement | null} */ (root.querySelector("[data-others]"));
  }

  /** New entries of the timeline. @param {string} html */
  heard(html) {
    const place = this.#place;
    if (!place || !THEIRS.test(html)) return;
    place.hidden = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (place.hidden = true), SHOWN_MS);
  }
}
