// SPDX-License-Identifier: Apache-2.0
// The tracks of instances, of beliefs and of figures.

// Instances: a row each, in it a strip for each registry.
const worst = instances.map(() => 0), firstSeen = instances.map(() => END);
for (const way of ways) worst[way.instance] = Math.max(worst[way.instance], way.arrived ? way.to - way.from : Infinity);
for (let i = showings.count - 1; i >= 0; --i) firstSeen[showings.instance[i]] = showings.at[i];
let instanceOrder = [];
function sortInstances() {
  instanceOrder = instances.map(i => i.n);
  if (view.order === 'slow') instanceOrder.sort((a, b) => worst[b] - worst[a] || firstSeen[a] - firstSeen[b] || a - b);
  if (view.order === 'time') instanceOrder.sort((a, b) => firstSeen[a] - firstSeen[b] || a - b);
  if (view.order === 'name')
    instanceOrder.sort((a, b) => instances[a].name.localeCompare(instances[b].name, 'en', {numeric: true}));
  if (view.words.length > 0) {
    const fits = instanceOrder.filter(n => view.words.every(w => instances[n].name.toLowerCase().includes(w)));
    if (fits.length > 0) instanceOrder = fits;
  }
}
sortInstances();
const STRIP = Math.max(2, Math.min(5, Math.floor(40 / Math.max(1, sites.registries))));
const INSTANCE = Math.max(16, STRIP * sites.registries + 6);
const orderButton = element('button', {
  textContent: 'slowest first',
  title: 'In which order',
  onclick() {
    view.order = view.order === 'slow' ? 'time' : view.order === 'time' ? 'name' : 'slow';
    this.textContent = {slow: 'slowest first', time: 'earliest first', name: 'by name'}[view.order];
    sortInstances();
    requestDraw();
  }
});
const instancesTrack = new Track('Instances', {
  height: () => Math.max(instanceOrder.length * INSTANCE + 4, 24),
  most: () => narrow() ? 260 : 300,
  keys: STATES.slice(1).map((state, i) => [state, STATE_WORDS[i + 1]]),
  buttons: [orderButton],
  paint(g) {
    const {c} = g;
    grid(g, this.height());
    if (instanceOrder.length === 0) gutterText(g, 'none', 12, palette.soft);
    const first = Math.max(0, Math.floor(g.top / INSTANCE)),
          last = Math.min(instanceOrder.length, Math.ceil(g.bottom / INSTANCE));
    for (let i = first; i < last; ++i) {
      const n = instanceOrder[i], y = i * INSTANCE + 3;
      const chosen = view.chosen?.kind === 'instance' && view.chosen.n === n;
      if (chosen) {
        c.fillStyle = palette.hover;
        c.fillRect(0, y - 2, g.width, INSTANCE);
      }
      gutterText(g, instances[n].name, y + INSTANCE / 2 - 2, palette.ink, 10);
      const since = new Array(sites.registries).fill(null);
      const close = (r, at) => {
        if (since[r] && since[r].state > 0)
          bar(g, since[r].at, at, y + r * STRIP, STRIP - (STRIP > 2 ? 1 : 0), palette[STATES[since[r].state]]);
      };
      for (const s of showingsOfInstance.of(n)) {
        close(showings.registry[s], showings.at[s]);
        since[showings.registry[s]] = {at: showings.at[s], state: showings.state[s]};
      }
      for (let r = 0; r < sites.registries; ++r) close(r, END);
    }
  },
  hit(x, y) {
    const n = instanceOrder[Math.floor(y / INSTANCE)];
    if (n === undefined) return null;
    const at = instancesTrack.timeAt(x), r = Math.floor((y % INSTANCE - 3) / STRIP);
    const state = r >= 0 && r < sites.registries && x > GUTTER() ? stateAt(n, r, at) : 0;
    const where = state > 0 ? `\n${sites.names[registrySite(r)]}: ${STATE_WORDS[state]}` : '';
    return {kind: 'instance', n, tip: `${instances[n].name}${x > GUTTER() ? `  ${timeText(at)}` : ''}${where}`};
  },
});
function stateAt(instance, registry, at) {
  let state = 0;
  for (const s of showingsOfInstance.of(instance)) {
    if (showings.at[s] > at) break;
    if (showings.registry[s] === registry) state = showings.state[s];
  }
  return state;
}

