/**
 * One answer of a chat, from its first word to how it ended. It knows nothing of the page.
 *
 * @typedef {object} Ending
 * @property {"whole" | "stopped" | "broken" | "refused"} how
 * @property {string} sentence why, for the person; empty for a whole one
 */

import { lines } from "playground/lines.js";

const BROKE_OFF = "The connection to Lightdeck broke before the answer was over. What had come is kept above.";
const NO_ANSWER = "Lightdeck did not answer. Check the connection and try again.";

export class Answer {
  text = "";
  thought = "";
  calls = "";
  model = "";
  usage = "";
  finish = "";

  /**
   * @param {string} address @param {FormData} question @param {AbortSignal} signal @param {() => void} onMore
   * @returns {Promise<Ending>} never rejects: every way to end is told
   */
  async ask(address, question, signal, onMore) {
    let begun = false;
    try {
      const reply = await fetch(address, { method: "POST", body: question, signal });
      if (!reply.ok || !reply.body || reply.redirected) return refusal(reply);
      for await (const line of lines(reply.body)) {
        begun = true;
        if (line.type === "end") return { how: "whole", sentence: "" };
        if (line.type === "trouble") return { how: "broken", sentence: line.sentence };
        this.#take(line);
        onMore();
      }
      return { how: "broken", sentence: BROKE_OFF };
    } catch {
      if (signal.aborted) return { how: "stopped", sentence: "You stopped it here." };
      return { how: begun ? "broken" : "refused", sentence: begun ? BROKE_OFF : NO_ANSWER };
    }
  }

  /** @param {any} delta */
  #take(delta) {
    this.text += delta.text ?? "";
    this.thought += delta.thought ?? "";
    this.calls += delta.calls ?? "";
    for (const name of /** @type {const} */ (["model", "usage", "finish"])) if (delta[name]) this[name] = delta[name];
  }
}

/** @param {Response} reply @returns {Promise<Ending>} */
async function refusal(reply) {
  try {
    return { how: "refused", sentence: (await reply.json()).sentence };
  } catch {
    const out = reply.redirected ? "You are signed out: reload the page." : "This was refused: reload the page and try again.";
    return { how: "refused", sentence: reply.status === 413 ? "That is too much at once." : out };
  }
}
