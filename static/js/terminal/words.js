/**
 * How a command ended, in words. Pure.
 *
 * @typedef {object} Ended
 * @property {"exit" | "cancelled" | "failed"} outcome
 * @property {number | null} code
 * @property {string | null} directory
 * @property {number} milliseconds
 * @property {string} [reason]
 * @property {string} [message]
 * @property {boolean} [may_run]
 */

/** "0.4 s", "12 s", "3 min 5 s". @param {number} ms */
export function duration(ms) {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** @param {Ended} ended @param {number} timeout seconds @returns {string} */
export function result(ended, timeout) {
  const took = duration(ended.milliseconds);
  if (ended.outcome === "cancelled") {
    return ended.may_run ? `cancelled · ${took} · it may still be running` : `cancelled · ${took} · it was ended`;
  }
  if (ended.outcome === "failed") return `${ended.message ?? "It could not be run."} · ${took}`;
  if (ended.code === null) return `ended, exit code unknown · ${took}`;
  if (ended.code !== -1) return `exit ${ended.code} · ${took}`;
  const late = ended.milliseconds >= timeout * 1000;
  return late ? `timed out after ${timeout} s` : `ended before it was done · ${took}`;
}

/** Whether it did what it was asked. @param {Ended} ended */
export const succeeded = ({ outcome, code }) => outcome === "exit" && code === 0;
