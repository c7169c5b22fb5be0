// SPDX-License-Identifier: Apache-2.0
// The track of registries and syncers, with messages and ways as lines between them.

const LANE = 26, REGION = 20;
const lanes = [];
{
  let y = 4;
  const placed = new Set();
  for (const region of sites.regions) {
    lanes.push({region: region.name, y, height: REGION});
    y += REGION;
    const members = [registrySite(region.registry), ...region.nodes];
    for (const site of members) {
      if (placed.has(site)) continue;
      placed.add(site);
      lanes.push({site, y, height: LANE});
      y += LANE;
    }
    y += 4;
  }
  const others = sites.names.map((_, site) => site).filter(site => !placed.has(site));
  if (others.length > 0) {
    lanes.push({region: 'others', y, height: REGION});
    y += REGION;
  }
  for (const site of others) {
    lanes.push({site, y, height: LANE});
    y += LANE;
  }
  lanes.total = y + 4;
}
const laneOf = [];
for (const lane of lanes)
  if (lane.site !== undefined) laneOf[lane.site] = lane;
const middle = site => laneOf[site].y + LANE / 2;
const bandsOfSite = sites.names.map((_, site) => standing.filter(b => b.site === site && b.weight >= 2));
const MOST_ARROWS = 2500;

/// The mark of a look, painted once and copied from then on: a view can hold ten thousands of them.
const SPRITE = 20;
let sprites = new Map(), spritesOf = '';
function sprite(kind) {
  const ratio = window.devicePixelRatio || 1, of = `${document.documentElement.dataset.theme} ${ratio}`;
  if (of !== spritesOf) sprites = new Map();
  spritesOf = of;
  if (sprites.has(kind)) return sprites.get(kind);
  const canvas = element('canvas', {width: SPRITE * ratio, height: SPRITE * ratio}), c = canvas.getContext('2d');
  c.scale(ratio, ratio);
  c.translate(SPRITE / 2, SPRITE / 2);
  c.fillStyle = palette[kind];
  c.beginPath();
  const corners = {
    out: [[-4, -3], [4, -3], [0, 4]],
    in : [[-4, 3], [4, 3], [0, -4]],
    warning: [[0, -5], [5, 0], [0, 5], [-5, 0]],
    error: [[0, -5], [5, 0], [0, 5], [-5, 0]],
    host: [[-1, -9], [1.5, -9], [1.5, 9], [-1, 9]]
  }[kind];
  if (corners)
    corners.forEach(([x, y]) => c.lineTo(x, y));
  else
    c.arc(0, 0, kind === 'debug' ? 2 : 3, 0, 7);
  c.fill();
  sprites.set(kind, canvas);
  return canvas;
}

function dots(g, lane) {
  const {c} = g, list = rowsOfSite.of(lane.site);
  const begin = lowerBound(list.length, i => timeOfRow(list[i]), view.from);
  const marks = LOOKS.map(sprite), last = new Int32Array(LOOKS.length * 2).fill(-9);
  const y = lane.y + LANE / 2 - SPRITE / 2, scale = g.plot / (view.to - view.from);
  for (let i = begin; i < list.length; ++i) {
    const n = list[i], at = timeOfRow(n);
    if (at > view.to) break;
    if (!rowShown[n]) continue;
    // One of a kind in three pixels is as good as ten.
    const found = view.hits === null || view.hits[n] === 1, key = rows.look[n] * 2 + (found ? 1 : 0);
    const x = Math.round(g.left + (at - view.from) * scale);
    if (x - last[key] < 3) continue;
    last[key] = x;
    c.globalAlpha = found ? 1 : .16;
    c.drawImage(marks[rows.look[n]], x - SPRITE / 2, y, SPRITE, SPRITE);
  }
  c.globalAlpha = 1;
}

/// Packets to draw as arrows, and how many there would be.
function arrowsInView() {
  if (view.messages === 'none') return {list: [], all: 0};
  if (view.messages === 'selected') return {list: arrowsOfChosen(), all: 0};
  const list = [];
  let all = 0;
  const begin = lowerBound(packets.count, sentAt, view.from - slowest);
  for (let n = begin; n < packets.count && sentAt(n) <= view.to; ++n) {
    if (arrivedAt(n) < view.from) continue;
    if (view.messages === 'effective' && !isEffective(n) && fateOf(n) < 2) continue;
    if (++all <= MOST_ARROWS) list.push(n);
  }
  return {list, all};
}

