// SPDX-License-Identifier: Apache-2.0
// What something was caused by and what it led to. An item is {kind, n}: a row, a packet, a label, or a text.

const MOST_CAUSES = 24, MOST_EFFECTS = 40;

const previousOf = (list, n) => {
  const i = lowerBound(list.length, k => list[k], n);
  return i > 0 ? list[i - 1] : -1;
};
const nextOf = (list, n) => {
  const i = lowerBound(list.length, k => list[k], n + 1);
  return i < list.length ? list[i] : -1;
};

/// What a turn was caused by: an item, or nothing for a deadline of whoever acts in it.
function causeOfTurn(turn) {
  const kind = turns.cause[turn] % 4, of = Math.floor(turns.cause[turn] / 4);
  if (kind === 1)
    return of > 0 ? {kind: 'packet', n: of - 1} : {kind: 'text', text: 'a message that is not in this page'};
  if (kind === 2) return {kind: 'label', n: of};
  if (kind === 3) return {kind: 'text', text: strings[of], at: turns.at[turn], application: true};
  return null;
}

/// The last row of a site at the instant of a turn, and not after it: what it does in one instant hangs together.
function lastRowOf(turn, site) {
  const list = rowsOfSite.of(site), i = lowerBound(list.length, k => rows.turn[list[k]], turn + 1) - 1;
  return turn >= 0 && i >= 0 && timeOfRow(list[i]) === turns.at[turn] ? list[i] : -1;
}

/// One step backwards from an item.
function causeOf(item) {
  if (item.kind === 'packet') {
    const turn = packets.turn[item.n], site = packets.from[item.n];
    const own = lastRowOf(turn, site);
    if (own >= 0) return {kind: 'row', n: own};
    const cause = deadline(turn, site);
    // A registry answers a while after it took the request: what it did then comes between.
    const then = cause.kind === 'packet' && arrivalTurn(cause.n) !== turn ? lastRowOf(arrivalTurn(cause.n), site) : -1;
    return then >= 0 ? {kind: 'row', n: then} : cause;
  }
  if (item.kind !== 'row') return null;
  const turn = rows.turn[item.n];
  const before = rowsOfTurn.of(turn).filter(r => r < item.n && rows.subject[r] === rows.subject[item.n]);
  if (rows.subject[item.n] > 0 && before.length > 0) return {kind: 'row', n: before[before.length - 1]};
  // What a syncer says of an answer: the registry did it when it took the request.
  const list = rowsOfInstance.of(rows.subject[item.n]), past = rows.subject[item.n] > 0 ? previousOf(list, item.n) : -1;
  const cause = deadline(turn, rows.who[item.n]);
  if (past >= 0 && isAnswer(cause) && rows.who[past] === packets.from[cause.n]) return {kind: 'row', n: past};
  return cause;
}

const isAnswer = item => item.kind === 'packet' && channelOf(item.n) === 2 && packets.from[item.n] >= sites.nodes;

function deadline(turn, site) {
  return causeOfTurn(turn) ?? {kind: 'deadline', site, at: turns.at[turn], text: `a deadline of ${sites.names[site]}`};
}

/// The way backwards, the nearest cause first. Behind a deadline comes the last that was reported before about the
/// instance that this is about, there if possible.
function causesOf(item) {
  const out = [], seen = new Set();
  let subject = item.kind === 'row' ? rows.subject[item.n] : 0, earliest = item.kind === 'row' ? item.n : rows.count;
  for (let cause = causeOf(item); cause && out.length < MOST_CAUSES;) {
    const key = `${cause.kind}${cause.n ?? cause.text}${cause.n === undefined ? cause.at : ''}`;
    if (seen.has(key)) break;
    seen.add(key);
    out.push(cause);
    if (cause.kind === 'row') {
      subject ||= rows.subject[cause.n];
      earliest = Math.min(earliest, cause.n);
    }
    cause = cause.kind === 'deadline' ? before(cause, subject, earliest) : causeOf(cause);
  }
  return out;
}

function before(deadline, subject, earliest) {
  if (subject === 0) return null;
  const past = rowsOfInstance.of(subject).filter(n => n < earliest && timeOfRow(n) <= deadline.at);
  const there = past.filter(n => rows.who[n] === deadline.site), all = there.length > 0 ? there : past;
  return all.length > 0 ? {kind: 'row', n: all[all.length - 1]} : null;
}

