/**
 * Where the remote picture lies inside its box, and which remote pixel a point of the page falls on. Pure.
 *
 * @typedef {{width: number, height: number}} Size
 * @typedef {{left: number, top: number, width: number, height: number}} Box
 * @typedef {{factor: number, x: number, y: number}} View how much larger than its place, and by how much moved, page pixels
 */

/** A point this close below a pixel's edge belongs to the pixel: divisions leave 99.99999 where 100 is meant. */
const EDGE_TOLERANCE = 0.01;

/**
 * The largest centred box of the picture's shape inside `box` (what CSS calls `object-fit: contain`).
 * @param {Box} box
 * @param {Size} picture
 * @returns {Box}
 */
export function letterbox(box, picture) {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
}

/**
 * The remote CSS pixel under a point of the page, clamped to the viewport: a drag may leave the picture.
 * The picture always shows the whole viewport, whatever size it was encoded at.
 * @param {{x: number, y: number}} point client coordinates
 * @param {Box} box the element's box, in client coordinates
 * @param {Size} picture the picture's own pixels (its shape)
 * @param {Size} viewport the remote viewport, CSS pixels
 * @returns {{x: number, y: number}}
 */
export function toRemote(point, box, picture, viewport) {
  const shown = letterbox(box, picture);
  return {
    x: pixel((point.x - shown.left) / shown.width, viewport.width),
    y: pixel((point.y - shown.top) / shown.height, viewport.height),
  };
}

/**
 * Whether a point lies on the picture, and not on the bars beside it.
 * @param {{x: number, y: number}} point
 * @param {Box} box
 * @param {Size} picture
 */
export function isOnPicture(point, box, picture) {
  const shown = letterbox(box, picture);
  const x = (point.x - shown.left) / shown.width;
  const y = (point.y - shown.top) / shown.height;
  return x >= 0 && x < 1 && y >= 0 && y < 1;
}

/**
 * The nearest view that leaves no bar where the picture could be: what is smaller than its place stands in the middle.
 * @param {View} view
 * @param {Size} place
 * @param {Size} picture
 * @returns {View}
 */
export function inPlace({ factor, x, y }, place, picture) {
  const shown = letterbox({ left: 0, top: 0, ...place }, picture);
  return {
    factor,
    x: kept(x, factor, place.width, shown.left, shown.width),
    y: kept(y, factor, place.height, shown.top, shown.height),
  };
}

/** @param {number} at @param {number} factor @param {number} room @param {number} bar @param {number} extent */
function kept(at, factor, room, bar, extent) {
  if (extent * factor <= room) return (room - room * factor) / 2;
  return Math.min(-bar * factor, Math.max(room - (bar + extent) * factor, at));
}

/** @param {number} share @param {number} extent */
function pixel(share, extent) {
  const at = Math.floor(share * extent + EDGE_TOLERANCE);
  return Number.isFinite(at) ? Math.min(Math.max(at, 0), extent - 1) : 0;
}
