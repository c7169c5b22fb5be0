// SPDX-License-Identifier: Apache-2.0
// Head, search, filters, keys.

document.title = `${DATA.name}, seed ${DATA.seed}`;
$('name').textContent = DATA.name;
$('verdict').textContent = DATA.verdict;
$('verdict').classList.add(DATA.verdict);
$('seed').textContent = `seed ${DATA.seed} · ${timeText(END, 0)} · ${DATA.events.toLocaleString('en')} events`;
$('about').textContent = DATA.about;

function card(bad, title, ...content) {
  $('why').append(
      element('div', {className: bad ? 'card bad' : 'card'}, element('strong', {textContent: title}), ...content));
}
DATA.violations.forEach((violation, n) => {
  card(
      true, `${violation.id} was violated`, element('div', {className: 'when'}, element('button', {
                                                      className: 'link',
                                                      textContent: timeText(violation.at),
                                                      onclick: () => {
                                                        look(violation.at - END / 20, violation.at + END / 20);
                                                        choose({kind: 'violation', n}, false);
                                                      }
                                                    })),
      element('ul', {}, ...violation.facts.slice(0, 4).map(f => element('li', {textContent: f}))));
});
for (const text of DATA.undecided) card(true, 'Undecided', element('p', {textContent: text}));
if (DATA.why) {
  const causes = DATA.why.causes.slice(0, 5).map(
      ([took, text]) => element('li', {}, took > 0 ? `${timeText(took)}: ` : '', linked(text)));
  card(
      false, DATA.violations.length ? 'Why' : 'The slowest way', element('p', {textContent: DATA.why.what}),
      causes.length ? element('ul', {}, ...causes) :
                      element('p', {className: 'soft', textContent: 'Nothing stood in its way.'}));
}
if (DATA.rows_left || DATA.packets_left) {
  const left = [];
  if (DATA.rows_left) left.push(`${DATA.rows_left.toLocaleString('en')} events`);
  if (DATA.packets_left) left.push(`${DATA.packets_left.toLocaleString('en')} messages that led to nothing`);
  card(
      false, 'Not in this page',
      element('p', {textContent: `${left.join(' and ')}: there are too many. syncsim run --trace writes all events.`}));
}

// Filters and search.
const LOOK_WORDS = {debug: 'detail', info: 'info', warning: 'warnings', error: 'errors', in: 'registered', out: 'gone', changed: 'changed', host: 'processes'};
const counts = new Uint32Array(LOOKS.length);
for (let n = 0; n < rows.count; ++n) counts[rows.look[n]]++;
LOOKS.forEach((name, i) => {
  if (counts[i] === 0) return;
  const button = element(
      'button', {
        className: 'toggle',
        id: `filter-${name}`,
        ariaPressed: String(shownLooks[name]),
        title: `${counts[i]} of them`,
        onclick: () => {
          shownLooks[name] = !shownLooks[name];
          button.ariaPressed = String(shownLooks[name]);
          filter();
        }
      },
      element('i', {dot: `var(--${name})`}), LOOK_WORDS[name]);
  $('filters').append(button);
});

function filter() {
  for (let n = 0; n < rows.count; ++n) rowShown[n] = shownLooks[LOOKS[rows.look[n]]] ? 1 : 0;
  search();
}

/// Rows in whose who, what or facts each word stands.
function search() {
  view.words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  if (view.words.length === 0) {
    view.hits = null;
    $('found').textContent = '';
  } else {
    const fitsText = view.words.map(word => strings.map(text => text.toLowerCase().includes(word)));
    const fitsSite = view.words.map(word => sites.names.map(text => text.toLowerCase().includes(word)));
    const fitsInstance = view.words.map(word => instances.map(i => i.name.toLowerCase().includes(word)));
    view.hits = new Uint8Array(rows.count);
    let count = 0;
    for (let n = 0; n < rows.count; ++n) {
      if (!rowShown[n] || !view.words.every((_, w) => rowFits(n, fitsText[w], fitsSite[w], fitsInstance[w]))) continue;
      view.hits[n] = 1;
      ++count;
    }
    $('found').textContent = `${count.toLocaleString('en')} found`;
  }
  sortInstances();
  if (tab === 'events') showEvents();
  requestDraw();
}

function rowFits(n, texts, sitesThatFit, instancesThatFit) {
  if (texts[rows.what[n]] || sitesThatFit[rows.who[n]] ||
      (rows.subject[n] > 0 && instancesThatFit[rows.subject[n] - 1]))
    return true;
  for (let f = firstFact[n]; f < firstFact[n + 1]; ++f) {
    if (facts.key[f] % 2 === 0 && texts[facts.value[f]]) return true;
  }
  return false;
}

