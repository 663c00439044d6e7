/**
 * Passkeys: a form's button asks the browser for one, and the form carries the answer. The options stand in a JSON
 * script of the page; `data-passkey` says whether one is made or shown.
 */

import { find, say } from "ui/dom.js";

const TOO_OLD = "This browser does not know passkeys, or this page was opened by an address instead of a name.";
const REFUSED = "The passkey was not used. Try again, or choose another way.";

export function wirePasskeys() {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (form instanceof HTMLFormElement) wire(form);
  }
}

/** @param {HTMLFormElement} form */
function wire(form) {
  const trouble = find("[data-passkey-trouble]", form);
  const credential = /** @type {HTMLInputElement} */ (find("[name=credential]", form));
  find("button[type=submit]", form).removeAttribute("disabled");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say(trouble, "");
    try {
      credential.value = JSON.stringify(await ask(form.dataset.passkey ?? ""));
      form.submit();
    } catch (error) {
      say(trouble, error instanceof TypeError || isNamedByNumber() ? TOO_OLD : REFUSED);
    }
  });
}

/** Browsers tie a passkey to a name: http://127.0.0.1 has none, http://localhost has. */
const isNamedByNumber = () => /^[\d.]+$|^\[/.test(location.hostname);

/** @param {string} how @returns {Promise<object>} the answer as JSON */
async function ask(how) {
  const data = JSON.parse(find("#passkey-options").textContent ?? "");
  const Known = /** @type {any} */ (PublicKeyCredential);
  const answer =
    how === "create"
      ? await navigator.credentials.create({ publicKey: Known.parseCreationOptionsFromJSON(data.creation_options.publicKey) })
      : await navigator.credentials.get({ publicKey: Known.parseRequestOptionsFromJSON(data.request_options.publicKey) });
  return /** @type {any} */ (answer).toJSON();
}
