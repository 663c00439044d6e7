/** Dark or light: what the system prefers until a person says otherwise, which this browser remembers. */

const KEY = "lightdeck-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export function wireTheme() {
  const button = document.querySelector("[data-theme-switch]");
  const show = () => {
    const theme = localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.bsTheme = theme;
    button?.setAttribute("aria-pressed", String(theme === "dark"));
  };
  system.addEventListener("change", show);
  addEventListener("storage", show);
  button?.addEventListener("click", () => {
    localStorage.setItem(KEY, document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark");
    show();
  });
  show();
}
