/** The pane "Act on a picture": htmx sends and shows; here is what lies around it. */

import { find, findAll, say } from "ui/dom.js";

/** How often the time that an answer takes is told, milliseconds. */
const TELL_EVERY_MS = 1000;

export function wireActing() {
  const pane = find("#play-act");
  const form = /** @type {HTMLFormElement} */ (find("#act-form"));
  const [turns, empty, status] = ["#act-turns", "[data-act-empty]", "[data-act-status]"].map((each) => find(each, pane));
  const stop = /** @type {HTMLButtonElement} */ (find("[data-act-stop]", pane));
  const box = /** @type {HTMLTextAreaElement} */ (find("#act-instruction"));
  let timer = 0;
  let stopped = false;

  form.addEventListener("change", ({ target }) => {
    if (/** @type {Element} */ (target).matches("[name=source]")) showSource(form);
  });
  showSource(form);
  stop.addEventListener("click", () => {
    stopped = true;
    form.dispatchEvent(new Event("htmx:abort"));
  });
  form.addEventListener("htmx:before:request", (event) => {
    if (event.target !== form) return;
    stopped = false;
    for (const place of findAll(".errors", form)) place.replaceChildren();
    const began = Date.now();
    const tell = () => say(status, `Waiting for the model… ${Math.round((Date.now() - began) / 1000)} s`);
    tell();
    timer = setInterval(tell, TELL_EVERY_MS);
    stop.hidden = false;
  });
  form.addEventListener("htmx:finally:request", (event) => {
    if (event.target !== form) return;
    clearInterval(timer);
    stop.hidden = true;
    say(status, stopped ? "You stopped it. Whether the service still answers, and charges for it, is not known." : "");
  });
  // A swap is told of its target, which an answer joins and a refusal does not touch.
  document.addEventListener("htmx:after:swap", () => {
    settle(turns, empty, box);
    for (const done of findAll("[data-done]", turns)) checkOff(done);
  });
  pane.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element) || !target.closest("[data-act-new]")) return;
    const state = find("#act-state");
    state.replaceChildren();
    state.removeAttribute("data-going-on");
    turns.replaceChildren();
    empty.hidden = false;
    box.focus();
  });
}

/** Only the newest answer's proposals are of what is on the screen. @param {HTMLElement} turns @param {HTMLElement} empty @param {HTMLTextAreaElement} box */
function settle(turns, empty, box) {
  const answers = findAll(".play-answer", turns);
  empty.hidden = answers.length > 0;
  const newest = answers.at(-1);
  if (!newest || newest.dataset.settled) return;
  newest.dataset.settled = "yes";
  box.value = "";
  newest.scrollIntoView({ block: "nearest" });
  for (const past of answers.slice(0, -1)) {
    past.classList.add("is-past");
    for (const control of past.querySelectorAll("button, input")) /** @type {HTMLButtonElement} */ (control).disabled = true;
  }
}

/** A call is carried out once all of its actions were. @param {HTMLElement} done */
function checkOff(done) {
  const proposal = done.closest("[data-call]");
  const list = proposal?.parentElement;
  if (!proposal || !list || done.dataset.seen) return;
  done.dataset.seen = "yes";
  const mine = findAll("[data-call]", list).filter((each) => each.dataset.call === /** @type {HTMLElement} */ (proposal).dataset.call);
  const all = mine.every((each) => each.querySelector("[data-done]") || !each.querySelector("form"));
  const box = mine.at(-1)?.querySelector("[name=ran]");
  if (all && box instanceof HTMLInputElement) box.checked = true;
}

/** @param {HTMLFormElement} form */
function showSource(form) {
  const chosen = new FormData(form).get("source");
  find("[data-source=upload]", form).hidden = chosen !== "upload";
}
