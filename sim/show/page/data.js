// SPDX-License-Identifier: Apache-2.0
'use strict';
// The recorded run: columns of numbers that are read once into typed arrays, and the indexes that the views need.

const DATA = JSON.parse(document.getElementById('data').textContent);

/// A column that sim/show/column.cc wrote.
function numbers(text, count) {
  const raw = atob(text);
  const out = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < count; ++i) {
    let value = 0, scale = 1, byte;
    do {
      byte = raw.charCodeAt(at++);
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    out[i] = value;
  }
  return out;
}

function signed(column) {
  for (let i = 0; i < column.length; ++i) column[i] = column[i] % 2 ? -(column[i] + 1) / 2 : column[i] / 2;
  return column;
}

function sums(column) {
  signed(column);
  for (let i = 1; i < column.length; ++i) column[i] += column[i - 1];
  return column;
}

function table(name, columns) {
  const raw = DATA[name], out = {count: raw.count};
  for (const [column, how] of Object.entries(columns)) {
    const values = numbers(raw[column], raw.count);
    out[column] = how ? how(values) : values;
  }
  return out;
}

const strings = DATA.strings;
const turns = table('turns', {at: sums, cause: null});
const rows = table('rows', {turn: sums, who: null, what: null, subject: null, look: null, fields: null});
const facts = table('facts', {key: null, value: signed});
const packets = table('packets', {turn: sums, took: null, from: null, to: null, kind: null, bytes: null, words: null});
const showings = table('showings', {at: sums, instance: null, registry: null, state: null});
const instances = DATA.instances.map(([name, home, service], n) => ({n, name, home, service}));
const labels = DATA.labels.map(([label, words, turn, line], n) => ({n, label, words, turn, line, at: turns.at[turn]}));
const bands = DATA.bands.map(([from, to, weight, text, site], n) => ({n, from, to, weight, text, site}));
const ways = DATA.ways.map(
    ([instance, target, step, from, to, arrived, words, hops], n) =>
        ({n, instance, target, step, from, to, arrived, words, hops}));
const sites = DATA.sites;
const END = Math.max(DATA.duration, 1);

const LOOKS = ['debug', 'info', 'warning', 'error', 'in', 'out', 'changed', 'host'];
const STATES = ['nothing', 'missing', 'shown', 'differs', 'ghost', 'doubled', 'home'];
const STATE_WORDS = [
  'nothing', 'not shown yet', 'shown as it is', 'shown, but differs', 'shown though it is gone', 'shown twice',
  'registered here'
];
const STATE_MARKS = ['', '…', '✓', '≠', '†', '2', '●'];
const CHANNELS = ['datagram', 'stream', 'HTTP'];
const FATES = ['under way at the end', 'delivered', 'lost', 'cut off', 'overflowed', 'too big', 'nobody there'];
const STEPS = ['registered', 'changed', 'removed'];

/// Positions of the rows of each group, in order of time: `of(g)` gives a list of row numbers.
function grouped(count, groups, group_of) {
  const start = new Uint32Array(groups + 1);
  for (let i = 0; i < count; ++i) start[group_of(i) + 1]++;
  for (let g = 0; g < groups; ++g) start[g + 1] += start[g];
  const fill = start.slice(), list = new Uint32Array(count);
  for (let i = 0; i < count; ++i) list[fill[group_of(i)]++] = i;
  return {of: g => g < groups ? list.subarray(start[g], start[g + 1]) : list.subarray(0, 0)};
}

const rowsOfTurn = grouped(rows.count, turns.count, i => rows.turn[i]);
const rowsOfSite = grouped(rows.count, sites.names.length, i => rows.who[i]);
const rowsOfInstance = grouped(rows.count, instances.length + 1, i => rows.subject[i]);
const packetsOfTurn = grouped(packets.count, turns.count, i => packets.turn[i]);
const showingsOfInstance = grouped(showings.count, instances.length, i => showings.instance[i]);
const waysOfInstance = new Map();
for (const way of ways) {
  if (!waysOfInstance.has(way.instance)) waysOfInstance.set(way.instance, []);
  waysOfInstance.get(way.instance).push(way);
}

const firstFact = new Uint32Array(rows.count + 1);
for (let i = 0; i < rows.count; ++i) firstFact[i + 1] = firstFact[i] + rows.fields[i];

const timeOfRow = n => turns.at[rows.turn[n]];
const sentAt = n => turns.at[packets.turn[n]];
const arrivalTurn = n => packets.took[n] === 0 ? -1 : packets.turn[n] + packets.took[n] - 1;
const arrivedAt = n => packets.took[n] === 0 ? sentAt(n) : turns.at[arrivalTurn(n)];
const channelOf = n => packets.kind[n] >> 3;
const fateOf = n => packets.kind[n] & 7;
/// A packet in whose turn of arrival somebody reported something.
const isEffective = n => fateOf(n) === 1 && rowsOfTurn.of(arrivalTurn(n)).length > 0;
let slowest = 0;
for (let n = 0; n < packets.count; ++n) slowest = Math.max(slowest, arrivedAt(n) - sentAt(n));
const registrySite = r => sites.nodes + r;
const nodesOfRegistry = r => sites.regions.filter(region => region.registry === r).flatMap(region => region.nodes);

/// [key, value] of a row, as texts and numbers.
function factsOfRow(n) {
  const out = [];
  for (let f = firstFact[n]; f < firstFact[n + 1]; ++f) {
    const key = strings[Math.floor(facts.key[f] / 2)];
    out.push([key, facts.key[f] % 2 ? facts.value[f] : strings[facts.value[f]]]);
  }
  return out;
}

function fact(n, key) {
  for (const [name, value] of factsOfRow(n)) {
    if (name === key) return value;
  }
  return '';
}

/// The first index whose value is not below `value`.
function lowerBound(count, at, value) {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) < value)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/// Microseconds as people write them: 45s, 1m05.25s, 350ms.
function timeText(us, digits) {
  const negative = us < 0;
  us = Math.abs(us);
  let text;
  if (us < 1e3 && us > 0)
    text = `${Math.round(us)}µs`;
  else if (us < 1e6 && us > 0)
    text = `${trimmed(us / 1e3, digits ?? 3)}ms`;
  else if (us < 6e7)
    text = `${trimmed(us / 1e6, digits ?? 3)}s`;
  else {
    const minutes = Math.floor(us / 6e7), seconds = (us - minutes * 6e7) / 1e6;
    const rest = trimmed(seconds, digits ?? 3);
    text = `${minutes}m${seconds < 10 && rest !== '0' ? '0' : ''}${rest}s`;
    if (rest === '0') text = `${minutes}m`;
  }
  return negative ? `-${text}` : text;
}
const trimmed = (value, digits) => String(Number(value.toFixed(digits)));

/// "45", "45s", "1m5s", "350ms" as microseconds; nothing for what is none.
function parseTime(text) {
  const units = {us: 1, 'µs': 1, ms: 1e3, s: 1e6, m: 6e7, h: 3.6e9};
  text = text.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1e6;
  if (!/^(\d+(\.\d+)?(us|µs|ms|s|m|h))+$/.test(text)) return null;
  let sum = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(us|µs|ms|s|m|h)/g))
    sum += Number(amount) * units[unit];
  return sum;
}