function arrowsOfChosen() {
  const item = view.chosen, list = [];
  if (!item) return list;
  const add = i => {
    if (i.kind === 'packet' && !list.includes(i.n)) list.push(i.n);
  };
  add(item);
  for (const i of causesOf(item)) add(i);
  for (const i of effectsOf(item)) add(i);
  return list;
}

function arrow(g, n, color, width) {
  const from = packets.from[n], to = packets.to[n], {c} = g;
  if (from === to || !laneOf[from] || !laneOf[to]) return;
  const fate = fateOf(n), x1 = g.x(sentAt(n)), y1 = middle(from);
  let x2 = g.x(arrivedAt(n)), y2 = middle(to);
  if (packets.took[n] === 0) {
    x2 = x1 + 10;
    y2 = y1 + (y2 - y1) * .45;
  }
  c.strokeStyle = c.fillStyle = fate >= 2 ? palette.lost : color;
  c.lineWidth = width;
  c.setLineDash(fate >= 2 ? [3, 3] : []);
  c.beginPath();
  c.moveTo(x1, y1);
  c.lineTo(x2, y2);
  c.stroke();
  c.setLineDash([]);
  const angle = Math.atan2(y2 - y1, x2 - x1);
  c.beginPath();
  if (fate >= 2) {
    c.moveTo(x2 - 4, y2 - 4);
    c.lineTo(x2 + 4, y2 + 4);
    c.moveTo(x2 + 4, y2 - 4);
    c.lineTo(x2 - 4, y2 + 4);
    c.stroke();
  } else {
    c.moveTo(x2, y2);
    c.lineTo(x2 - 7 * Math.cos(angle - .4), y2 - 7 * Math.sin(angle - .4));
    c.lineTo(x2 - 7 * Math.cos(angle + .4), y2 - 7 * Math.sin(angle + .4));
    c.fill();
  }
}

/// The steps of a way with the lanes they end in: a hop begins with the name of who did it.
function pathOf(way) {
  const points = [{at: way.from, site: registrySite(instances[way.instance].home)}];
  for (const [from, took, what] of way.hops) {
    const name = what.split(' ')[0], site = sites.names.indexOf(name);
    if (site >= 0) points.push({at: from + took, site});
  }
  return points;
}

function wayLine(g, way) {
  const points = pathOf(way), {c} = g;
  for (const [width, color] of [[7, palette.panel], [3.5, way.arrived ? palette.accent : palette.error]]) {
    c.lineWidth = width;
    c.strokeStyle = color;
    c.lineJoin = 'round';
    c.beginPath();
    points.forEach((p, i) => {
      if (i === 0) return c.moveTo(g.x(p.at), middle(p.site));
      c.lineTo(g.x(p.at), middle(points[i - 1].site));
      c.lineTo(g.x(p.at), middle(p.site));
    });
    c.stroke();
  }
}

