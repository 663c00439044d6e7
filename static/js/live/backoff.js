/** How long to wait before trying again. Pure but for the injected chance. */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
/** Each wait is shortened by up to this share, so that many pages do not come back at one instant. */
const JITTER = 0.3;

/**
 * @param {number} attempt 0 for the first
 * @param {number} [chance] between 0 and 1
 * @returns {number} milliseconds
 */
export function waitBefore(attempt, chance = Math.random()) {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt, 10), LONGEST_WAIT_MS);
  return Math.round(wait * (1 - JITTER * chance));
}
