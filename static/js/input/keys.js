/** What a key event means: modifiers, text, and the strokes of a named shortcut. Pure. */

/** Bits in the order of the DevTools protocol. */
export const ALT = 1;
export const CONTROL = 2;
export const META = 4;
export const SHIFT = 8;

/** Each modifier's bit and the property of an event that tells its state. */
export const MODIFIERS = /** @type {const} */ ([
  ["Alt", ALT, "altKey"],
  ["Control", CONTROL, "ctrlKey"],
  ["Meta", META, "metaKey"],
  ["Shift", SHIFT, "shiftKey"],
]);

const MODIFIER_KEYS = new Set(["Alt", "AltGraph", "Control", "Meta", "Shift"]);

/** @param {string} key */
export const isModifier = (key) => MODIFIER_KEYS.has(key);

/** @param {string} key one character as a person sees it, not a name such as "Enter" */
const isPrintable = (key) => [...key].length === 1;

/**
 * Whether Alt (and Control with it) were used to choose a character and are not a shortcut: AltGr everywhere,
 * and Option on a Mac, whose events do not call it AltGraph.
 * @param {KeyboardEvent} event
 */
const choosesCharacter = (event) =>
  event.getModifierState("AltGraph") ||
  (event.altKey && !event.ctrlKey && !event.metaKey && isPrintable(event.key) && event.key > "~");

/** @param {KeyboardEvent | MouseEvent} event */
export function modifiersOf(event) {
  let bits = 0;
  for (const [, bit, property] of MODIFIERS) if (event[property]) bits |= bit;
  if ("key" in event && choosesCharacter(event)) bits &= ~(ALT | CONTROL);
  return bits;
}

/**
 * The text that a press types, or undefined: with Control or Meta a key is a command.
 * @param {KeyboardEvent} event
 */
export function textOf(event) {
  if (!isPrintable(event.key)) return undefined;
  if (choosesCharacter(event)) return event.key;
  return event.ctrlKey || event.metaKey || event.altKey ? undefined : event.key;
}

/**
 * The combination by which this browser pastes. It is left to the browser, whose paste event then carries the
 * local clipboard as text; the remote page would paste its own clipboard, which is another one.
 * @param {KeyboardEvent} event
 */
export const isPaste = (event) =>
  ((event.ctrlKey || event.metaKey) && !event.altKey && event.code === "KeyV") ||
  (event.shiftKey && event.code === "Insert");

/** The combination that copies or cuts in the remote page, onto the remote clipboard. @param {KeyboardEvent} event */
export const isCopy = (event) =>
  (event.ctrlKey || event.metaKey) && !event.altKey && (event.code === "KeyC" || event.code === "KeyX");

/** Names as in a menu, with the code of the key that carries them. */
/** @type {Record<string, {key: string, code: string}>} */
const NAMED = {
  Alt: { key: "Alt", code: "AltLeft" },
  Ctrl: { key: "Control", code: "ControlLeft" },
  Meta: { key: "Meta", code: "MetaLeft" },
  Shift: { key: "Shift", code: "ShiftLeft" },
};
const BITS = { Alt: ALT, Ctrl: CONTROL, Meta: META, Shift: SHIFT };

/** @param {string} name */
const keyNamed = (name) =>
  NAMED[name] ?? (name.length === 1 ? { key: name.toLowerCase(), code: `Key${name.toUpperCase()}` } : { key: name, code: name });

/**
 * The strokes of a shortcut such as "Ctrl+Shift+T": pressed in order, released in reverse.
 * @param {string} shortcut
 * @returns {{action: "down"|"up", key: string, code: string, modifiers: number}[]}
 */
export function chord(shortcut) {
  const names = shortcut.split("+");
  const strokes = [];
  let modifiers = 0;
  for (const name of names) {
    modifiers |= BITS[/** @type {keyof BITS} */ (name)] ?? 0;
    strokes.push({ action: /** @type {const} */ ("down"), ...keyNamed(name), modifiers });
  }
  for (const name of names.reverse()) {
    modifiers &= ~(BITS[/** @type {keyof BITS} */ (name)] ?? 0);
    strokes.push({ action: /** @type {const} */ ("up"), ...keyNamed(name), modifiers });
  }
  return strokes;
}
