/**
 * Facts: fragments pushed by a socket, each with a key and a version. The element that carries the key is replaced in
 * place; an older version than the one shown is ignored.
 *
 * @typedef {{key: string, version: number, html: string}} Fact
 */

import { process } from "ui/htmx.js";
import { show } from "ui/times.js";

/**
 * @param {Fact} fact
 * @param {(element: HTMLElement) => void} [onNew] where to put one that is not on the page; without it, it is left out
 * @returns {boolean} whether the page changed
 */
export function apply({ key, version, html }, onNew) {
  const shown = document.querySelector(`[data-fact="${CSS.escape(key)}"]`);
  if (shown && Number(shown.getAttribute("data-version")) >= version) return false;
  const fresh = parse(html);
  if (!fresh) {
    shown?.remove();
    return Boolean(shown);
  }
  if (shown) keepFocus(shown, () => replace(shown, fresh));
  else if (onNew) onNew(fresh);
  else return false;
  process(fresh);
  fresh.querySelectorAll("time[data-shows]").forEach(show);
  return true;
}

/** What carries `data-kept` is a person's, or a picture: it stays as it is. @param {Element} shown @param {Element} fresh */
function replace(shown, fresh) {
  for (const place of fresh.querySelectorAll("[data-kept]")) {
    const kept = shown.querySelector(`[data-kept="${CSS.escape(place.getAttribute("data-kept") ?? "")}"]`);
    if (kept) place.replaceWith(kept);
  }
  shown.replaceWith(fresh);
}

/** @param {string} html @returns {HTMLElement | null} */
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  return fresh instanceof HTMLElement ? fresh : null;
}

/** A person who stood on a control of the fragment stands on the same one afterwards. @param {Element} element @param {() => void} change */
function keepFocus(element, change) {
  const active = document.activeElement;
  const id = element.contains(active) ? active?.id : "";
  change();
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
}
