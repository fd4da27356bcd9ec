/* Runs before the first paint, so that a chosen theme does not flash. Its own file: the policy allows no inline script. */
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('holdfast.theme');
  } catch {
    // Storage may be forbidden: the system's theme then.
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
