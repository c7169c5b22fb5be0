// SPDX-License-Identifier: Apache-2.0
// Keys, and the first questions.

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}
const dark = matchMedia('(prefers-color-scheme: dark)');
dark.addEventListener('change', () => setTheme(dark.matches ? 'dark' : 'light'));
setTheme(dark.matches ? 'dark' : 'light');
const otherTheme = () => setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
$('theme').addEventListener('click', otherTheme);
$('search').addEventListener('input', () => find());
$('more').addEventListener('click', () => find(true));
$('event-filter').addEventListener('input', showEvents);
$('hold').addEventListener('click', () => {
  held = !held;
  $('hold').ariaPressed = String(held);
  if (!held) showEvents();
});
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.tagName === 'INPUT') {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  if (event.key === '/') {
    $('search').focus();
    event.preventDefault();
  }
  if (event.key === 't') otherTheme();
});
addEventListener('resize', () => {
  if (last) map(shownRegions, last);
});

setInterval(() => {
  if (!document.hidden) refresh();
}, EVERY);
setInterval(() => {
  if (!document.hidden) readHistory();
}, 30000);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh();
});
refresh();
readHistory();
find();
follow();
