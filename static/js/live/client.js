/**
 * Which tab of which browser this is: together with the person it is what holds a lease.
 * A reload keeps it (sessionStorage); a duplicated tab copies it, and is then given a new one by the server.
 */

const KEY = "lightdeck-client";

export function clientId() {
  const kept = sessionStorage.getItem(KEY);
  if (kept) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return rememberClient(Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
}

/** @param {string} id */
export function rememberClient(id) {
  sessionStorage.setItem(KEY, id);
  return id;
}
