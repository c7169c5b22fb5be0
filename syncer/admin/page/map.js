// SPDX-License-Identifier: Apache-2.0
// The map of regions, and the history, drawn small.

/// The own region in the middle, the others around it: on one ring, or on two where there are many.
function map(regions, status) {
  const svg = $('map'), narrow = svg.clientWidth<480, many = regions.length>14;
  svg.toggleAttribute('hidden', regions.length === 0 || regions.length > MOST_ON_MAP);
  if (regions.length === 0 || regions.length > MOST_ON_MAP) return svg.replaceChildren();
  const few = regions.length < 3, width = narrow ? 360 : 720, x = width / 2;
  const height = few ? 150 : narrow ? 330 : many ? 460 : 340, y = height / 2;
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const rx = x - (narrow ? 62 : 110), ry = y - 40, links = [], spots = [];
  regions.forEach((region, i) => {
    // One or two stand beside it.
    const angle = few ? i * Math.PI : -Math.PI / 2 + (i + .5) / regions.length * 2 * Math.PI;
    const ring = many && i % 2 ? .68 : 1;
    const px = x + Math.cos(angle) * rx * ring, py = y + Math.sin(angle) * ry * ring, look = lookOf(region);
    links.push(drawing('line', {class: `link ${look}`, x1: x, y1: y, x2: px, y2: py}));
    const spot = drawing(
        'g', {
          class: `spot${chosenRegion === region.region ? ' on' : ''}`,
          tabindex: -1,
          onclick: () => chooseRegion(region.region)
        },
        drawing('circle', {class: look, cx: px, cy: py, r: many ? 6 : 9}));
    const words = `${region.region}: ${wordsOf(region)}, heard ${
        region.last_heard_seconds === undefined || region.last_heard_seconds === null ?
            'never' :
            `${age(region.last_heard_seconds)} ago`}${lagOf(region) ? `, ${lagOf(region)}` : ''}`;
    spot.prepend(Object.assign(drawing('title'), {textContent: words}));
    const label = !many || !narrow && (ring === 1 || look === 'bad') || look === 'bad';
    if (label && !(narrow && many)) {
      const side = Math.cos(angle), anchor = many ? (side > .15 ? 'start' : side < -.15 ? 'end' : 'middle') : 'middle';
      const at = many ? {x: px + side * 12, y: py + (Math.abs(side) <= .15 ? Math.sin(angle) * 16 : 0) + 4} :
                        {x: px, y: py + (Math.sin(angle) < -.1 ? -26 : 22)};
      spot.append(Object.assign(
          drawing('text', {...at, 'text-anchor': anchor}),
          {textContent: clipped(
               region.region,
               many       ? 12 :
                   narrow ? 14 :
                            22)}));
      if (!many)
        spot.append(Object.assign(
            drawing('text', {class: 'small', x: px, y: at.y + 13, 'text-anchor': 'middle'}),
            {textContent: lagOf(region) || age(region.last_heard_seconds)}));
    }
    spots.push(spot);
  });
  const own = drawing(
      'g', {}, drawing('circle', {class: 'own', cx: x, cy: y, r: 13}),
      Object.assign(
          drawing('text', {x, y: y + 30, 'text-anchor': 'middle', 'font-weight': 600}),
          {textContent: clipped(status.region, 24)}));
  svg.replaceChildren(...links, ...spots, own);
}

// The last hour, or what this page saw since it was opened where the syncer keeps none.
let history = [], ofSyncer = false;
const LINES = [
  ['exported', 'exported'], ['copies', 'copies'], ['pending', 'writes waiting'], ['held', 'held'],
  ['problems', 'problems'], ['regions_up', 'regions up']
];
function remember(status) {
  if (ofSyncer) return;
  const registry = status.registry ?? {};
  history.push({
    exported: registry.exported,
    copies: registry.copies,
    pending: registry.pending,
    held: registry.guard_held,
    regions_up: (status.regions ?? []).filter(r => r.link_up).length,
    problems: (status.regions ?? []).filter(r => r.problem).length + (status.ready ? 0 : 1)
  });
  if (history.length > 1800) history.shift();
  showHistory('since this page was opened');
}
async function readHistory() {
  const answer = await ask('/v1/history').catch(() => null);
  if (!answer?.points?.length) return;
  ofSyncer = true;
  history = answer.points;
  showHistory(`last ${age(answer.points.length * answer.interval_seconds)}`);
}
function showHistory(words) {
  $('history-span').textContent = words;
  $('history').replaceChildren(
      ...LINES.filter(([key]) => history.some(p => typeof p[key] === 'number')).map(([key, name]) => {
        const some = history.map(p => Number(p[key] ?? 0)), values = some.length === 1 ? [some[0], some[0]] : some,
              most = Math.max(...values, 1), step = 200 / Math.max(values.length - 1, 1);
        const points = values.map((v, i) => `${(i * step).toFixed(2)},${(24 - v / most * 21).toFixed(2)}`).join('L');
        return element(
            'div', {className: 'line'}, element('span', {textContent: name}),
            drawing(
                'svg', {
                  viewBox: '0 0 200 26',
                  preserveAspectRatio: 'none',
                  role: 'img',
                  'aria-label':
                      `${name}: ${amount(values[values.length - 1])} now, up to ${amount(Math.max(...values))}`
                },
                drawing('path', {class: 'under', d: `M0,26L${points}L200,26Z`}), drawing('path', {d: `M${points}`})),
            element('b', {textContent: amount(values[values.length - 1])}));
      }));
}
