// SPDX-License-Identifier: Apache-2.0
'use strict';
// Shows what the read-only listener shows to everybody, and asks it again every two seconds while somebody looks.

const $ = id => document.getElementById(id);
const EVERY = 2000, MOST_EVENTS = 300, MOST_ON_MAP = 80;

/// An element with text alone: no name of the data is ever taken for markup.
function element(tag, attributes = {}, ...children) {
  const out = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on'))
      out.addEventListener(key.slice(2), value);
    else if (key in out)
      out[key] = value;
    else
      out.setAttribute(key, value);
  }
  for (const child of children)
    if (child !== null && child !== undefined) out.append(child);
  return out;
}

function drawing(tag, attributes = {}, ...children) {
  const out = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'onclick' || key === 'onkeydown')
      out.addEventListener(key.slice(2), value);
    else
      out.setAttribute(key, value);
  }
  out.append(...children);
  return out;
}

/// Seconds as people say them.
function age(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
}
const amount = n => n === undefined || n === null ? '–' : n.toLocaleString('en');
const clipped = (text, most) => [...text].length > most ? `${[...text].slice(0, most - 1).join('')}…` : text;

const LONGEST = 90;  // characters of a name in a table; all of it is in its title
function row(cells, more = {}) {
  return element('tr', more, ...cells.map(cell => {
    const [className, content] = Array.isArray(cell) ? cell : ['', cell];
    if (content instanceof Node) return element('td', {className}, content);
    const text = String(content ?? '–');
    return element(
        'td', {className, textContent: clipped(text, LONGEST), title: [...text].length > LONGEST ? text : ''});
  }));
}
/// Where the window is narrow each cell says what it is.
function table(id, heads, rows) {
  const root = $(id), words = heads.map(h => Array.isArray(h) ? h[1] : h);
  root.tHead.replaceChildren(element(
      'tr', {},
      ...heads.map(h => element('th', Array.isArray(h) ? {className: h[0], textContent: h[1]} : {textContent: h}))));
  for (const one of rows)
    [...one.cells].forEach((cell, i) => {
      cell.dataset.head = words[i] ?? '';
    });
  root.tBodies[0].replaceChildren(...rows);
}
const state = (look, text) => element('span', {className: `state ${look}`}, element('i'), text);

// What the listener answers. A document that it does not have is asked for no more.
const missing = new Set();
async function ask(path) {
  const name = path.split('?')[0];
  if (missing.has(name)) return null;
  const answer = await fetch(path, {cache: 'no-store'});
  if (answer.status === 404 || answer.status === 405) {
    missing.add(name);
    return null;
  }
  if (!answer.ok) throw new Error(`${answer.status} ${(await answer.text()).slice(0, 200)}`);
  return answer.json();
}

let last = null, lastAt = 0, chosenRegion = null;
async function refresh() {
  try {
    const [status, readiness] =
        await Promise.all([ask('/v1/status'), fetch('/readyz', {cache: 'no-store'}).then(a => a.text())]);
    if (status === null) throw new Error('it has no /v1/status');
    last = status;
    lastAt = performance.now();
    delete $('fresh').dataset.trouble;
    show(status, readiness);
    remember(status);
    document.documentElement.dataset.ready = 'yes';
  } catch (error) {
    $('fresh').dataset.trouble = String(error.message ?? error);
  }
  showAge();
}

function showAge() {
  const old = (performance.now() - lastAt) / 1000,
        stale = last === null || old > 3 * EVERY / 1000 || $('fresh').dataset.trouble !== undefined;
  $('fresh').classList.toggle('stale', stale);
  $('fresh').textContent = !stale ? 'live' :
      last === null               ? `no answer: ${$('fresh').dataset.trouble ?? 'not asked yet'              }` :
                                    `no answer for ${age(old)}`;
}

const lookOf = region => region.left    ? 'off' :
    region.problem || region.over_quota ? 'bad' :
    region.link_up                      ? 'good' :
    region.receiving || region.sending  ? 'unsure' :
                                          'bad';
const wordsOf = region => region.left ? 'left' :
    region.link_up                    ? 'connected' :
    region.receiving                  ? 'hears it, is not heard' :
    region.sending                    ? 'is heard, does not hear it' :
                                        'not connected';
const lagOf = region => region.unacknowledged > 0 ? `${amount(region.unacknowledged)} not confirmed` : '';
const ORDER = ['bad', 'unsure', 'good', 'off'];

function show(status, readiness) {
  document.title = `${status.ready ? '' : '⚠ '}${status.region} · syncer`;
  $('region').textContent = status.region;
  $('node').textContent = status.node;
  $('ready').textContent = status.ready ? 'ready' : 'not ready';
  $('ready').className = `chip ${status.ready ? 'good' : 'bad'}`;
  $('facts').textContent =
      [`mode ${status.mode}`, `epoch ${status.epoch}`, status.leaving ? 'leaving' : ''].filter(Boolean).join(' · ');
  const problems = readiness.split('\n').slice(1).filter(Boolean);
  $('problems').hidden = status.ready || problems.length === 0;
  $('problems').replaceChildren(element('ul', {}, ...problems.map(p => element('li', {textContent: p}))));
  const follows = status.group && !status.group.leads;
  showRegions(
      [...status.regions ?? []].sort(
          (a, b) => ORDER.indexOf(lookOf(a)) - ORDER.indexOf(lookOf(b)) ||
              a.region.localeCompare(b.region, 'en', {numeric: true})),
      status, follows);
  showRegistry(status.registry, follows, status.group);
  showGroup(status.group);
  showMembers(status.members ?? []);
}

