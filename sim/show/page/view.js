// SPDX-License-Identifier: Apache-2.0
// What part of the run is in view, what is chosen, and how a track is drawn: a head and a canvas that scrolls.

const view = {
  from: 0,
  to: END,
  cursor: null,
  pointer: null,
  chosen: null,
  way: null,
  messages: 'selected',
  words: [],
  hits: null,
  order: 'slow'
};
const shownLooks = {debug: false, info: true, warning: true, error: true, in: true, out: true, changed: true, host: true};
const rowShown = new Uint8Array(rows.count);
const $ = id => document.getElementById(id);

/// An element with text alone: no name of the data is ever taken for markup.
function element(tag, attributes = {}, ...children) {
  const out = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on'))
      out.addEventListener(key.slice(2), value);
    else if (key === 'dot')
      out.style.setProperty('--dot', value);
    else if (key in out && key !== 'list')
      out[key] = value;
    else
      out.setAttribute(key, value);
  }
  for (const child of children)
    if (child !== null && child !== undefined) out.append(child);
  return out;
}

let palette = {};
function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const names = [
    'bg',
    'panel',
    'ink',
    'soft',
    'line',
    'faint',
    'accent',
    'alive',
    'frozen',
    'down',
    'leader',
    ...LOOKS,
    ...STATES.slice(1),
    'suspect',
    'dead',
    'left',
    'seen',
    'fault',
    'fault-fill',
    'guard',
    'trouble',
    'cursor',
    'arrow',
    'lost',
    'hover'
  ];
  palette = Object.fromEntries(names.map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  readPalette();
  requestDraw();
}

const MIN_SPAN = 200;  // microseconds
function look(from, to) {
  const span = Math.min(Math.max(to - from, MIN_SPAN), END * 1.04);
  const middle = (from + to) / 2;
  view.from = Math.min(Math.max(middle - span / 2, -END * .02), END * 1.02 - span);
  view.to = view.from + span;
  requestDraw();
}
function zoom(factor, around = (view.from + view.to) / 2) {
  look(around - (around - view.from) * factor, around + (view.to - around) * factor);
}
function pan(share) {
  const by = (view.to - view.from) * share;
  look(view.from + by, view.to + by);
}
/// Moves a time into view if it is not, without changing the span.
function reveal(at) {
  const span = view.to - view.from;
  if (at < view.from + span * .05 || at > view.to - span * .05) look(at - span / 2, at + span / 2);
}

let frame = 0;
function requestDraw() {
  if (frame === 0) frame = requestAnimationFrame(draw);
}
const tracks = [];
function draw() {
  frame = 0;
  const begin = performance.now();
  for (const track of tracks) track.draw();
  view.drawTime = performance.now() - begin;
  view.draws = (view.draws ?? 0) + 1;
}

const narrow = () => innerWidth < 600;
const GUTTER = () => narrow() ? 78 : 132;

const FONT = '12px system-ui, "DejaVu Sans", sans-serif';

class Track {
  /// `paint(g)` draws what is between g.top and g.bottom of the content; `height()` is that of all of it, after
  /// `prepare(g)` has laid it out where that depends on the view.
  constructor(title, {height, most, prepare, paint, hit, keys = [], buttons = []}) {
    Object.assign(this, {height, most, prepare, paint, hit});
    this.canvas = element('canvas', {role: 'img', ariaLabel: title});
    this.scroll = element('div', {className: 'scroll'}, this.canvas);
    this.filler = element('div');
    this.scroll.append(this.filler);
    const head = element('div', {className: 'head'}, element('strong', {textContent: title}));
    for (const [color, text] of keys) {
      head.append(element('span', {className: 'key'}, element('i', {dot: `var(--${color})`}), text));
    }
    head.append(element('span', {className: 'grow'}), ...buttons);
    this.root = element('section', {className: 'track', ariaLabel: title}, head, this.scroll);
    this.scroll.addEventListener('scroll', () => this.draw());
    tracks.push(this);
    $('tracks').append(this.root);
    listenToPointer(this);
  }

  draw() {
    const ratio = window.devicePixelRatio || 1, width = this.scroll.clientWidth, left = GUTTER();
    const c = this.canvas.getContext('2d');
    const g = {
      c,
      width,
      left,
      plot: width - left - 8,
      x: at => left + (at - view.from) / (view.to - view.from) * (width - left - 8)
    };
    c.font = FONT;
    this.prepare?.(g);
    const total = this.height(), height = Math.max(1, Math.min(total, this.most()));
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.height = `${height}px`;
      this.scroll.style.height = `${height}px`;
    }
    this.filler.style.height = `${Math.max(0, total - height)}px`;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    c.font = FONT;
    c.textBaseline = 'middle';
    const top = this.scroll.scrollTop;
    Object.assign(g, {height, top, bottom: top + height});
    this.g = g;
    c.save();
    c.translate(0, -top);
    this.paint(g);
    c.restore();
    this.overlay(g);
  }

  overlay({c, x, left, width, height}) {
    const line = (at, color, dash, thick) => {
      const px = x(at);
      if (px < left || px > width) return;
      c.strokeStyle = color;
      c.lineWidth = thick;
      c.setLineDash(dash);
      c.beginPath();
      c.moveTo(px, 0);
      c.lineTo(px, height);
      c.stroke();
      c.setLineDash([]);
    };
    for (const violation of DATA.violations) line(violation.at, palette.error, [], 1.5);
    if (view.cursor !== null) line(view.cursor, palette.cursor, [5, 3], 1);
    if (view.pointer !== null && view.pointer !== view.cursor) line(view.pointer, palette.soft, [1, 3], 1);
  }

  timeAt(x) {
    return view.from + (x - this.g.left) / this.g.plot * (view.to - view.from);
  }
}

