// SPDX-License-Identifier: Apache-2.0
// What the rows tell of sites over time: who was up, who led, what each syncer believed of the others.

// Who was up when, and what stood in the way at a site.
const lives = sites.names.map(() => []);
for (let site = 0; site < sites.names.length; ++site) {
  let since = null, kind = '';
  const close = at => {
    if (since !== null) lives[site].push({from: since, to: at, kind});
    since = null;
  };
  if (site >= sites.nodes && site < sites.nodes + sites.registries) lives[site].push({from: 0, to: END, kind: 'alive'});
  for (const n of rowsOfSite.of(site)) {
    if (LOOKS[rows.look[n]] !== 'host') continue;
    const what = strings[rows.what[n]];
    close(timeOfRow(n));
    if (what === 'process started' || what === 'process resumed') {
      since = timeOfRow(n);
      kind = 'alive';
    }
    if (what === 'process frozen') {
      since = timeOfRow(n);
      kind = 'frozen';
    }
  }
  close(END);
}

// Who led its region's group when: from what the leader itself said, until it or its process ended.
const leads = sites.names.map(() => []);
for (let site = 0; site < sites.nodes; ++site) {
  let since = null, term = 0;
  const close = at => {
    if (since !== null) leads[site].push({from: since, to: at, term});
    since = null;
  };
  for (const n of rowsOfSite.of(site)) {
    const what = strings[rows.what[n]];
    if (what === 'leader.elected') {
      close(timeOfRow(n));
      since = timeOfRow(n);
      term = fact(n, 'term');
    }
    if (what === 'leader.lost' || /^process (stopped|crashed|ended)$/.test(what)) close(timeOfRow(n));
  }
  close(END);
}

// What each syncer believes of each member, as stretches.
const memberNames = [], beliefs = new Map();
for (let site = 0; site < sites.nodes; ++site) {
  const open = new Map();
  const set = (member, state, at) => {
    const last = open.get(member);
    if (last && last.state === state) return;
    if (last) last.to = at;
    if (state === '') {
      open.delete(member);
      return;
    }
    if (!memberNames.includes(member)) memberNames.push(member);
    const stretch = {from: at, to: END, state, member};
    open.set(member, stretch);
    if (!beliefs.has(site)) beliefs.set(site, new Map());
    if (!beliefs.get(site).has(member)) beliefs.get(site).set(member, []);
    beliefs.get(site).get(member).push(stretch);
  };
  const words = {joined: 'seen', updated: 'seen', refuted: 'seen', suspected: 'suspect', died: 'dead', left: 'left'};
  for (const n of rowsOfSite.of(site)) {
    const what = strings[rows.what[n]];
    if (what.startsWith('member.') && words[what.slice(7)])
      set(String(fact(n, 'member')), words[what.slice(7)], timeOfRow(n));
    if (/^process (started|stopped|crashed|ended)$/.test(what))
      for (const member of [...open.keys()]) set(member, '', timeOfRow(n));
  }
}
memberNames.sort();
const BELIEF_WORDS = {
  seen: 'alive',
  suspect: 'suspect',
  dead: 'dead',
  left: 'left'
};
const BELIEF_MARKS = {
  seen: '✓',
  suspect: '?',
  dead: '†',
  left: '–'
};
function beliefAt(site, member, at) {
  const all = beliefs.get(site)?.get(member) ?? [];
  return all.find(s => s.from <= at && at < s.to)?.state ?? '';
}

/// What stood in the way, as far as it counts: in a group links and the registry are the leader's, and what another one
/// says of them has no end.
const isInGroup = site => sites.regions.some(region => region.nodes.length > 1 && region.nodes.includes(site));
const whileLeading = band => leads[band.site]
                                 .filter(l => l.from < band.to && band.from < l.to)
                                 .map(l => ({...band, from: Math.max(band.from, l.from), to: Math.min(band.to, l.to)}));
const standing = bands.flatMap(b => b.weight >= 4 && isInGroup(b.site) ? whileLeading(b) : [b]);