let arrows = [];
const lanesTrack = new Track('Registries and syncers', {
  height: () => lanes.total,
  most: () => Math.max(160, Math.min(narrow() ? 420 : innerHeight * .55, 700)),
  keys: [
    ['alive', 'up'], ['frozen', 'frozen'], ['leader', 'leads'], ['guard', 'guard holds'],
    ['trouble', 'trouble with registry or link'], ['in', '▲ registered'], ['out', '▼ gone'], ['warning', '◆ warning']
  ],
  paint(g) {
    const {c} = g;
    grid(g, lanes.total);
    for (const band of bands)
      if (band.weight === 1) bar(g, band.from, band.to, 0, lanes.total, palette['fault-fill'], 1);
    for (const lane of lanes) {
      if (lane.y + lane.height < g.top || lane.y > g.bottom) continue;
      if (lane.region !== undefined) {
        c.font = '600 11.5px system-ui, "DejaVu Sans", sans-serif';
        gutterText(g, lane.region, lane.y + REGION / 2 + 1, palette.soft, 8);
        c.font = '12px system-ui, "DejaVu Sans", sans-serif';
        c.fillStyle = palette.line;
        c.fillRect(g.left, lane.y + REGION / 2, g.width - g.left, 1);
        continue;
      }
      gutterText(g, sites.names[lane.site], lane.y + LANE / 2, palette.ink, 14);
      bar(g, 0, END, lane.y + LANE / 2 - .5, 1, palette.line);
      const registry = lane.site >= sites.nodes && lane.site < sites.nodes + sites.registries;
      for (const life of lives[lane.site]) {
        bar(g, life.from, life.to, lane.y + (registry ? 9 : 5), LANE - (registry ? 18 : 10),
            palette[registry ? 'faint' : life.kind]);
      }
      for (const lead of leads[lane.site]) bar(g, lead.from, lead.to, lane.y + 2, 3.5, palette.leader);
      for (const band of bandsOfSite[lane.site]) {
        bar(g, band.from, band.to, lane.y + LANE - 5, 3, palette[band.weight === 2 ? 'guard' : 'trouble']);
      }
      dots(g, lane);
    }
    c.save();
    c.beginPath();
    c.rect(g.left, 0, g.width - g.left, lanes.total);
    c.clip();
    const {list, all} = arrowsInView();
    arrows = list;
    for (const n of list)
      arrow(
          g, n, view.messages === 'selected' ? palette.accent : palette.arrow, view.messages === 'selected' ? 1.8 : 1);
    if (view.way !== null) wayLine(g, ways[view.way]);
    ring(g);
    c.restore();
    if (all > MOST_ARROWS) {
      c.fillStyle = palette.ink;
      c.fillText(`${MOST_ARROWS} of ${all} messages: zoom in to see the others`, g.left + 8, g.top + 10);
    }
  },
  hit(x, y, g) {
    const lane = lanes.find(l => l.site !== undefined && y >= l.y && y < l.y + l.height);
    const near = lane && x >= g.left ? nearestRow(g, lane, x) : null;
    if (near) return near;
    const on = arrows.find(n => distance(g, n, x, y) < 4);
    if (on !== undefined) return {kind: 'packet', n: on};
    if (!lane || x < g.left) return null;
    const at = lanesTrack.timeAt(x);
    const band = y > lane.y + LANE - 7 ? bandsOfSite[lane.site].find(b => b.from <= at && at <= b.to) : null;
    if (band) return {kind: 'band', n: band.n};
    const fault = bands.find(b => b.weight === 0 && b.site === lane.site && b.from <= at && at <= b.to);
    return fault ? {kind: 'band', n: fault.n} : null;
  },
});

function ring(g) {
  const item = view.chosen;
  if (!item || item.kind !== 'row') return;
  g.c.strokeStyle = palette.accent;
  g.c.lineWidth = 2.5;
  g.c.beginPath();
  g.c.arc(g.x(timeOfRow(item.n)), middle(rows.who[item.n]), 8, 0, 7);
  g.c.stroke();
}

function nearestRow(g, lane, x) {
  const list = rowsOfSite.of(lane.site), at = lanesTrack.timeAt(x), reach = (view.to - view.from) / g.plot * 6;
  let best = null, least = reach, weight = -1;
  for (let i = lowerBound(list.length, k => timeOfRow(list[k]), at - reach); i < list.length; ++i) {
    const n = list[i], off = Math.abs(timeOfRow(n) - at);
    if (timeOfRow(n) > at + reach) break;
    if (!rowShown[n]) continue;
    // Where several are at one place, the one that matters most.
    const matters = LOOKS[rows.look[n]] === 'error' ? 3 :
        LOOKS[rows.look[n]] === 'warning'           ? 2 :
        LOOKS[rows.look[n]] === 'debug'             ? 0 :
                                                      1;
    if (off < least - reach / 3 || (off <= least + reach / 3 && matters > weight)) {
      best = n;
      least = off;
      weight = matters;
    }
  }
  return best === null ? null : {kind: 'row', n: best};
}

function distance(g, n, x, y) {
  const x1 = g.x(sentAt(n)), y1 = middle(packets.from[n]);
  let x2 = g.x(arrivedAt(n)), y2 = middle(packets.to[n]);
  if (packets.took[n] === 0) {
    x2 = x1 + 10;
    y2 = y1 + (y2 - y1) * .45;
  }
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const along = Math.min(Math.max(((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length, 0), length);
  return Math.hypot(x1 + (x2 - x1) * along / length - x, y1 + (y2 - y1) * along / length - y);
}
