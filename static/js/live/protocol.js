/**
 * Protocol 1 of the screen socket: frames in, messages out. Pure.
 *
 * @typedef {object} Frame
 * @property {number} kind 1 = JPEG
 * @property {number} view which feed, tab and size the picture shows
 * @property {number} seq
 * @property {number} capturedAt milliseconds since the epoch
 * @property {number} relayAge milliseconds between receipt from upstream and this send
 * @property {number} width remote viewport, CSS pixels
 * @property {number} height
 * @property {Uint8Array} payload
 *
 * @typedef {{view: number, epoch: number}} Aim the picture an input was aimed at, and the lease it acts under
 */

export const PROTOCOL = 1;
export const HEADER_BYTES = 24;
export const JPEG = 1;

/**
 * @param {ArrayBuffer} data
 * @param {number} [at] where in it the header begins
 * @returns {Frame | null} null for anything this version does not know
 */
export function parseFrame(data, at = 0) {
  if (data.byteLength <= at + HEADER_BYTES) return null;
  const header = new DataView(data, at);
  if (header.getUint8(0) !== PROTOCOL || header.getUint8(1) !== JPEG) return null;
  return {
    kind: JPEG,
    view: header.getUint16(2, true),
    seq: header.getUint32(4, true),
    capturedAt: header.getFloat64(8, true),
    relayAge: header.getFloat32(16, true),
    width: header.getUint16(20, true),
    height: header.getUint16(22, true),
    payload: new Uint8Array(data, at + HEADER_BYTES),
  };
}

/**
 * @param {string} text
 * @returns {{type: string, [field: string]: any} | null}
 */
export function parseMessage(text) {
  try {
    const message = JSON.parse(text);
    return typeof message?.type === "string" ? message : null;
  } catch {
    return null;
  }
}

/** @param {number} seq the newest frame painted; acknowledges all before it */
export const seen = (seq) => ({ type: "seen", seq });

/** @param {string} tab an id, or "main": whatever the driver is on */
export const watch = (tab) => ({ type: "watch", tab });

/** @param {number} maxFps */
export const pace = (maxFps) => ({ type: "pace", max_fps: maxFps });

export const ping = () => ({ type: "ping" });

/** Answers a `probe`: this page is still there, so a duplicate of it must go by another id. */
export const here = () => ({ type: "here" });

/** Do not wait for the back-off: try upstream again now. */
export const retry = () => ({ type: "retry" });

/** @param {boolean} accept @param {string} typed @param {{number: number, view: number, epoch: number}} dialog */
export const answer = (accept, typed, dialog) => ({ type: "answer", accept, text: typed, ...dialog });

/**
 * @param {"take" | "release" | "request" | "withdraw" | "grant" | "deny" | "force"} action
 * @param {{reason?: string, to?: number}} [about] `to`: the number of the person who gets control, or does not
 */
export const control = (action, about = {}) => ({ type: "control", action, ...about });

/**
 * @param {{action: "move"|"down"|"up"|"wheel", x: number, y: number, button: string, buttons: number,
 *   clicks: number, modifiers: number, dx: number, dy: number}} gesture
 * @param {Aim} aim
 */
export const pointer = (gesture, aim) => ({ type: "pointer", ...gesture, ...aim });

/**
 * @param {{action: "down"|"up", key: string, code: string, modifiers: number, text?: string, repeat?: boolean}} stroke
 * @param {Aim} aim
 */
export const key = (stroke, aim) => ({ type: "key", ...stroke, ...aim });

/** @param {string} typed @param {Aim} aim */
export const text = (typed, aim) => ({ type: "text", text: typed, ...aim });