/// What followed directly.
function effectsOf(item) {
  const out = [];
  const add = (kind, n) => {
    if (n >= 0 && !out.some(e => e.kind === kind && e.n === n)) out.push({kind, n});
  };
  const addPackets = turn => {
    for (const p of packetsOfTurn.of(turn)) {
      if (out.length < MOST_EFFECTS && (isEffective(p) || (fateOf(p) !== 1 && fateOf(p) !== 0))) add('packet', p);
    }
  };
  if (item.kind === 'packet') {
    if (packets.took[item.n] > 0) {
      for (const r of rowsOfTurn.of(arrivalTurn(item.n))) add('row', r);
      addPackets(arrivalTurn(item.n));
    }
  } else if (item.kind === 'label') {
    for (const r of rowsOfTurn.of(labels[item.n].turn)) add('row', r);
    addPackets(labels[item.n].turn);
  } else if (item.kind === 'row') {
    for (const r of rowsOfTurn.of(rows.turn[item.n]))
      if (r > item.n) add('row', r);
    addPackets(rows.turn[item.n]);
    if (rows.subject[item.n] > 0) add('row', nextOf(rowsOfInstance.of(rows.subject[item.n]), item.n));
  }
  return out.slice(0, MOST_EFFECTS);
}

const timeOf = item => item.kind === 'row' ? timeOfRow(item.n) :
    item.kind === 'packet'                 ? sentAt(item.n) :
    item.kind === 'label'                  ? labels[item.n].at :
    item.kind === 'band'                   ? bands[item.n].from :
    item.kind === 'way'                    ? ways[item.n].from :
    item.kind === 'violation' ?
                          DATA.violations[item.n].at :
    item.kind === 'instance' ?
                          (showingsOfInstance.of(item.n).length ? showings.at[showingsOfInstance.of(item.n)[0]] : 0) :
                          item.at;

function textOf(item) {
  switch (item.kind) {
    case 'row':
      return `${sites.names[rows.who[item.n]]} · ${strings[rows.what[item.n]]}${briefFacts(item.n)}`;
    case 'packet': {
      const took = packets.took[item.n] ?
          `, ${FATES[fateOf(item.n)]} after ${timeText(arrivedAt(item.n) - sentAt(item.n))}` :
          `, ${FATES[fateOf(item.n)]}`;
      return `${sites.names[packets.from[item.n]]} → ${sites.names[packets.to[item.n]]} · ${
          strings[packets.words[item.n]]}${took}`;
    }
    case 'label':
      return `${labels[item.n].label}${labels[item.n].words ? ` · ${labels[item.n].words}` : ''}`;
    case 'band':
      return bands[item.n].text;
    case 'way':
      return ways[item.n].words;
    case 'violation':
      return `${DATA.violations[item.n].id} was violated`;
    case 'instance':
      return instances[item.n].name;
    default:
      return item.text;
  }
}

function briefFacts(n) {
  const all = factsOfRow(n);
  return all.length === 0 ? '' : `  ${all.slice(0, 3).map(([key, value]) => `${key}=${value}`).join(' ')}`;
}

/// The line of the scenario that an item comes from; 0 for none.
function lineOf(item) {
  if (item.kind === 'label') return labels[item.n].line || lineOfId(labels[item.n].label);
  if (item.kind === 'violation') return DATA.violations[item.n].line;
  if (item.kind === 'instance') return lineOfInstance(instances[item.n].name);
  return lineInText(textOf(item)) || (item.application ? lineOfInstance(item.text.split(':')[0]) : 0);
}

const sourceLines = DATA.text.split('\n');
const fileName = DATA.file;

/// "..., cut.json:31)" in a text that names the scenario's file.
function lineInText(text) {
  const name = `${fileName.split('/').pop()}:`, at = text.lastIndexOf(name);
  return at < 0 ? 0 : parseInt(text.slice(at + name.length), 10) || 0;
}

function lineOfId(id) {
  const quoted = JSON.stringify(id);
  return sourceLines.findIndex(line => line.includes('"id"') && line.includes(quoted)) + 1;
}

/// An instance that a workload made is called after it; another one stands in the file by its own name.
function lineOfInstance(name) {
  const whole = JSON.stringify(name);
  const own = sourceLines.findIndex(line => line.includes(whole)) + 1;
  return own || (name.includes('/') ? lineOfId(name.slice(0, name.indexOf('/'))) : 0);
}
