/**
 * The states of a live screen, each with its word, icon and sentence. Colours follow from `data-state` in the style sheet.
 *
 * @typedef {"connecting"|"live"|"idle"|"stalled"|"reconnecting"|"ending"|"ended"|"closed"} State
 * @typedef {object} Situation
 * @property {string} name the computer's
 * @property {string} reason a sentence from the server, or ""
 * @property {number} forMs how long the state has lasted
 * @property {number} at when it began, milliseconds since the epoch
 * @property {number | null} roundTrip milliseconds
 * @property {number | null} retryInMs until the next attempt of this page
 */

import { length } from "ui/times.js";

/** @param {number} at the reader's own time of day */
const time = (at) => new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(at);

/** @param {Situation} at */
const retrying = ({ retryInMs }) => (retryInMs === null ? "" : ` Trying again in ${length(retryInMs)}.`);

/** @type {Record<State, {icon: string, sentence: (at: Situation) => string, trouble: boolean, tryNow?: boolean}>} */
export const STATES = {
  connecting: {
    icon: "loader",
    sentence: ({ name, reason }) => reason || `Connecting to ${name}…`,
    trouble: true,
  },
  live: { icon: "point", sentence: () => "", trouble: false },
  idle: {
    icon: "player-pause",
    sentence: ({ forMs, roundTrip }) =>
      `Nothing has changed for ${length(forMs)} (connected${roundTrip === null ? "" : `, ${Math.round(roundTrip)} ms`}).`,
    trouble: false,
  },
  stalled: {
    icon: "alert-triangle",
    sentence: ({ reason, forMs }) => `${reason || "The computer does not answer"} (${length(forMs)}).`,
    trouble: true,
    tryNow: true,
  },
  reconnecting: {
    icon: "plug-connected-x",
    sentence: (at) => `${at.reason || `The connection was lost ${length(at.forMs)} ago.`}${retrying(at)}`,
    trouble: true,
    tryNow: true,
  },
  // Somebody terminates it, and the service has not yet said that it is gone.
  ending: { icon: "player-stop", sentence: ({ reason, name }) => reason || `${name} is being terminated…`, trouble: true },
  ended: {
    icon: "player-stop",
    // The server gives a reason as a few words ("idle limit reached") or as a sentence of its own.
    sentence: ({ reason, at }) =>
      /^[a-z]/.test(reason) ? `This computer ended at ${time(at)}: ${reason}.` : reason || `This computer ended at ${time(at)}.`,
    trouble: true,
  },
  // The page's own: the server closed the connection for good, and said why.
  closed: { icon: "plug-connected-x", sentence: ({ reason }) => reason || "The connection was closed.", trouble: true },
};

/** @param {string} word @returns {State} */
export const known = (word) => (word in STATES ? /** @type {State} */ (word) : "connecting");
