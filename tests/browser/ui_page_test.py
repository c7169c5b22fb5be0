# SPDX-License-Identifier: Apache-2.0
"""What the daemon's /ui promises: it shows what the listener tells, to anybody, on any screen, whatever the names are."""

import json
import os
import re
import subprocess
import sys
import time
import unittest
import urllib.request

import run_data
import ui_data
from browser import Browser, skip_without_chromium

BUILD = sys.argv.pop(1)
PICTURES = os.path.join(BUILD, "pictures", "ui")


def text_of(name):
    with open(os.path.join(BUILD, "pages", name), encoding="utf-8") as file:
        return file.read()


def policy():
    return text_of("ui_page.policy") + "; default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'"


class Told(unittest.TestCase):
    """Answers of a syncer with that many other regions."""

    def shown(self, names, width=1600, dark=False, older=False, group=None):
        server = ui_data.Server(text_of("ui_page.html"), policy(), names, older, group)
        self.addCleanup(server.close)
        page = BROWSER.page(width, 844 if width < 600 else 1000, dark)
        self.addCleanup(page.close)
        page.open(server.url + "/ui")
        return page, server

    def pictured(self, page, name, all_four=False):
        for width in (390, 1600):
            for dark in (False, True) if all_four else (width == 390,):
                page.size(width, 844 if width < 600 else 1000)
                page.dark(dark)
                page.wait(f"innerWidth === {width} && document.documentElement.dataset.theme === '{'dark' if dark else 'light'}'")
                self.assertFalse(page.is_wider_than_the_window(), (name, width))
                page.screenshot(os.path.join(PICTURES, f"{name}-{width}-{'dark' if dark else 'light'}.png"), whole=True)

    def test_a_syncer_alone_that_tells_little(self):
        page, server = self.shown(["alone"], older=True)
        self.assertIn("no other region", page.ask("$('regions-count').textContent"))
        page.wait("$('copies-note').textContent.includes('does not list') && $('events-state').textContent.includes('does not tell')")
        self.assertIn("since this page", page.ask("$('history-span').textContent"))
        self.pictured(page, "alone")
        # What it has not is not asked for again.
        page.ask("refresh()")
        page.wait("missing.size >= 2")
        asked = list(server.asked)
        page.ask("find()")
        self.assertEqual([a for a in server.asked[len(asked):] if a.startswith("/v1/copies")], [])

    def test_three_regions(self):
        page, server = self.shown(["east", "west", "north", "south"])
        self.assertEqual(page.ask("document.querySelectorAll('#map .spot').length"), 3)
        self.assertEqual(page.ask("document.querySelectorAll('#regions tbody tr').length"), 3)
        self.assertIn("unproven", page.ask("$('registry').textContent"))
        self.assertIn("6 not confirmed", page.ask("$('map').textContent"))
        page.wait("document.querySelectorAll('#events li').length === 4 && $('events-state').textContent === 'live'")
        page.wait("document.querySelectorAll('#history .line').length === 6 && $('history-span').textContent === 'last 1 h'")
        self.pictured(page, "three")
        self.assertEqual(page.troubles(), [])
        self.assertTrue(all(r.startswith((server.url, "data:")) for r in page.requests()), page.requests())

    def test_a_follower_names_its_leader(self):
        page, _ = self.shown(["east", "west"], group=ui_data.GROUP)
        for part in ("regions-count", "registry", "group-state"):
            self.assertIn("m2 leads", page.ask(f"$('{part}').textContent"))
        self.assertEqual(page.ask("[...$('group').tBodies[0].rows].map(r => r.cells[1].textContent)"),
                         ["follower", "leader", "disk lost"])

    def test_copies_are_searched_and_explained_by_keyboard(self):
        page, _ = self.shown(["east", "west", "north", "south"])
        page.wait("document.querySelectorAll('#copies tbody tr').length === 30")
        page.key("/")
        page.wait("document.activeElement.id === 'search'")
        page.type("i-7-")
        page.wait("document.querySelectorAll('#copies tbody tr').length === 1")
        page.ask("document.querySelector('#copies tbody tr').focus()")
        page.ask("find()")
        self.assertTrue(page.ask("document.activeElement.matches('#copies tbody tr')"), "a new list takes no focus away")
        page.key("Enter")
        page.wait("document.querySelectorAll('#explain .steps li').length === 9")
        self.assertIn("i-7-south", page.ask("$('explain').textContent"))
        page.ask("document.querySelector('#regions tbody tr').focus()")
        page.key("Enter")
        page.wait("chosenRegion === 'north' && document.querySelectorAll('#copies tbody tr').length === 0")
        page.ask("$('search').value = '', find()")
        page.wait("document.querySelectorAll('#copies tbody tr').length === 30 && $('more').hidden")

    def test_events_are_filtered_and_held(self):
        page, _ = self.shown(["east", "west", "north", "south"])
        page.wait("document.querySelectorAll('#events li').length === 4")
        page.ask("$('event-filter').focus()")
        page.type("reason=west")
        page.wait("document.querySelectorAll('#events li').length === 1")
        page.ask("$('event-filter').value = '', showEvents()")
        page.click("#hold")
        page.wait("held")
        page.ask("take({data: JSON.stringify({event: 'link.up', time: '2026-01-01T10:00:01.000Z'})})")
        self.assertEqual(page.ask("document.querySelectorAll('#events li').length"), 4)
        page.click("#hold")
        page.wait("document.querySelectorAll('#events li').length === 5")

    def test_fifty_regions(self):
        page, _ = self.shown(["home"] + [f"region-{i}" for i in range(50)])
        self.assertEqual(page.ask("document.querySelectorAll('#map .spot').length"), 50)
        self.assertEqual(page.ask("$('ready').textContent"), "not ready")
        self.assertEqual(page.ask("document.querySelectorAll('#problems li').length"), 7)
        # What is in trouble comes first.
        self.assertIn("not connected", page.ask("$('regions').tBodies[0].rows[0].textContent"))
        self.pictured(page, "fifty", all_four=True)

    def test_names_are_only_ever_text(self):
        names = run_data.HOSTILE
        page, _ = self.shown(names)
        page.wait("document.querySelectorAll('#copies tbody tr').length > 0")
        page.ask("explain('<img src=x onerror=window.hacked=7>')")
        page.wait("document.querySelectorAll('#explain .steps').length === 3")
        page.wait("document.querySelectorAll('#events li').length > 0")
        self.assertIsNone(page.ask("window.hacked"))
        self.assertEqual(page.ask("document.querySelectorAll('body img, body script, iframe').length"), 1, "the page's own script")
        self.assertEqual(page.ask("$('region').textContent"), names[0])
        self.pictured(page, "hostile")

    def test_says_when_no_answer_comes(self):
        page, server = self.shown(["east", "west"])
        server.close()
        page.wait("$('fresh').classList.contains('stale')")
        self.assertIn("no answer", page.ask("$('fresh').textContent"))