/// The next shown (and found) row after, or before, the chosen one or the cursor.
function step(forward) {
  const start = view.chosen?.kind === 'row' ?
      view.chosen.n :
      lowerBound(rows.count, timeOfRow, view.cursor ?? view.from) - (forward ? 1 : 0);
  for (let n = start + (forward ? 1 : -1); n >= 0 && n < rows.count; n += forward ? 1 : -1) {
    if (rowShown[n] && (!view.hits || view.hits[n])) return choose({kind: 'row', n});
  }
}

function goTo(text) {
  const [from, to] = text.split(/\s*[-–]\s*/).map(parseTime);
  const wrong = from === null || from === undefined || to === null;
  $('goto').setAttribute('aria-invalid', String(wrong));
  if (wrong) return;
  if (to !== undefined)
    look(from, to);
  else {
    look(from - (view.to - view.from) / 2, from + (view.to - view.from) / 2);
    setCursor(from);
  }
}

$('search').addEventListener('input', search);
$('search').addEventListener('keydown', event => {
  if (event.key === 'Enter') step(!event.shiftKey);
  if (event.key === 'Escape') {
    $('search').value = '';
    search();
    $('tracks').focus();
  }
});
$('goto').addEventListener('keydown', event => {
  if (event.key === 'Enter') goTo($('goto').value);
  if (event.key === 'Escape') $('tracks').focus();
});
$('messages').value = view.messages;
$('messages').addEventListener('change', () => {
  view.messages = $('messages').value;
  requestDraw();
});
$('in').addEventListener('click', () => zoom(.5));
$('out').addEventListener('click', () => zoom(2));
$('whole').addEventListener('click', () => look(0, END));
const otherTheme = () => setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
$('theme').addEventListener('click', otherTheme);

const KEYS = [
  ['← →', 'move; with shift by a whole view'], ['+ −', 'zoom'], ['0', 'the whole run'],
  ['n p', 'next, previous event (of those found)'], [', .', 'move the cursor'],
  ['/', 'search: all words, in names and facts'], ['g', 'go to a time: 45s, 1m5s, 40s-60s'],
  ['m', 'which messages are drawn'], ['t', 'light or dark'], ['Esc', 'nothing selected'],
  ['drag', 'move; with shift: zoom to the stretch'], ['wheel', 'zoom; with ctrl where a track scrolls']
];
$('keys').append(
    element('h3', {textContent: 'Keys'}),
    element(
        'dl', {},
        ...KEYS.flatMap(
            ([key,
              words]) => [element('dt', {}, element('kbd', {textContent: key})), element('dd', {textContent: words})])),
    element('form', {method: 'dialog'}, element('button', {textContent: 'Close'})));
$('help').addEventListener('click', () => $('keys').showModal());

const ACTIONS = {
  ArrowLeft: e => pan(e.shiftKey ? -1 : -.15),
  ArrowRight: e => pan(e.shiftKey ? 1 : .15),
  '+': () => zoom(.6),
  '=': () => zoom(.6),
  '-': () => zoom(1 / .6),
  '0': () => look(0, END),
  n: () => step(true),
  p: () => step(false),
  '/': () => $('search').focus(),
  g: () => $('goto').focus(),
  t: otherTheme,
  ',': () => setCursor((view.cursor ?? view.from) - (view.to - view.from) / 100),
  '.': () => setCursor((view.cursor ?? view.from) + (view.to - view.from) / 100),
  m: () => {
    const all = [...$('messages').options].map(o => o.value);
    view.messages = $('messages').value = all[(all.indexOf(view.messages) + 1) % all.length];
    requestDraw();
  },
  Escape: unchoose,
  '?': () => $('keys').showModal(),
};
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) ||
      $('keys').open)
    return;
  const action = ACTIONS[event.key];
  if (!action || ((event.key === 'ArrowLeft' || event.key === 'ArrowRight') && event.target.role === 'tab')) return;
  action(event);
  event.preventDefault();
});
addEventListener('resize', requestDraw);

const dark = matchMedia('(prefers-color-scheme: dark)');
dark.addEventListener('change', () => setTheme(dark.matches ? 'dark' : 'light'));
setTheme(dark.matches ? 'dark' : 'light');
filter();
showTab('ways');
if (DATA.violations.length > 0) setCursor(DATA.violations[0].at);
draw();
document.documentElement.dataset.ready = 'yes';
