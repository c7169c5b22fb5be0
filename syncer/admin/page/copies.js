// SPDX-License-Identifier: Apache-2.0
// What is asked for beside the status: copies, the answer of explain, events.

// Copies and the answer of explain.
let next = '', found = [], question = 0;
const COPY_LOOKS = {
  present: 'good',
  waiting: 'unsure',
  held: 'unsure',
  rejected: 'bad',
  leaving: 'off'
};
// The copy whose row has the keyboard's focus; it keeps it when the rows are made anew.
function focusedCopy() {
  const at = [...$('copies').tBodies[0]?.rows ?? []].indexOf(document.activeElement);
  return at < 0 ? null : found[at].copy;
}
function focusCopy(copy) {
  const at = copy === null ? -1 : found.findIndex(one => one.copy === copy);
  if (at >= 0) $('copies').tBodies[0].rows[at].focus({preventScroll: true});
}
async function find(more = false) {
  const mine = ++question;
  const query = new URLSearchParams({limit: '30', search: $('search').value.trim()});
  if (chosenRegion !== null) query.set('region', chosenRegion);
  if (more) query.set('after', next);
  try {
    const answer = await ask(`/v1/copies?${query}`);
    if (mine !== question) return;
    if (answer === null) {
      $('search').disabled = true;
      $('copies-note').textContent = 'This syncer does not list its copies here.';
      return;
    }
    const focused = focusedCopy();
    found = more ? [...found, ...answer.copies] : answer.copies;
    next = answer.next ?? '';
    $('copies-note').textContent = found.length === 0 ? 'none' : '';
    $('copies-count').textContent = `${amount(answer.total)}${chosenRegion === null ? '' : ` of ${chosenRegion}`}`;
    $('more').hidden = next === '';
    table(
        'copies', found.length === 0 ? [] : ['Instance', 'Service', 'From', 'State', ['number', 'Renewed']],
        found.map(
            copy => row(
                [
                  ['name', copy.instance], copy.service, copy.origin,
                  element(
                      'div', {}, state(COPY_LOOKS[copy.state] ?? 'off', copy.state),
                      copy.detail ? element('div', {className: 'why', textContent: copy.detail}) : null),
                  [
                    'number',
                    copy.renewed_seconds === undefined || copy.renewed_seconds === null ?
                        '–' :
                        `${age(copy.renewed_seconds)} ago`
                  ]
                ],
                {
                  tabIndex: 0,
                  title: 'Explain it',
                  onclick: () => explain(copy.instance),
                  onkeydown: onKey(() => explain(copy.instance))
                })));
    focusCopy(focused);
  } catch (error) {
    if (mine === question) $('copies-note').textContent = `no answer: ${error.message}`;
  }
}

const STEP_LOOKS = {
  done: 'good',
  waiting: 'unsure',
  failed: 'bad',
  none: 'off'
};
async function explain(what) {
  const out = $('explain');
  out.replaceChildren(element('p', {className: 'soft', textContent: `Asking all regions about ${what} …`}));
  try {
    const answer = await ask(`/v1/explain?${new URLSearchParams({what})}`);
    if (answer === null)
      return out.replaceChildren(
          element('p', {className: 'soft', textContent: 'This syncer does not explain instances here.'}));
    const close = element('button', {textContent: 'Close', onclick: () => out.replaceChildren()});
    out.replaceChildren(
        element('div', {className: 'tools'}, element('h2', {textContent: answer.asked}), close),
        ...(answer.regions ?? [])
            .flatMap(
                region => [element(
                               'h3', {}, region.region, ' ',
                               element('span', {className: 'soft', textContent: region.node})),
                           region.problem ? note(region.problem) : null,
                           ...(region.instances ?? [])
                               .map(
                                   one => element(
                                       'div', {},
                                       element('div', {}, element('b', {textContent: one.verdict}), element('span', {
                                                 className: 'soft',
                                                 textContent: `  ${one.instance} of ${one.service}`
                                               })),
                                       element(
                                           'ol', {className: 'steps'},
                                           ...(one.steps ?? [])
                                               .map(
                                                   step => element(
                                                       'li', {}, state(STEP_LOOKS[step.state] ?? 'off', step.step),
                                                       ` ${step.text}`))))),
    ].filter(Boolean)));
    out.focus();
  } catch (error) {
    out.replaceChildren(note(`no answer: ${error.message}`));
  }
}

// Events, live.
let events = [], held = false;
function showEvents() {
  const words = $('event-filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = events.filter(e => words.every(w => e.text.toLowerCase().includes(w)));
  $('events').replaceChildren(...shown.map(
      e => element(
          'li', {className: e.level}, element('time', {textContent: e.time}),
          element('span', {}, element('b', {textContent: e.event}), ` ${e.facts}`))));
}
function take(message) {
  let one;
  try {
    one = JSON.parse(message.data);
  } catch {
    return;
  }
  if (events.some(known => known.id === one.id && known.when === one.time)) return;
  const {id, time, level, event, ...facts} = one;
  const words = Object.entries(facts)
                    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
                    .join('  ');
  events.unshift({
    id,
    when: time,
    time: String(time ?? '').slice(11, 19),
    level: String(level ?? ''),
    event: String(event ?? ''),
    facts: words,
    text: `${event} ${words}`
  });
  events.length = Math.min(events.length, MOST_EVENTS);
  if (!held) requestEvents();
}
let eventsFrame = 0;
function requestEvents() {
  if (eventsFrame === 0)
    eventsFrame = requestAnimationFrame(() => {
      eventsFrame = 0;
      showEvents();
    });
}
/// First what the syncer still has, then what happens.
async function follow() {
  const probe = await fetch('/v1/events?follow=0', {cache: 'no-store'}).catch(() => null);
  if (!probe || !probe.ok) {
    $('events-state').textContent = !probe || probe.status === 404 ?
        'this syncer does not tell them here; its log has them' :
        `no answer: ${probe.status} ${(await probe.text()).slice(0, 200)}`;
    $('event-filter').disabled = $('hold').disabled = true;
    return;
  }
  for (const line of (await probe.text()).split('\n')) {
    if (line.startsWith('data:')) take({data: line.slice(5)});
  }
  const known = events[0]?.id;
  const source = new EventSource(known === undefined ? '/v1/events' : `/v1/events?after=${encodeURIComponent(known)}`);
  source.onmessage = take;
  source.onopen = () => {
    $('events-state').textContent = 'live';
  };
  source.onerror = () => {
    $('events-state').textContent =
        source.readyState === EventSource.CLOSED ? 'ended; load the page again' : 'connecting …';
  };
}
