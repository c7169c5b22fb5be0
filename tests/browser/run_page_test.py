# SPDX-License-Identifier: Apache-2.0
"""What `syncsim run --html` promises: one page that tells a run, fast, whatever the names in it are."""

import os
import subprocess
import sys
import unittest

import run_data
from browser import Browser, skip_without_chromium

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = sys.argv.pop(1)
PAGES = os.path.join(BUILD, "tests", "run_pages")
PICTURES = os.path.join(BUILD, "pictures", "run")
EVENTS = 100_000
MEGABYTES = 10


def played(scenario, seed=1):
    """The page of one seed of a scenario."""
    os.makedirs(PAGES, exist_ok=True)
    path = os.path.join(PAGES, os.path.basename(scenario).replace(".json", f"-{seed}.html"))
    run = subprocess.run([os.path.join(BUILD, "bin", "syncsim"), "run", os.path.join(ROOT, "scenarios", scenario),
                          "--seed", str(seed), "--html", path], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1, 3):
        raise AssertionError(run.stdout + run.stderr)
    return path


def url(path):
    return "file://" + path


class Opened(unittest.TestCase):
    """A page of a run of two regions that are cut while a leader dies."""

    @classmethod
    def setUpClass(cls):
        cls.path = played("cluster/cluster-region-cut-while-the-leader-changes.json")
        cls.page = BROWSER.page()
        cls.page.open(url(cls.path))

    @classmethod
    def tearDownClass(cls):
        cls.page.close()

    def setUp(self):
        self.page.ask("""document.activeElement.blur(), unchoose(), $('search').value = '', search(), look(0, END),
                         $('messages').value = view.messages = 'selected', view.cursor = null, showTab('ways')""")

    def at(self, track, time, y):
        """Where a time and a height of a track's content are on the screen."""
        return self.page.ask(f"""(() => {{
            draw();  // a track that grows moves those below it
            {track}.canvas.scrollIntoView({{block: 'center'}});
            {track}.scroll.scrollTop = Math.max(0, {y} - {track}.scroll.clientHeight / 2);
            {track}.draw();
            const box = {track}.canvas.getBoundingClientRect();
            return [box.x + {track}.g.x({time}), box.y + {y} - {track}.scroll.scrollTop];
          }})()""")

    def test_asks_nobody(self):
        self.assertEqual(self.page.requests(), [url(self.path)])
        self.assertEqual(self.page.troubles(), [])

    def test_tells_who_was_up_and_who_led(self):
        self.assertTrue(self.page.ask("lives.slice(0, sites.nodes).every(all => all.some(s => s.kind === 'alive'))"))
        self.assertTrue(self.page.ask("lives.some(all => all.length > 1)"), "somebody was started again")
        # Each region has at most one leader that is up, and the one that died is followed by another.
        self.assertGreaterEqual(self.page.ask("leads.filter(all => all.length > 0).length"), 3)

    def test_shows_what_became_of_each_instance(self):
        self.assertTrue(self.page.ask("instances.length > 0 && instances.every(i => showingsOfInstance.of(i.n).length > 0)"))
        self.assertTrue(self.page.ask("""[...showings.state].includes(STATES.indexOf('missing')) &&
                                         [...showings.state].includes(STATES.indexOf('shown'))"""))

    def test_click_on_an_event_tells_its_causes_and_effects(self):
        row = self.page.ask("rowsOfSite.of(0).length && [...Array(rows.count).keys()].find(n => strings[rows.what[n]] === 'copy.registered')")
        self.page.ask(f"look(timeOfRow({row}) - 2e3, timeOfRow({row}) + 2e3)")
        self.page.click_at(*self.at("lanesTrack", f"timeOfRow({row})", f"middle(rows.who[{row}])"))
        self.page.wait("view.chosen !== null && view.chosen.kind === 'row' && tab === 'chosen'")
        self.assertEqual(self.page.ask("strings[rows.what[view.chosen.n]]"), "copy.registered")
        causes = self.page.ask("causesOf(view.chosen).map(textOf)")
        # The registry did it, as it was asked to, because of what came from the other region.
        self.assertIn("instance_registered", causes[0])
        self.assertIn("POST", causes[1])
        self.assertTrue(any("stream, delivered" in c for c in causes), causes)
        self.assertIn("Caused by", self.page.ask("$('panel').textContent"))
        # And the other way round: what came in led to the request.
        packet = self.page.ask("causesOf(view.chosen).find(c => c.kind === 'packet').n")
        self.assertTrue(any("instance_registered" in e for e in self.page.ask(f"effectsOf({{kind: 'packet', n: {packet}}}).map(textOf)")))
        self.page.screenshot(os.path.join(PICTURES, "causes.png"))

    def test_what_an_application_did_goes_back_to_its_line(self):
        row = self.page.ask("""[...Array(rows.count).keys()].find(n => strings[rows.what[n]] === 'instance_registered' &&
                               textOf({kind: 'row', n}).includes('instance=cart-1'))""")
        line = self.page.ask(f"Math.max(...causesOf({{kind: 'row', n: {row}}}).map(lineOf))")
        self.assertIn("registry.register", self.page.ask(f"sourceLines[{line} - 1]"))

    def test_an_event_of_the_scenario_leads_to_what_it_did(self):
        label = self.page.ask("labels.find(l => l.words.startsWith('crash') || l.words.startsWith('bounce')).n")
        self.page.ask(f"choose({{kind: 'label', n: {label}}})")
        self.assertIn("process crashed", self.page.ask("$('panel').textContent"))
        self.page.click("#panel .link")
        self.page.wait("tab === 'source' && document.querySelector('.here') !== null")
        self.assertIn('"do"', self.page.ask("document.querySelector('.here').textContent"))

    def test_a_way_is_drawn_hop_by_hop(self):
        self.page.click("#panel .hop .link")
        self.page.wait("view.chosen.kind === 'way' && document.querySelectorAll('#panel .hops .hop').length >= 2")
        self.assertGreaterEqual(self.page.ask("pathOf(ways[view.way]).length"), 3)
        self.page.screenshot(os.path.join(PICTURES, "way.png"))

    def test_messages_are_drawn_on_demand(self):
        self.assertEqual(self.page.ask("arrows.length"), 0)
        self.page.ask("look(END * .5, END * .5 + 3e5)")
        self.page.ask("$('tracks').focus()")
        self.page.key("m")
        self.page.wait("view.messages === 'effective'")
        self.page.key("m")
        self.page.wait("view.messages === 'all' && arrows.length > 5")
        packet = self.page.ask("arrows[arrows.length >> 1]")
        self.page.ask(f"look(sentAt({packet}) - 2e3, arrivedAt({packet}) + 2e3)")
        self.page.screenshot(os.path.join(PICTURES, "messages.png"))

    def test_search_finds_and_steps(self):
        self.page.ask("$('tracks').focus()")
        self.page.key("/")
        self.page.wait("document.activeElement.id === 'search'")
        self.page.type("leader.elected")
        self.page.wait("view.hits !== null")
        count = self.page.ask("[...view.hits].reduce((a, b) => a + b)")
        self.assertGreater(count, 0)
        self.assertIn(str(count), self.page.ask("$('found').textContent"))
        self.page.key("Enter")
        self.page.wait("view.chosen && strings[rows.what[view.chosen.n]] === 'leader.elected'")
        first = self.page.ask("view.chosen.n")
        self.page.key("Enter")
        self.page.wait(f"view.chosen.n > {first}")
        self.page.ask("showTab('events')")
        self.assertEqual(self.page.ask("document.querySelectorAll('#panel .item').length"), min(count, 300))

    def test_filters_hide(self):
        before = self.page.ask("rowShown.reduce((a, b) => a + b)")
        self.page.click("#filter-info")
        self.page.wait(f"rowShown.reduce((a, b) => a + b) < {before}")
        self.page.click("#filter-info")
        self.page.wait(f"rowShown.reduce((a, b) => a + b) === {before}")

    def test_zooms_by_wheel_drag_keys_and_words(self):
        span = "view.to - view.from"
        whole = self.page.ask(span)
        x, y = self.at("lanesTrack", "END / 2", "60")
        self.page.ask("lanesTrack.most = () => lanes.total + 1")
        self.page.wheel(x, y, -400)
        self.page.wait(f"{span} < {whole} * .6")
        self.page.ask("look(0, END)")
        left, top = self.page.ask("(() => { const b = overview.canvas.getBoundingClientRect(); return [b.x + overview.g.left, b.y + 20]; })()")
        width = self.page.ask("overview.g.plot")
        self.page.drag((left + width * .25, top), (left + width * .5, top))
        self.page.wait(f"Math.abs(view.from - END * .25) < END * .02 && Math.abs(view.to - END * .5) < END * .02")
        before = self.page.ask("view.from")
        self.page.drag((x, y), (x + 100, y))
        self.page.wait(f"view.from < {before}")
        self.page.ask("$('tracks').focus()")
        before = self.page.ask("view.from")
        self.page.key("ArrowRight")
        self.page.wait(f"view.from > {before}")
        self.page.key("+")
        self.page.wait(f"{span} < END * .2")
        self.page.key("0")
        self.page.wait(f"{span} >= END")
        self.page.key("g")
        self.page.wait("document.activeElement.id === 'goto'")
        self.page.type("10s-12.5s")
        self.page.key("Enter")
        self.page.wait("Math.abs(view.from - 10e6) < 1 && Math.abs(view.to - 12.5e6) < 1")
        self.page.ask("$('goto').value = 'nonsense', goTo('nonsense')")
        self.assertEqual(self.page.ask("$('goto').getAttribute('aria-invalid')"), "true")

    def test_states_at_the_cursor(self):
        self.page.ask("setCursor(END * .9), showTab('now')")
        self.assertGreater(self.page.ask("document.querySelectorAll('#panel table').length"), 1)
        self.assertTrue(self.page.ask("memberNames.length > 3 && observers.length > 3"))
        # A syncer that was started, and was not stopped again, holds the others alive at the end of this run.
        self.assertEqual(self.page.ask("beliefAt(observers[0], sites.names[observers[1]], END * .99)"), "seen")
        self.page.screenshot(os.path.join(PICTURES, "cursor.png"))

    def test_no_text_of_the_scenario_stands_on_another(self):
        for view in ("look(0, END)", "look(END * .3, END * .6)"):
            self.page.ask(view + ", draw()")
            self.assertTrue(self.page.ask("packed.length > 0"))
            self.assertEqual(self.page.ask("""packed.filter((a, i) => packed.some((b, k) =>
                k > i && a.line === b.line && a.a < b.end - 1 && b.a < a.end - 1)).map(i => i.text)"""), [])

    def test_is_readable_in_any_size_and_light(self):
        try:
            for width, height in ((390, 844), (1600, 1000)):
                for dark in (False, True):
                    self.page.size(width, height)
                    self.page.dark(dark)
                    self.page.wait(f"innerWidth === {width} && document.documentElement.dataset.theme === '{'dark' if dark else 'light'}'")
                    self.page.ask("draw()")
                    self.assertFalse(self.page.is_wider_than_the_window(), (width, dark))
                    self.page.screenshot(os.path.join(PICTURES, f"whole-{width}-{'dark' if dark else 'light'}.png"), whole=True)
        finally:
            self.page.size(1600, 1000)
            self.page.dark(False)