/// Clips a text with an ellipsis to a width.
function clipped(c, text, width) {
  if (c.measureText(text).width <= width) return text;
  let low = 0, high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (c.measureText(`${text.slice(0, middle)}…`).width <= width)
      low = middle;
    else
      high = middle - 1;
  }
  return low === 0 ? '' : `${text.slice(0, low)}…`;
}

function gutterText(g, text, y, color = palette.ink, indent = 10) {
  g.c.fillStyle = color;
  g.c.fillText(clipped(g.c, text, g.left - indent - 6), indent, y);
}

/// A bar between two times, cut at the edges of the plot; false when none of it is in view.
function bar(g, from, to, y, height, color, least = 1) {
  const a = Math.max(g.x(from), g.left), b = Math.min(g.x(to), g.width);
  if (b < g.left || a > g.width || (to < view.from && from < view.from)) return false;
  g.c.fillStyle = color;
  g.c.fillRect(a, y, Math.max(b - a, least), height);
  return true;
}

/// Times that are round numbers, about 90 pixels apart; `ticks.digits` tell them apart.
function ticks(g) {
  const wanted = (view.to - view.from) / Math.max(g.plot / 95, 2);
  const steps = [
    1,   2,   5,   10,  20,  50,    100, 200, 500,   1e3, 2e3, 5e3, 1e4,   2e4,   5e4,   1e5,     2e5,
    5e5, 1e6, 2e6, 5e6, 1e7, 1.5e7, 3e7, 6e7, 1.2e8, 3e8, 6e8, 9e8, 1.8e9, 3.6e9, 7.2e9, 1.44e10, 4.32e10
  ];
  const step = steps.find(s => s >= wanted) ?? 8.64e10;
  const out = [];
  ticks.digits = Math.max(0, Math.ceil(-Math.log10(step / 1e6)));
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) out.push(at);
  return out;
}

function grid(g, height) {
  g.c.fillStyle = palette.faint;
  for (const at of ticks(g)) g.c.fillRect(Math.round(g.x(at)), 0, 1, height);
}

// Wheel with ctrl or shift, drag, pinch and click on a track.
function listenToPointer(track) {
  const canvas = track.canvas, pointers = new Map();
  let moved = 0, range = null;
  const place = event => {
    const box = canvas.getBoundingClientRect();
    return {x: event.clientX - box.left, y: event.clientY - box.top + track.scroll.scrollTop};
  };
  canvas.addEventListener('wheel', event => {
    const {x} = place(event);
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const scrolls = track.height() > track.most() && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (sideways)
      pan((event.deltaX || event.deltaY) / 800);
    else if (scrolls)
      return;
    else
      zoom(Math.exp(event.deltaY / 400), track.timeAt(x));
    event.preventDefault();
  }, {passive: false});
  canvas.addEventListener('pointerdown', event => {
    const at = place(event);
    pointers.set(event.pointerId, at);
    canvas.setPointerCapture(event.pointerId);
    moved = 0;
    range = event.shiftKey ? track.timeAt(at.x) : null;
  });
  canvas.addEventListener('pointermove', event => {
    const at = place(event), before = pointers.get(event.pointerId);
    if (!before) return hover(track, at, event);
    moved += Math.abs(at.x - before.x) + Math.abs(at.y - before.y);
    const scale = (view.to - view.from) / track.g.plot;
    if (pointers.size === 2) {
      const other = [...pointers.entries()].find(([id]) => id !== event.pointerId)[1];
      const factor = Math.max(Math.abs(before.x - other.x), 8) / Math.max(Math.abs(at.x - other.x), 8);
      zoom(factor, track.timeAt(other.x));
    } else if (range === null && moved > 4) {
      look(view.from - (at.x - before.x) * scale, view.to - (at.x - before.x) * scale);
    }
    pointers.set(event.pointerId, at);
  });
  const up = event => {
    if (!pointers.delete(event.pointerId)) return;
    const at = place(event);
    if (range !== null && moved > 6) {
      const other = track.timeAt(at.x);
      look(Math.min(range, other), Math.max(range, other));
    } else if (moved <= 4 && event.type === 'pointerup') {
      click(track, at);
    }
    range = null;
  };
  canvas.addEventListener('pointerup', up);
  canvas.addEventListener('pointercancel', up);
  canvas.addEventListener('pointerleave', () => {
    view.pointer = null;
    $('tip').hidden = true;
    requestDraw();
  });
  canvas.addEventListener('dblclick', event => zoom(.4, track.timeAt(place(event).x)));
}

function hover(track, at, event) {
  view.pointer = at.x >= track.g.left ? track.timeAt(at.x) : null;
  const item = track.hit?.(at.x, at.y, track.g), tip = $('tip');
  const text = item ? (item.tip ?? `${timeText(timeOf(item))}  ${textOf(item)}`) :
      view.pointer !== null ? timeText(view.pointer) :
                              '';
  tip.textContent = text;
  tip.hidden = text === '';
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${
      event.clientY + 16 + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 10 :
                                                            event.clientY + 16}px`;
  requestDraw();
}

function click(track, at) {
  const item = track.hit?.(at.x, at.y, track.g);
  if (item) return choose(item, false);
  if (at.x >= track.g.left) setCursor(track.timeAt(at.x));
}

function setCursor(at) {
  view.cursor = Math.min(Math.max(at, 0), END);
  refreshNow();
  requestDraw();
}