// Beliefs: a row for each syncer, in it a strip for each member.
const observers = [...beliefs.keys()].sort((a, b) => a - b);
const BELIEF_STRIP = Math.max(2, Math.min(5, Math.floor(34 / Math.max(1, memberNames.length))));
const BELIEF = Math.max(18, BELIEF_STRIP * memberNames.length + 6);
if (observers.length > 0) {
  new Track('Who believes what of whom', {
    height: () => observers.length * BELIEF + 4,
    most: () => 190,
    keys: [['seen', 'alive'], ['suspect', 'suspect'], ['dead', 'dead'], ['left', 'left']],
    paint(g) {
      grid(g, this.height());
      observers.forEach((site, row) => {
        const y = row * BELIEF + 3;
        if (y + BELIEF < g.top || y > g.bottom) return;
        gutterText(g, sites.names[site], y + BELIEF / 2 - 2, palette.ink, 10);
        memberNames.forEach((member, m) => {
          for (const s of beliefs.get(site).get(member) ?? []) {
            bar(g, s.from, s.to, y + m * BELIEF_STRIP, BELIEF_STRIP - (BELIEF_STRIP > 2 ? 1 : 0), palette[s.state],
                s.state === 'seen' ? .5 : 2);
          }
        });
      });
    },
    hit(x, y, g) {
      const site = observers[Math.floor(y / BELIEF)], member = memberNames[Math.floor((y % BELIEF - 3) / BELIEF_STRIP)];
      if (site === undefined || member === undefined || x < g.left) return null;
      const at = this.timeAt(x), stretch = (beliefs.get(site).get(member) ?? []).find(s => s.from <= at && at < s.to);
      if (!stretch) return null;
      const row = rowsOfSite.of(site).find(n => timeOfRow(n) === stretch.from && String(fact(n, 'member')) === member);
      return row === undefined ? null : {
        kind: 'row',
        n: row,
        tip: `${sites.names[site]} holds ${member} ${BELIEF_WORDS[stretch.state]} since ${timeText(stretch.from)}`
      };
    },
  });
}

// Figures.
const samples = DATA.samples;
const perSecond = values => values.map(v => v / (samples.step / 1e6));
const figures =
    [
      ['differ', 'pairs of instance and registry that are not as they should be', samples.differing, 'missing'],
      ['copies', 'copies in all registries', samples.copies, 'shown'],
      ['ghosts', 'copies of what is gone', samples.ghosts, 'ghost'],
      [
        'packets/s', 'datagrams and segments sent in a second',
        perSecond(samples.datagrams.map((v, i) => v + samples.segments[i])), 'info'
      ],
      ['requests/s', 'requests to registries in a second', perSecond(samples.requests), 'changed'],
      ['bytes/s', 'bytes sent in a second', perSecond(samples.bytes), 'host'],
      ['lost/s', 'packets that did not arrive in a second', perSecond(samples.lost), 'error'],
    ].filter(([, , values]) => values.some(v => v > 0))
        .map(([name, words, values, color]) => ({name, words, values, color, most: Math.max(...values)}));
const FIGURE = 40;
const amount = v => v >= 1e6 ? `${trimmed(v / 1e6, 1)}M` :
    v >= 1e4 ? `${trimmed(v / 1e3, 0)}k` :
    v >= 1e3 ? `${trimmed(v / 1e3, 1)}k` :
               trimmed(v, v < 10 ? 1 : 0);
const figuresTrack = new Track('Figures', {
  height: () => figures.length * FIGURE + 4,
  most: () => figures.length * FIGURE + 4,
  paint(g) {
    const {c} = g;
    grid(g, this.height());
    figures.forEach((figure, row) => {
      const y = row * FIGURE + 4, base = y + FIGURE - 8;
      gutterText(g, figure.name, y + 10, palette.ink, 10);
      gutterText(g, `up to ${amount(figure.most)}`, y + 24, palette.soft, 10);
      c.strokeStyle = palette[figure.color];
      c.lineWidth = 1.5;
      c.beginPath();
      let begun = false;
      figure.values.forEach((value, i) => {
        const at = (i + .5) * samples.step, px = g.x(at);
        if (at < view.from - samples.step || at > view.to + samples.step) return;
        const py = base - value / figure.most * (FIGURE - 12);
        if (begun)
          c.lineTo(Math.max(px, g.left), py);
        else
          c.moveTo(Math.max(px, g.left), py);
        begun = true;
      });
      c.stroke();
      c.fillStyle = palette.line;
      c.fillRect(g.left, base + 1, g.width - g.left, 1);
    });
  },
  hit(x, y, g) {
    const figure = figures[Math.floor(y / FIGURE)];
    if (!figure || x < g.left) return null;
    const at = figuresTrack.timeAt(x),
          i = Math.min(Math.max(Math.floor(at / samples.step), 0), figure.values.length - 1);
    return {kind: 'figure', at, tip: `${timeText(at)}  ${amount(figure.values[i])} ${figure.words}`};
  },
});