class Hostile(unittest.TestCase):
    def test_names_are_only_ever_text(self):
        with open(os.path.join(BUILD, "pages", "run_page.html"), encoding="utf-8") as file:
            template = file.read()
        path = os.path.join(PAGES, "hostile.html")
        os.makedirs(PAGES, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(run_data.page(template, run_data.data(run_data.HOSTILE)))
        page = BROWSER.page()
        page.open(url(path))
        for tab in ("events", "now", "ways", "source", "chosen"):
            page.ask(f"showTab('{tab}')")
        for item in ("row", "packet", "label", "band", "way", "violation", "instance"):
            page.ask(f"choose({{kind: '{item}', n: 0}})")
        page.ask("hover(lanesTrack, {x: lanesTrack.g.x(timeOfRow(2)), y: middle(rows.who[2])}, {clientX: 5, clientY: 5})")
        page.ask("draw(), showTab('now')")
        self.assertIsNone(page.ask("window.hacked"))
        self.assertEqual(page.ask("document.querySelectorAll('body img, body svg, body script:not([type]), iframe').length"), 1,
                         "the page's own script alone")
        self.assertEqual(page.ask("$('name').textContent"), run_data.HOSTILE[0])
        self.assertEqual(page.troubles(), [])
        self.assertFalse(page.is_wider_than_the_window())
        page.screenshot(os.path.join(PICTURES, "hostile.png"))
        page.close()


class Large(unittest.TestCase):
    """A hundred thousand events."""

    def test_is_small_and_opens_at_once(self):
        path = played("soak/soak-of-ordinary-days.json")
        megabytes = os.path.getsize(path) / 1e6
        self.assertLess(megabytes, MEGABYTES)
        page = BROWSER.page()
        page.open(url(path))
        took = page.processor_seconds()
        events = page.ask("rows.count + packets.count")
        print(f"{events} events: {megabytes:.1f} MB, opened in {took:.2f} s")
        self.assertGreaterEqual(events, EVENTS)
        self.assertLess(took, 1.0)
        before = page.processor_seconds()
        page.ask("$('messages').value = view.messages = 'all', look(END * .4, END * .41), draw()")
        self.assertLess(page.processor_seconds() - before, 0.3)
        page.screenshot(os.path.join(PICTURES, "large.png"))
        page.close()


if __name__ == "__main__":
    skip_without_chromium()
    BROWSER = Browser()
    unittest.main()
