// Runs before the first paint (a classic script in the head), so that a dark page never flashes white.
document.documentElement.dataset.bsTheme =
  localStorage.getItem("lightdeck-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
