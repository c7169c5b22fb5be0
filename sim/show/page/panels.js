// SPDX-License-Identifier: Apache-2.0
// The side: what is chosen, the events in view or found, the state of all at the cursor, the scenario's text.

const TABS =
    [['chosen', 'Selected'], ['events', 'Events'], ['now', 'At cursor'], ['ways', 'Slowest'], ['source', 'Scenario']];
let tab = 'ways';
for (const [id, text] of TABS) {
  $('tabs').append(element('button', {id: `tab-${id}`, role: 'tab', textContent: text, onclick: () => pressTab(id)}));
}

/// Where the window is narrow the side is a sheet at the bottom that the chosen tab opens and closes.
function pressTab(id) {
  $('side').classList.toggle('open', tab !== id || !$('side').classList.contains('open'));
  showTab(id);
}

function showTab(id) {
  if (tab !== id) $('panel').scrollTop = 0;
  tab = id;
  for (const [other] of TABS) $(`tab-${other}`).setAttribute('aria-selected', String(other === id));
  ({chosen: showChosen, events: showEvents, now: showNow, ways: showWays, source: showSource})[id]();
}

function dotOf(item) {
  if (item.kind === 'row') return `var(--${LOOKS[rows.look[item.n]]})`;
  if (item.kind === 'packet') return fateOf(item.n) >= 2 ? 'var(--lost)' : 'var(--accent)';
  if (item.kind === 'label') return 'var(--fault)';
  return 'var(--soft)';
}

function itemButton(item, note = '') {
  const can = ['row', 'packet', 'label', 'way', 'instance', 'band'].includes(item.kind);
  const at = timeOf(item), line = can ? 0 : lineOf(item);
  const out = element(
      'button', {className: 'item', disabled: !can && !line, onclick: () => can ? choose(item) : goToLine(line)},
      element('i', {dot: dotOf(item)}),
      element('span', {className: 'when', textContent: at === undefined ? '' : timeText(at)}),
      element('span', {className: 'text', textContent: textOf(item) + note}));
  if (view.chosen && item.kind === view.chosen.kind && item.n === view.chosen.n) out.classList.add('on');
  return out;
}

function itemList(items, className = 'items') {
  return element('ol', {className}, ...items.map(item => element('li', {}, itemButton(item))));
}

function section(panel, title, ...content) {
  if (content.length > 0) panel.append(element('h2', {textContent: title}), ...content);
}

function lineLink(line) {
  return element(
      'button',
      {className: 'link', textContent: `${fileName.split('/').pop()}:${line}`, onclick: () => goToLine(line)});
}

