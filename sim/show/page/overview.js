// SPDX-License-Identifier: Apache-2.0
// The first tracks: the whole run with the part in view, and the scenario.

// The whole run: how much was reported when, faults, and the part that is in view.
const density = new Float64Array(480);
for (let n = 0; n < rows.count; ++n)
  if (rows.look[n] !== 0) density[Math.min(479, Math.floor(timeOfRow(n) / END * 480))]++;
const densest = Math.max(1, ...density);
const overview = new Track('The whole run', {
  height: () => 46,
  most: () => 46,
  paint(g) {
    const {c, left, plot} = g, x = at => left + at / END * plot;
    for (const band of bands) {
      if (band.weight !== 1) continue;
      c.fillStyle = palette['fault-fill'];
      c.fillRect(x(band.from), 0, Math.max(x(band.to) - x(band.from), 2), 46);
    }
    c.fillStyle = palette.info;
    for (let i = 0; i < 480; ++i) {
      const h = Math.sqrt(density[i] / densest) * 36;
      if (h > 0) c.fillRect(left + i * plot / 480, 44 - h, plot / 480 + .3, h);
    }
    c.strokeStyle = palette.accent;
    c.lineWidth = 1.5;
    const a = Math.max(x(view.from), left), b = Math.min(x(view.to), left + plot);
    c.fillStyle = palette.bg;
    c.globalAlpha = .62;
    c.fillRect(left, 0, a - left, 46);
    c.fillRect(b, 0, left + plot - b, 46);
    c.globalAlpha = 1;
    c.strokeRect(a, 1, Math.max(b - a, 2), 44);
    gutterText(g, `${timeText(Math.max(view.from, 0), 1)} –`, 15, palette.soft);
    gutterText(g, timeText(Math.min(view.to, END), 1), 31, palette.soft);
  }
});
overview.root.classList.add('overview');
overview.overlay = ({c, left, plot}) => {
  for (const violation of DATA.violations) {
    c.fillStyle = palette.error;
    c.fillRect(left + violation.at / END * plot - 1, 0, 2, 46);
  }
};
overview.timeAt = x => (x - overview.g.left) / overview.g.plot * END;
{
  // A drag here marks the part to look at; a click moves it.
  const fresh = overview.canvas.cloneNode();
  overview.canvas.replaceWith(fresh);
  overview.canvas = fresh;
  let from = null;
  const at = event => overview.timeAt(event.clientX - fresh.getBoundingClientRect().left);
  fresh.addEventListener('pointerdown', event => {
    from = at(event);
    fresh.setPointerCapture(event.pointerId);
  });
  fresh.addEventListener('pointermove', event => {
    if (from !== null && Math.abs(at(event) - from) > END / 200)
      look(Math.min(from, at(event)), Math.max(from, at(event)));
  });
  fresh.addEventListener('pointerup', event => {
    const span = view.to - view.from, to = at(event);
    if (from !== null && Math.abs(to - from) <= END / 200) look(to - span / 2, to + span / 2);
    from = null;
  });
  fresh.addEventListener('wheel', event => {
    zoom(Math.exp(event.deltaY / 400));
    event.preventDefault();
  }, {passive: false});
}

// The scenario: what it does, packed so that no text stands on another.
const FLAG = 19;
let packed = [], packedFor = '';
function pack(g) {
  const key = `${view.from} ${view.to} ${g.width}`;
  if (key === packedFor) return;
  packedFor = key;
  packed = [];
  const ends = [];
  const items =
      DATA.violations.map((v, n) => ({kind: 'violation', n, from: v.at, to: v.at, text: v.id, color: 'error'}));
  for (const label of labels) {
    const band = bands.find(b => b.weight === 1 && b.from === label.at && label.words && b.text === label.words);
    items.push({
      kind: 'label',
      n: label.n,
      from: label.at,
      to: band ? band.to : label.at,
      text: label.label,
      color: label.words ? 'fault' : 'soft'
    });
  }
  items.sort((a, b) => a.from - b.from || b.to - a.to);
  for (const item of items) {
    const a = g.x(item.from), b = g.x(item.to);
    if (b < g.left || a > g.width - 4) continue;
    const start = Math.max(a, g.left), text = g.c.measureText(item.text).width + 14;
    const end = Math.max(b, start + Math.min(text, g.width - g.left)) + 4;
    let line = ends.findIndex(taken => taken <= start);
    if (line < 0) line = ends.push(0) - 1;
    ends[line] = end;
    packed.push({...item, line, a: start, b: Math.min(b, g.width), end});
  }
  packed.lines = ends.length;
}
const scenarioTrack = new Track('Scenario', {
  height: () => 24 + Math.max(1, packed.lines ?? 1) * FLAG + 4,
  most: () => narrow() ? 180 : 210,
  keys: [['fault', 'fault or event'], ['error', 'violated']],
  prepare: pack,
  paint(g) {
    const {c} = g;
    grid(g, this.height());
    c.fillStyle = palette.soft;
    for (const at of ticks(g)) {
      const text = timeText(at, at < 1e6 ? 3 : ticks.digits), width = c.measureText(text).width;
      c.fillText(text, Math.min(g.x(at) + 3, g.width - width - 2), g.top + 11);
    }
    for (const item of packed) {
      const y = 24 + item.line * FLAG;
      if (y + FLAG < g.top + 18 || y > g.bottom) continue;
      const color = palette[item.color];
      if (item.b > item.a + 2) {
        c.fillStyle = palette['fault-fill'];
        c.fillRect(item.a, y, item.b - item.a, FLAG - 3);
      }
      c.fillStyle = color;
      c.fillRect(item.a, y, 2, FLAG - 3);
      c.fillStyle = item.kind === 'violation' ? palette.error : palette.ink;
      c.fillText(clipped(c, item.text, g.width - item.a - 8), item.a + 6, y + FLAG / 2 - 1);
    }
  },
  hit: (x, y) =>
      packed.find(i => x >= i.a - 3 && x <= i.end && y >= 24 + i.line * FLAG && y < 24 + (i.line + 1) * FLAG) ?? null,
});
