/** The pane "Chat": the conversation is here and nowhere else. */

import { Answer } from "playground/answer.js";
import { find, say } from "ui/dom.js";
import { post } from "ui/htmx.js";

/** How much of an answer is said to a screen reader at its end, characters; the rest is in the log. */
const HEARD = 600;
/** Closer than this to its end the log follows what comes, pixels. */
const NEAR_END = 60;
const NOTES = { length: "It stopped at the most tokens it may use.", content_filter: "The service's filter stopped it." };

/** @param {() => FormData} manner the connection, the model, how it is to answer */
export function wireChat(manner) {
  const pane = find("#play-chat");
  const form = /** @type {HTMLFormElement} */ (find("#chat-form"));
  const box = /** @type {HTMLTextAreaElement} */ (find("#chat-message"));
  const [log, empty, error, status] = ["#chat-turns", "[data-chat-empty]", "#chat-error", "[data-chat-status]"].map((each) => find(each, pane));
  const [send, stop] = ["[data-chat-send]", "[data-chat-stop]"].map((each) => /** @type {HTMLButtonElement} */ (find(each, pane)));
  /** @type {{role: string, content: string}[]} */
  let turns = [];
  /** @type {AbortController | null} */
  let asking = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!asking) ask();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  stop.addEventListener("click", () => asking?.abort());
  find("[data-chat-new]", pane).addEventListener("click", () => {
    // Whatever still comes of it belongs to a conversation that is over.
    asking?.abort();
    asking = null;
    busy(false);
    turns = [];
    log.replaceChildren();
    empty.hidden = false;
    for (const place of [error, status]) say(place, "");
    box.focus();
  });
  find("[data-chat-code]", pane).addEventListener("click", ({ currentTarget }) => {
    const values = { of: "chat", ...Object.fromEntries(question([...turns, ...draft()])) };
    post("/playground/code/", { source: currentTarget, target: "#dialog", swap: "innerHTML", values });
  });

  const draft = () => (box.value.trim() ? [{ role: "user", content: box.value }] : []);

  /** @param {{role: string, content: string}[]} said */
  function question(said) {
    const fields = manner();
    fields.set("messages", JSON.stringify(said));
    fields.set("csrfmiddlewaretoken", /** @type {HTMLInputElement} */ (find("[name=csrfmiddlewaretoken]", form)).value);
    return fields;
  }

  async function ask() {
    say(error, "");
    const asked = draft();
    if (!asked.length) return void say(error, "Please say something.");
    const fields = question([...turns, ...asked]);
    const mine = add("You");
    say(find("[data-text]", mine), box.value);
    const shown = add(String(fields.get("model")));
    const answer = new Answer();
    const controller = (asking = new AbortController());
    busy(true);
    log.scrollTop = log.scrollHeight;
    const ending = await answer.ask(form.action, fields, controller.signal, () => show(shown, answer));
    if (asking !== controller) return;
    asking = null;
    busy(false);
    if (ending.how === "refused") return refuse(ending.sentence, mine, shown);
    turns = [...turns, ...asked, ...(answer.text ? [{ role: "assistant", content: answer.text }] : [])];
    box.value = "";
    end(shown, answer, ending);
    box.focus();
  }

  /** Nothing was answered, so nothing was said: the words are still in the box. @param {string} sentence @param {HTMLElement[]} shown */
  function refuse(sentence, ...shown) {
    shown.forEach((each) => each.remove());
    empty.hidden = log.childElementCount > 0;
    say(status, "");
    say(error, sentence);
    box.focus();
  }

  /** @param {HTMLElement} shown @param {Answer} answer */
  function show(shown, answer) {
    const follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    say(find("[data-text]", shown), answer.text);
    const thought = find(".play-thought", shown);
    thought.hidden = !answer.thought;
    say(find(".play-text", thought), answer.thought);
    if (answer.model) say(find(".play-who", shown), answer.model);
    if (follows) log.scrollTop = log.scrollHeight;
  }

  /** @param {HTMLElement} shown @param {Answer} answer @param {import("playground/answer.js").Ending} ending */
  function end(shown, answer, ending) {
    show(shown, answer);
    shown.dataset.ended = ending.how;
    const trouble = ending.sentence || (answer.text || answer.calls ? "" : "The model answered nothing.");
    tell(find("[data-trouble]", shown), trouble);
    const calls = answer.calls ? `It calls functions, which nothing here runs: ${answer.calls}` : "";
    const finish = /** @type {Record<string, string>} */ (NOTES)[answer.finish] ?? "";
    tell(find("[data-note]", shown), [finish, calls, answer.usage].filter(Boolean).join(" · "));
    say(status, ending.how === "whole" ? "Answered." : "Not whole.");
    say(find("[data-chat-heard]", pane), `${answer.text.slice(0, HEARD)} ${trouble}`.trim());
    log.scrollTop = log.scrollHeight;
  }

  /** @param {string} who @returns {HTMLElement} */
  function add(who) {
    const template = /** @type {HTMLTemplateElement} */ (find("#chat-turn"));
    const turn = /** @type {HTMLElement} */ (template.content.cloneNode(true)).children[0];
    say(find(".play-who", turn), who);
    log.append(turn);
    empty.hidden = true;
    return /** @type {HTMLElement} */ (turn);
  }

  /** @param {boolean} on */
  function busy(on) {
    const hadFocus = [send, stop].includes(/** @type {any} */ (document.activeElement));
    send.hidden = on;
    stop.hidden = !on;
    if (hadFocus) (on ? stop : send).focus();
    say(status, on ? "Answering…" : "");
  }
}

/** @param {HTMLElement} place @param {string} sentence */
function tell(place, sentence) {
  say(place, sentence);
  place.hidden = !sentence;
}