/// A text in which a line of the scenario's file can be clicked.
function linked(text) {
  const line = lineInText(text);
  if (!line) return element('span', {textContent: text});
  const name = `${fileName.split('/').pop()}:${line}`, at = text.lastIndexOf(name);
  const start = text.slice(0, at).search(/[^\s(,]*$/);
  return element('span', {}, text.slice(0, start), lineLink(line), text.slice(at + name.length));
}

function choose(item, moves = true) {
  if (item.kind === 'figure') return setCursor(item.at);
  view.chosen = {kind: item.kind, n: item.n};
  if (item.kind === 'way')
    view.way = item.n;
  else if (item.kind === 'instance')
    view.way = waysOfInstance.get(item.n)?.[0].n ?? null;
  else
    view.way = null;
  const at = timeOf(item);
  if (moves) {
    reveal(at);
    if (item.kind === 'way') lookAtWay(ways[item.n]);
    showLane(item);
  }
  view.cursor = at;
  $('side').classList.add('open');
  showTab('chosen');
  requestDraw();
}

function lookAtWay(way) {
  const margin = Math.max((way.to - way.from) * .15, 1e5);
  if (way.from < view.from || way.to > view.to || way.to - way.from < (view.to - view.from) / 8)
    look(way.from - margin, way.to + margin);
}

/// Scrolls the lanes so that the one of this item is there.
function showLane(item) {
  const site = item.kind === 'row' ? rows.who[item.n] : item.kind === 'packet' ? packets.from[item.n] : null;
  const lane = site === null ? null : laneOf[site], scroll = lanesTrack.scroll;
  if (!lane) return;
  if (lane.y < scroll.scrollTop || lane.y + LANE > scroll.scrollTop + scroll.clientHeight)
    scroll.scrollTop = lane.y - scroll.clientHeight / 2;
}

function unchoose() {
  view.chosen = view.way = null;
  if (tab === 'chosen') showTab('ways');
  requestDraw();
}

/// A bar of a time as a part of a longer one; the part in which something stood in the way comes first, in red.
function timeBar(took, held, total) {
  const part = (time, className) => {
    const fill = element('span', {className});
    fill.style.width = `${time / Math.max(total, 1) * 100}%`;
    return fill;
  };
  held = Math.min(held, took);
  return element(
      'div', {className: 'fills', title: held > 0 ? `${timeText(held)} of ${timeText(took)} held up` : ''},
      held > 0 ? part(held, 'fill held') : null, took > held ? part(took - held, 'fill') : null);
}

function hopsOf(hops, total) {
  const list = element('div', {className: 'hops'});
  for (const [from, took, what, because] of hops) {
    const fills = timeBar(took, because.reduce((sum, share) => sum + share[0], 0), total);
    const reasons =
        element('ul', {}, ...because.map(([time, text]) => element('li', {}, `${timeText(time)}: `, linked(text))));
    list.append(element(
        'div', {className: 'hop'}, element('button', {
          className: 'link',
          textContent: timeText(from),
          onclick: () => {
            reveal(from + took);
            setCursor(from + took);
          }
        }),
        element('span', {className: 'amount', textContent: `  +${timeText(took)}  `}), what, fills,
        because.length ? reasons : null));
  }
  return list;
}

function showChosen() {
  const panel = $('panel'), item = view.chosen;
  panel.replaceChildren();
  if (!item) {
    panel.append(element(
        'p', {className: 'soft', textContent: 'Click anything to see what it was caused by and what it led to.'}));
    return;
  }
  const at = timeOf(item), line = lineOf(item);
  panel.append(
      element('h3', {textContent: titleOf(item)}),
      element('div', {className: 'when'}, timeText(at, 6), line ? '  ·  ' : '', line ? lineLink(line) : ''));
  if (item.kind === 'row') {
    panel.append(element(
        'dl', {},
        ...factsOfRow(item.n).flatMap(
            ([key, value]) => [element('dt', {textContent: key}), element('dd', {textContent: value})])));
    if (rows.subject[item.n] > 0) {
      const n = rows.subject[item.n] - 1;
      panel.append(element(
          'p', {}, 'About ',
          element(
              'button',
              {className: 'link', textContent: instances[n].name, onclick: () => choose({kind: 'instance', n})})));
    }
  }
  if (item.kind === 'packet') describePacket(panel, item.n);
  if (item.kind === 'violation')
    panel.append(element('ul', {}, ...DATA.violations[item.n].facts.map(f => element('li', {textContent: f}))));
  if (item.kind === 'band')
    panel.append(element(
        'p', {}, `until ${timeText(bands[item.n].to)}, for ${timeText(bands[item.n].to - bands[item.n].from)}`));
  if (item.kind === 'way') describeWay(panel, ways[item.n]);
  if (item.kind === 'instance') return describeInstance(panel, item.n);
  const causes = causesOf(item), effects = effectsOf(item);
  if (causes.length > 0) section(panel, 'Caused by', itemList(causes, 'items chain'));
  if (effects.length > 0) section(panel, 'Led to', itemList(effects));
}

function titleOf(item) {
  if (item.kind === 'row') return `${sites.names[rows.who[item.n]]} · ${strings[rows.what[item.n]]}`;
  if (item.kind === 'packet') return `${sites.names[packets.from[item.n]]} → ${sites.names[packets.to[item.n]]}`;
  return textOf(item);
}

function describePacket(panel, n) {
  const list = [
    ['what', strings[packets.words[n]]], ['by', CHANNELS[channelOf(n)]], ['bytes', packets.bytes[n]],
    ['fate', FATES[fateOf(n)]]
  ];
  if (packets.took[n]) list.push(['after', timeText(arrivedAt(n) - sentAt(n), 6)]);
  panel.append(element(
      'dl', {}, ...list.flatMap(([k, v]) => [element('dt', {textContent: k}), element('dd', {textContent: v})])));
}

function describeWay(panel, way) {
  panel.append(hopsOf(way.hops, way.to - way.from), element('button', {
                 textContent: 'Zoom to it',
                 onclick: () => look(way.from - (way.to - way.from) * .1 - 1e4, way.to + (way.to - way.from) * .1 + 1e4)
               }));
  section(panel, 'Instance', itemList([{kind: 'instance', n: way.instance}]));
}

function describeInstance(panel, n) {
  const one = instances[n], all = waysOfInstance.get(n) ?? [];
  panel.append(element(
      'p', {className: 'soft', textContent: `${one.service}, at home in ${sites.names[registrySite(one.home)]}`}));
  for (const way of all.slice(0, 6)) {
    section(
        panel,
        `${STEPS[way.step]}, to ${sites.names[registrySite(way.target)]}: ${
            way.arrived ? timeText(way.to - way.from) : 'never'}`,
        hopsOf(way.hops, way.to - way.from),
        element(
            'button',
            {className: 'link', textContent: 'show this way', onclick: () => choose({kind: 'way', n: way.n})}));
  }
  if (all.length === 0)
    panel.append(element(
        'p', {className: 'soft', textContent: 'Its ways are not among the slowest, whose hops are in this page.'}));
  const events = [...rowsOfInstance.of(n + 1)];
  section(
      panel, `All ${events.length} events about it`, itemList(events.slice(0, 200).map(r => ({kind: 'row', n: r}))));
}

function showWays() {
  const panel = $('panel');
  panel.replaceChildren();
  if (ways.length === 0)
    return panel.append(element('p', {className: 'soft', textContent: 'No instance had to be shown elsewhere.'}));
  panel.append(element('p', {
    className: 'soft',
    textContent:
        'What never arrived, then what took longest. The bar is the time; its first part is what stood in the way.'
  }));
  const longest = Math.max(...ways.map(w => w.to - w.from), 1);
  for (const way of ways.slice(0, 60)) {
    const took = way.to - way.from,
          held = way.hops.reduce((sum, hop) => sum + hop[3].reduce((s, share) => s + share[0], 0), 0);
    panel.append(element(
        'div', {className: 'hop'},
        element('button', {className: 'link', textContent: way.words, onclick: () => choose({kind: 'way', n: way.n})}),
        timeBar(took, held, longest)));
  }
}

const MOST_LISTED = 300;
function showEvents() {
  const panel = $('panel'), list = [];
  let count = 0;
  const begin = view.hits ? 0 : lowerBound(rows.count, timeOfRow, view.from);
  for (let n = begin; n < rows.count; ++n) {
    if (!view.hits && timeOfRow(n) > view.to) break;
    if (!rowShown[n] || (view.hits && !view.hits[n])) continue;
    if (++count <= MOST_LISTED) list.push({kind: 'row', n});
  }
  const what = view.hits ? 'found' : 'in view';
  panel.replaceChildren(
      element('p', {
        className: 'soft',
        textContent: count > MOST_LISTED ? `The first ${MOST_LISTED} of ${count} events ${what}` :
                                           `${count} events ${what}`
      }),
      itemList(list));
}

function cell(color, mark, words, action) {
  const out = element('button', {title: words, ariaLabel: words, textContent: mark, onclick: action});
  if (color)
    out.style.setProperty('--dot', color);
  else
    out.classList.add('empty');
  return out;
}

function matrix(columns, lines) {
  return element(
      'div', {className: 'wide'},
      element(
          'table', {className: 'matrix'},
          element(
              'thead', {},
              element(
                  'tr', {}, element('th'), ...columns.map(text => element('th', {textContent: text, title: text})))),
          element(
              'tbody', {},
              ...lines.map(
                  ([name, cells, action]) => element(
                      'tr', {},
                      element('th', {}, element('button', {className: 'link', textContent: name, onclick: action})),
                      ...cells.map(c => element('td', {}, c)))))));
}

const MOST_IN_MATRIX = 120;
function showNow() {
  const panel = $('panel'), at = view.cursor ?? Math.max(view.from, 0);
  panel.replaceChildren(
      element('h3', {textContent: `At ${timeText(at)}`}),
      element('p', {className: 'soft', textContent: 'Click into the tracks, or press , and . to move the cursor.'}));
  const reasons = standing.filter(b => b.from <= at && at < b.to).map(b => element('li', {}, linked(b.text)));
  section(
      panel, 'What stands in the way',
      reasons.length ? element('ul', {}, ...reasons) : element('p', {className: 'soft', textContent: 'nothing'}));
  const states = instances.map(i => Array.from({length: sites.registries}, (_, r) => stateAt(i.n, r, at)));
  const odd = n => states[n].some(s => s !== 0 && s !== 2 && s !== 6);
  const there = instances.filter(i => states[i.n].some(s => s > 0)).sort((a, b) => odd(b.n) - odd(a.n) || a.n - b.n);
  const registries = sites.names.slice(sites.nodes, sites.nodes + sites.registries);
  section(
      panel, `Instances by registry: ${there.length}, ${there.filter(i => odd(i.n)).length} not as they should be`,
      matrix(
          registries,
          there.slice(0, MOST_IN_MATRIX)
              .map(
                  i =>
                      [i.name,
                       states[i.n].map(
                           (s, r) => cell(
                               s ? `var(--${STATES[s]})` : '', STATE_MARKS[s],
                               `${i.name} in ${registries[r]}: ${STATE_WORDS[s]}`,
                               () => choose({kind: 'instance', n: i.n}))),
                       () => choose({kind: 'instance', n: i.n})])),
      ...(there.length > MOST_IN_MATRIX ?
              [element('p', {className: 'soft', textContent: `and ${there.length - MOST_IN_MATRIX} more`})] :
              []));
  if (observers.length === 0) return;
  section(
      panel, 'Who believes what of whom',
      matrix(
          memberNames,
          observers.map(
              site =>
                  [sites.names[site], memberNames.map(member => {
                    const state = beliefAt(site, member, at);
                    return cell(
                        state ? `var(--${state})` : '', BELIEF_MARKS[state] ?? '',
                        `${sites.names[site]} holds ${member} ${BELIEF_WORDS[state] ?? 'for nothing it knows'}`,
                        () => {});
                  }),
                   () => {}])));
}
function refreshNow() {
  if (tab === 'now') showNow();
}

function showSource() {
  const panel = $('panel'), pre = element('pre', {className: 'source'});
  const known = new Set(labels.map(l => lineOf({kind: 'label', n: l.n})));
  sourceLines.forEach((line, i) => {
    const out = element('span', {id: `line-${i + 1}`}, element('b', {textContent: i + 1}), line || ' ');
    if (known.has(i + 1)) {
      out.classList.add('live');
      out.title = 'Show what it did';
      out.addEventListener(
          'click', () => choose({kind: 'label', n: labels.find(l => lineOf({kind: 'label', n: l.n}) === i + 1).n}));
    }
    pre.append(out);
  });
  panel.replaceChildren(element('p', {className: 'soft', textContent: fileName}), pre);
}

function goToLine(line) {
  $('side').classList.add('open');
  showTab('source');
  const out = $(`line-${line}`);
  if (!out) return;
  out.classList.add('here');
  out.scrollIntoView({block: 'center'});
}
