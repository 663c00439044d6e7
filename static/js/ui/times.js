/** Times, ticking: "41:07" until something, "3 min" since something, "2:10" waited; the exact time on hover, in the reader's zone. */

const TICK_MS = 1000;
const JUST_NOW = "just now";
const formatter = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** "41:07", "1:02:09", "0:00". @param {number} ms */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const two = /** @param {number} n */ (n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** "just now", "40 s", "3 min", "2 h", "5 d". @param {number} ms */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 5) return JUST_NOW;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A length as a person would say it, even a short one: "8 s". @param {number} ms */
export const length = (ms) => (ms < 5000 ? `${Math.max(0, Math.round(ms / 1000))} s` : span(ms));

export function wireTimes() {
  const tick = () => {
    document.querySelectorAll("time[data-shows]").forEach(show);
    document.querySelectorAll("[data-until]").forEach(hideWhenPast);
  };
  setInterval(tick, TICK_MS);
  document.addEventListener("htmx:after:swap", tick);
  tick();
}

/** What is true until a moment goes with it. @param {Element} element */
function hideWhenPast(element) {
  element.toggleAttribute("hidden", Date.parse(element.getAttribute("data-until") ?? "") <= Date.now());
}

/** @type {Record<string, (left: number) => string>} */
const SHOWS = {
  left: clock,
  waited: (left) => clock(-left),
  age: (left) => span(-left),
  lasted: (left) => length(-left),
  ago: (left) => (span(-left) === JUST_NOW ? JUST_NOW : `${span(-left)} ago`),
};

/** What each element's title was made of: to write out a date costs more than all else here, and a timeline has hundreds. */
const /** @type {WeakMap<Element, string>} */ titled = new WeakMap();

/** @param {Element} element a <time> whose `data-shows` is one of SHOWS */
export function show(element) {
  const moment = element.getAttribute("datetime") ?? "";
  const at = Date.parse(moment);
  if (Number.isNaN(at)) return;
  const left = at - Date.now();
  const text = SHOWS[element.getAttribute("data-shows") ?? ""]?.(left) ?? "";
  if (element.textContent !== text) element.textContent = text;
  if (titled.get(element) === moment) return;
  element.setAttribute("title", formatter.format(at));
  titled.set(element, moment);
}