const byLeader = group => `This syncer follows; ${
    group.leader ? `${group.leader} leads and` :
                   'whoever leads'} does the region's work. Its page has the regions and the registry.`;

function chooseRegion(name) {
  chosenRegion = chosenRegion === name ? null : name;
  if (last) showRegions(shownRegions, last, last.group && !last.group.leads);
  find();
}
const onKey = action => event => {
  if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  action();
};

let shownRegions = [];
function showRegions(regions, status, follows) {
  shownRegions = regions;
  const up = regions.filter(r => r.link_up).length;
  $('regions-count').textContent = follows ? byLeader(status.group) :
      regions.length === 0                 ? 'this one alone: no other region is known' :
                                             `${up} of ${regions.length} connected`;
  map(regions, status);
  const focused = document.activeElement?.dataset?.region;
  table(
      'regions',
      regions.length === 0 ?
          [] :
          ['Region', 'Link', ['number', 'Heard'], ['number', 'Lag'], ['number', 'Instances'], 'Epoch'],
      regions.map(region => {
        const facts = [
          region.problem, region.over_quota, region.guard ? `guard: ${region.guard}` : '',
          region.holding ? 'its copies are held' : '', region.paused, region.export_paused
        ].filter(Boolean);
        const link = element(
            'div', {}, state(lookOf(region), wordsOf(region)),
            ...facts.map(f => element('div', {className: 'why', textContent: clipped(f, 300), title: f})));
        return row(
            [
              ['name', region.region], link,
              [
                'number',
                region.last_heard_seconds === undefined || region.last_heard_seconds === null ?
                    'never' :
                    `${age(region.last_heard_seconds)} ago`
              ],
              ['number', region.unacknowledged > 0 ? amount(region.unacknowledged) : '0'],
              ['number', amount(region.instances)], region.epoch
            ],
            {
              tabIndex: 0,
              className: chosenRegion === region.region ? 'on' : '',
              title: 'Show its copies alone',
              onclick: () => chooseRegion(region.region),
              onkeydown: onKey(() => chooseRegion(region.region)),
              'data-region': region.region
            });
      }));
  if (focused !== undefined) [...$('regions').tBodies[0].rows].find(r => r.dataset.region === focused)?.focus();
}

const figure = (value, words) => element(
    'div', {className: 'figure'}, element('b', {textContent: amount(value)}), element('span', {textContent: words}));
const note = (text, bad = true) => element('div', {className: `note${bad ? ' bad' : ''}`, textContent: text});

function showRegistry(registry, follows, group) {
  const out = $('registry');
  if (follows) return out.replaceChildren(element('p', {className: 'soft', textContent: byLeader(group)}));
  if (!registry)
    return out.replaceChildren(element('p', {className: 'soft', textContent: 'nothing is known of it yet'}));
  const notes = [
    registry.problem, registry.shared, ...registry.failing ?? [], ...registry.forged ?? [], ...registry.unfit ?? []
  ].filter(Boolean);
  out.replaceChildren(
      element(
          'div', {}, state(registry.reachable ? 'good' : 'bad', registry.reachable ? 'reachable' : 'not reachable'),
          element('span', {className: 'mono'}, `  ${registry.kind}  ${registry.address}`)),
      element(
          'div', {className: 'figures'}, figure(registry.exported, 'exported'), figure(registry.copies, 'copies'),
          figure(registry.pending, 'writes waiting'), figure(registry.rejected, 'rejected'),
          figure(registry.guard_held, 'held by the guard')),
      registry.guard ? note(`Guard: ${registry.guard}`) :
                       element('p', {className: 'soft', textContent: 'The guard holds nothing.'}),
      ...notes.map(n => note(n)), ...(registry.cut ?? []).map(n => note(`Not shown in full: ${n}`, false)),
      registry.read_interval_seconds ? element('p', {
        className: 'soft',
        textContent: `Read every ${age(registry.read_interval_seconds)}. Not mirrored: ${
            (registry.excluded_services ?? []).join(', ') || 'nothing'}.`
      }) :
                                       null);
}

function showGroup(group) {
  $('group-box').hidden = !group;
  if (!group) return;
  $('group-state').textContent = `${group.leader ? `${group.leader} leads` : 'no leader is known'}, term ${group.term}`;
  const voters = group.voters ?? [];
  table(
      'group', ['Name', 'State', ['number', 'Lag'], 'Address'],
      voters.map(v => row([
                   ['name', v.name], state(v.state === 'leader' || v.state === 'follower' ? 'good' : 'bad', v.state),
                   ['number', amount(v.lag)], ['mono', v.address]
                 ])));
}

function showMembers(members) {
  const looks = {alive: 'good', suspect: 'unsure', dead: 'bad', left: 'off'};
  const sorted = [...members].sort(
      (a, b) => ORDER.indexOf(looks[a.state] ?? 'bad') - ORDER.indexOf(looks[b.state] ?? 'bad') ||
          a.name.localeCompare(b.name, 'en', {numeric: true}));
  $('members-count').textContent = `${members.filter(m => m.state === 'alive').length} of ${members.length} alive`;
  table(
      'members', members.length === 0 ? [] : ['Name', 'State', 'Region', 'Address', ['number', 'Round trip']],
      sorted.map(m => row([
                   ['name', m.name], state(looks[m.state] ?? 'off', m.state), m.region, ['mono', m.address],
                   ['number', m.rtt_seconds > 0 ? age(m.rtt_seconds) : '–']
                 ])));
}
