// Runs before the first paint, so that a chosen theme never flashes; the key is the one of src/lib/theme.ts.
try {
  const theme = localStorage.getItem("milepost:theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme is used.
}
