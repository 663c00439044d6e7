/** The editor of a macro: after each press the focus goes where the work goes on. */

document.addEventListener("htmx:after:swap", () => {
  const form = document.querySelector("#macro-editor");
  const id = form?.getAttribute("data-focus");
  if (!id) return;
  form?.removeAttribute("data-focus");
  document.getElementById(id)?.focus();
});

// Another choice may need other fields.
document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLSelectElement) || !("changes" in target.dataset)) return;
  const keep = target.form?.querySelector("button[value=keep]");
  if (!(keep instanceof HTMLButtonElement)) return;
  keep.value = `keep#${target.id}`;
  target.form?.requestSubmit(keep);
});