class Served(unittest.TestCase):
    """Two daemons with their mocks: what they serve is what the tests above looked at."""

    @classmethod
    def setUpClass(cls):
        cls.folder = os.path.join(BUILD, "tests", "ui_page")
        subprocess.run(["rm", "-rf", cls.folder], check=True)
        os.makedirs(cls.folder)
        net = f"127.{100 + os.getpid() % 100}.{os.getpid() // 100 % 200 + 1}."
        cls.processes = []
        cls.urls = []
        for at in (1, 2):
            cls.start("mocksc", f"--listen={net}{at}:30100", "--gentle", "--quiet")
            join = [] if at == 1 else [f"--join-addr={net}1:30191"]
            cls.start("syncer", "daemon", f"--node=n{at}", f"--cluster-name=region-{at}", f"--sc-addr=http://{net}{at}:30100",
                      f"--bind-addr={net}{at}:30190", f"--rpc-addr={net}{at}:30191", f"--metrics-addr={net}{at}:30199",
                      f"--data-dir={cls.folder}/n{at}", *join)
            cls.urls.append(f"http://{net}{at}:30199")
        cls.registry = f"http://{net}2:30100"
        cls.until_it_answers(cls.urls[0] + "/livez")

    @classmethod
    def start(cls, program, *arguments):
        with open(os.path.join(cls.folder, f"{program}-{len(cls.processes)}.log"), "wb") as log:
            cls.processes.append(subprocess.Popen([os.path.join(BUILD, "bin", program), *arguments], stdout=log, stderr=log))

    @classmethod
    def until_it_answers(cls, url):
        end = time.monotonic() + 20
        while True:
            try:
                return urllib.request.urlopen(url, timeout=5).read()
            except OSError:
                if time.monotonic() > end:
                    raise
                if cls.processes[-1].poll() is not None:
                    raise AssertionError("the daemon ended: see " + cls.folder) from None

    def ask_registry(self, path, content):
        """What an application does in the other region's registry."""
        request = urllib.request.Request(f"{self.registry}/v4/default/registry/{path}", json.dumps(content).encode(),
                                         {"Content-Type": "application/json", "X-Domain-Name": "default"})
        return json.load(urllib.request.urlopen(request, timeout=10))

    @classmethod
    def tearDownClass(cls):
        for process in cls.processes:
            process.terminate()
        for process in cls.processes:
            process.wait()

    def test_the_daemon_serves_it_with_a_strict_policy(self):
        with urllib.request.urlopen(self.urls[0] + "/ui") as answer:
            headers, body = answer.headers, answer.read().decode()
        self.assertEqual(body, text_of("ui_page.html"))
        directives = [d.strip() for d in headers["Content-Security-Policy"].split(";")]
        for wanted in ("default-src 'none'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"):
            self.assertIn(wanted, directives)
        self.assertNotIn("unsafe", headers["Content-Security-Policy"])
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        # Nothing in it points elsewhere.
        self.assertEqual(re.findall(r"""(?:src|href)=["'](?!data:|/)""", body), [])
        self.assertEqual([u for u in re.findall(r"https?://[^\\s'\"]+", body) if "w3.org" not in u], [])

    def test_it_shows_the_other_region(self):
        page = BROWSER.page()
        page.open(self.urls[0] + "/ui")
        page.wait("$('ready').textContent === 'ready' && document.querySelectorAll('#map .spot').length === 1")
        self.assertEqual(page.ask("$('regions').tBodies[0].rows[0].cells[0].textContent"), "region-2")
        self.assertIn("connected", page.ask("$('regions').textContent"))
        self.assertEqual(page.ask("$('members').tBodies[0].rows.length"), 2)
        # What an application registers there becomes a copy here, which is found, told and explained.
        service = self.ask_registry("microservices", {"service": {
            "serviceName": "cart", "appId": "shop", "version": "1.0.0"}})["serviceId"]
        instance = self.ask_registry(f"microservices/{service}/instances", {"instance": {
            "hostName": "host-of-cart", "endpoints": ["rest://10.0.0.1:8080"]}})["instanceId"]
        page.wait(f"(find(), [...$('copies').tBodies[0].rows].some(r => r.textContent.includes('{instance}')))")
        page.wait("events.some(e => e.event === 'copy.registered')")
        page.ask("document.querySelector('#copies tbody tr').focus()")
        page.key("Enter")
        page.wait("document.querySelectorAll('#explain .steps li').length > 3")
        self.assertIn("region-2", page.ask("$('explain').textContent"))
        page.wait("$('history').querySelectorAll('.line').length >= 5")
        page.screenshot(os.path.join(PICTURES, "daemon.png"), whole=True)
        for text in page.troubles():
            self.assertNotIn("Content Security Policy", text)
        page.close()


if __name__ == "__main__":
    skip_without_chromium()
    BROWSER = Browser()
    unittest.main()
