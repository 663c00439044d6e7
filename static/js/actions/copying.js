/** "Copy image": the picture of the dialog, put into this person's clipboard. */

import { find, say } from "ui/dom.js";

export function wireCopyingPictures() {
  document.addEventListener("click", async ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-copy-picture]") : null;
    if (!(button instanceof HTMLButtonElement)) return;
    const dialog = find("[data-copies]", button.closest("dialog") ?? document);
    const place = find("[data-copied]", dialog);
    try {
      // The promise inside: some browsers allow writing only while the click is still fresh.
      await navigator.clipboard.write([new ClipboardItem({ "image/png": asPng(find("img", dialog)) })]);
      say(place, "Copied.");
    } catch {
      say(place, "This browser does not let the picture be copied. Download it instead.");
    }
  });
}

/** Clipboards take PNG only. @param {HTMLImageElement} image @returns {Promise<Blob>} */
async function asPng(image) {
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(image, 0, 0);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture cannot be encoded.")))),
  );
}
