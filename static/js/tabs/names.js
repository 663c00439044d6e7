/** What a tab is called: its page may call itself anything, so this is plain, short, and never empty. Pure. */

/** Longest name that is shown or read aloud, characters. */
const NAME_LIMIT = 80;
/** Control characters, and those that turn the direction of whatever stands beside them. */
const UNRULY = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g;

/** @param {string} text @param {number} limit */
function tame(text, limit) {
  const plain = Array.from(text.slice(0, limit * 4).replace(UNRULY, " ").replace(/\s+/g, " ").trim());
  return plain.length > limit ? `${plain.slice(0, limit - 1).join("")}…` : plain.join("");
}

/** @param {{title: string, url: string}} tab */
export const nameOf = ({ title, url }) => tame(title, NAME_LIMIT) || tame(url.replace(/^https?:\/\//, ""), NAME_LIMIT) || "Untitled";

/** The name and the address. @param {{title: string, url: string}} tab */
export const tooltipOf = (tab) => `${nameOf(tab)}\n${tame(tab.url, 300)}`.trim();
