// Sets theme and language as they were last time, so that the first frame is already right.
(function () {
  var root = document.documentElement;
  var theme = 'system';
  try {
    theme = localStorage.getItem('amethyst.theme') || 'system';
    root.lang = localStorage.getItem('amethyst.language') || root.lang;
  } catch {
    // Storage may be refused; the defaults are fine.
  }
  var light =
    theme === 'light' || (theme === 'system' && matchMedia('(prefers-color-scheme: light)').matches);
  root.dataset.theme = light ? 'light' : 'dark';
})();
