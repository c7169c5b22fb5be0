# SPDX-License-Identifier: Apache-2.0
"""Drives Debian's Chromium, for tests of pages: loads one, asks it, clicks, takes pictures.

It speaks the DevTools protocol over the pipe that Chromium offers for that (--remote-debugging-pipe): no port, no library.
A page is waited for until something is true of it, never for a time.
"""

import atexit
import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

LIMIT = 30.0  # seconds that an answer, or a condition, may take on a busy machine
SKIPPED = 77  # for ctest


def chromium():
    """Path of the browser; nothing where there is none."""
    return os.environ.get("SYNCER_CHROMIUM") or shutil.which("chromium")


def skip_without_chromium():
    if not chromium():
        print("skipped: no chromium here (apt-get install chromium)")
        sys.exit(SKIPPED)


class Failed(Exception):
    """The browser could not do it, or the page threw."""


class Browser:
    def __init__(self):
        self._home = tempfile.mkdtemp(prefix="syncer-browser-")
        to_child, self._out = os.pipe()
        self._in, from_child = os.pipe()
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                 "--disable-extensions", "--disable-background-networking", "--disable-component-update",
                 "--disable-sync", "--disable-dev-shm-usage", "--mute-audio", "--force-color-profile=srgb",
                 "--remote-debugging-pipe", "--user-data-dir=" + self._home, "about:blank"]
        # The protocol wants its pipe at descriptors 3 and 4.
        line = f'exec "$0" "$@" 3<&{to_child} 4>&{from_child}'
        with open(os.path.join(self._home, "log"), "w", encoding="utf-8") as log:
            self._process = subprocess.Popen(["/bin/bash", "-c", line, chromium(), *flags], stdout=log, stderr=log,
                                             pass_fds=(to_child, from_child))
        os.close(to_child)
        os.close(from_child)
        self._buffer = b""
        self._number = 0
        self.events = []
        atexit.register(self.close)

    def close(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
            os.close(self._out)
            os.close(self._in)
        shutil.rmtree(self._home, ignore_errors=True)

    def call(self, method, session=None, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + LIMIT
        while True:
            answer = self._receive(end)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise Failed(f"{method}: {answer['error'].get('message')}")
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def wait_event(self, method, session):
        end = time.monotonic() + LIMIT
        while True:
            for at, event in enumerate(self.events):
                if event["method"] == method and event.get("sessionId") == session:
                    return self.events.pop(at)["params"]
            answer = self._receive(end)
            if "method" in answer:
                self.events.append(answer)

    def _receive(self, end):
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise Failed("the browser did not answer in time")
            data = os.read(self._in, 1 << 20)
            if not data:
                raise Failed("the browser ended")
            self._buffer += data
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def page(self, width=1600, height=1000, dark=False):
        return Page(self, width, height, dark)


class Page:
    """A tab of its own, with what went wrong in it and what it asked the network for."""

    def __init__(self, browser, width, height, dark):
        self._browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._target = target
        self._session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Performance.enable", timeDomain="threadTicks")
        self.size(width, height)
        self.dark(dark)

    def call(self, method, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)

    def dark(self, on):
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if on else "light"}])

    def open(self, url):
        """Loads; returns the seconds until the page says that it is ready."""
        begin = time.monotonic()
        answer = self.call("Page.navigate", url=url)
        if answer.get("errorText"):
            raise Failed(f"{url}: {answer['errorText']}")
        self._browser.wait_event("Page.loadEventFired", self._session)
        self.wait("document.documentElement.dataset.ready === 'yes'")
        return time.monotonic() - begin

    def ask(self, expression):
        """The value of an expression, as JSON carries it; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Failed(f"{expression}: {details.get('exception', {}).get('description', details.get('text'))}")
        return answer["result"].get("value")

    def wait(self, condition):
        """Until the expression is true; looked at in every frame of the page."""
        if not self.ask(f"""new Promise(done => {{
            const end = performance.now() + {int(LIMIT * 900)};
            const look = () => {{
              let is = false;
              try {{ is = Boolean({condition}); }} catch (error) {{ is = false; }}
              if (is || performance.now() > end) done(is); else setTimeout(look, 10);
            }};
            look();
          }})"""):
            raise Failed("never true: " + condition)

    def place(self, selector):
        """The middle of an element, which is scrolled into view."""
        box = self.ask(f"""(() => {{
            const one = document.querySelector({json.dumps(selector)});
            if (!one) return null;
            one.scrollIntoView({{block: 'center'}});
            const box = one.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
          }})()""")
        if box is None:
            raise Failed("there is no " + selector)
        return box

    def click(self, selector):
        self.click_at(*self.place(selector))

    def click_at(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def drag(self, start, end, shift=False):
        keys = 8 if shift else 0
        self.call("Input.dispatchMouseEvent", type="mousePressed", x=start[0], y=start[1], button="left", buttons=1,
                  clickCount=1, modifiers=keys)
        for part in (0.5, 1.0):
            self.call("Input.dispatchMouseEvent", type="mouseMoved", x=start[0] + (end[0] - start[0]) * part,
                      y=start[1] + (end[1] - start[1]) * part, button="left", buttons=1, modifiers=keys)
        self.call("Input.dispatchMouseEvent", type="mouseReleased", x=end[0], y=end[1], button="left", buttons=0,
                  clickCount=1, modifiers=keys)

    def wheel(self, x, y, down):
        self.call("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=down)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def key(self, key, code=None, text=None):
        """One key; what it writes is itself unless it has a longer name."""
        text = text if text is not None else (key if len(key) == 1 else "")
        if key == "Enter":
            text = "\r"
        common = {"key": key, "code": code or key}
        if key in ("Enter", "Escape", "Tab"):
            common["windowsVirtualKeyCode"] = {"Enter": 13, "Escape": 27, "Tab": 9}[key]
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def screenshot(self, path, whole=False):
        parameters = {"format": "png", "captureBeyondViewport": whole}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            parameters["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 8000), "scale": 1}
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", **parameters)["data"]))

    def troubles(self):
        """What was thrown, logged as an error, or blocked."""
        self.ask("1")  # what was sent before this answer is here then
        out = []
        for event in self._browser.events:
            if event.get("sessionId") != self._session:
                continue
            parameters = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                out.append(details.get("exception", {}).get("description", details["text"]))
            if event["method"] == "Log.entryAdded" and parameters["entry"]["level"] == "error":
                out.append(parameters["entry"]["text"])
        return out

    def requests(self):
        """The addresses that the page asked for."""
        self.ask("1")
        return [e["params"]["request"]["url"] for e in self._browser.events
                if e.get("sessionId") == self._session and e["method"] == "Network.requestWillBeSent"]

    def processor_seconds(self):
        """What the page's main thread has worked so far: what it would take on a machine that does nothing else."""
        return next(m["value"] for m in self.call("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration")

    def is_wider_than_the_window(self):
        return self.ask("document.documentElement.scrollWidth > innerWidth")

    def close(self):
        self._browser.call("Target.closeTarget", targetId=self._target)
