# SPDX-License-Identifier: Apache-2.0
"""Answers of a syncer that does not exist, for its page: any number of regions, any names."""

import http.server
import json
import threading
import urllib.parse

GUARD = {"guard_held": 0, "guard_unproven": 0, "guard_memory_lost": 0, "guard_mass_expiry": 0,
         "guard_mass_orphaned": 0, "guard_changes": 0, "guard": ""}


def region(name, at):
    """Every seventh region is in trouble, one in nine is heard alone, one in eleven has left."""
    bad, one_way, left = at % 7 == 3, at % 9 == 5, at % 11 == 7
    up = not (bad or one_way or left)
    return {"region": name, "problem": f"no answer from {name} for 12s" if bad else "", "over_quota": "",
            "link_up": up, "receiving": up or one_way, "sending": up, "left": left,
            "last_heard_seconds": None if bad else 0.2 + at * 0.31, "epoch": f"1.{at}", "sequence": at * 100,
            "instances": at * 17, "records": at * 20, "unacknowledged": at * 3 if at % 5 == 2 else 0, "holding": bad,
            **{**GUARD, "guard": f"mass-expiry: 40 of 80 of {name} at once" if bad else "", "guard_held": 40 if bad else 0}}


GROUP = {"leads": False, "problems": [], "leader": "m2", "term": 7, "commit": 42, "generation": 1, "voters": [
    {"name": name, "state": state, "up": True, "match": 40 + at, "lag": at, "address": f"10.0.0.{at}:30201", "disk": "ab"}
    for at, (name, state) in enumerate([("m1", "follower"), ("m2", "leader"), ("m3", "disk lost")])]}


def status(names):
    own = names[0]
    others = [region(name, at) for at, name in enumerate(names[1:])]
    ready = not any(r["problem"] for r in others)
    return {"node": own + "-1", "region": own, "mode": "single", "ready": ready, "failure": "", "leaving": False,
            "conflict": "", "starting": "", "unreached": "", "unkept_keys": "", "epoch": "1.4", "group": None,
            "certificate": None,
            "registry": {"address": "http://127.0.0.1:30100", "kind": "servicecenter", "shared": "", "problem": "",
                         "failing": [], "forged": [], "unfit": [], "reachable": True, "read_interval_seconds": 0.25,
                         "excluded_services": ["SYNCER"], "exported": 12345, "copies": 678, "pending": 9, "rejected": 0,
                         "cut": [own + " lacks a property"], "unsigned_copies": 0, **GUARD,
                         "guard": "unproven: " + own, "guard_held": 3},
            "regions": others, "joins": [],
            "members": [{"name": name + "-1", "region": name, "state": ["alive", "alive", "suspect", "dead", "left"][at % 5],
                         "address": f"10.0.{at}.1:30190", "rpc_address": f"10.0.{at}.1:30191", "incarnation": at,
                         "rtt_seconds": at * 0.0011, "tags": {"region": name}} for at, name in enumerate(names)],
            "gossip_dropped": {}, "sync_refused": {}, "pending": []}


def copies(names):
    return [{"origin": names[at % len(names)], "service": "cart-" + names[at % len(names)], "instance": f"i-{at}-{names[at % len(names)]}",
             "copy": f"c-{at}", "state": ["present", "waiting", "held", "rejected", "leaving"][at % 5],
             "detail": names[0] if at % 5 > 1 else "", "renewed_seconds": at} for at in range(120)]


def explanation(what, names):
    steps = [{"step": "seen", "state": "done", "text": "in its registry since 3 min " + names[0]},
             {"step": "sent", "state": "waiting", "text": "to " + names[-1]},
             {"step": "written", "state": "failed", "text": "refused: 400"}]
    return {"schema": "syncer/explain/1", "asked": what, "regions": [
        {"region": name, "node": name + "-1", "problem": "" if at else "no answer " + name, "instances":
         [{"service": "cart", "instance": what, "origin": names[0], "copy": "", "verdict": "not there: " + name, "steps": steps}]}
        for at, name in enumerate(names[:3])]}


class Server:
    """Serves the page and the answers. `older` has none of what newer documents tell."""

    def __init__(self, page, policy, names, older=False, group=None):
        outer = self
        self.names, self.page, self.policy, self.older, self.group = names, page, policy, older, group
        self.asked = []
        self.release = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request):
        url = urllib.parse.urlsplit(request.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        self.asked.append(request.path)
        if url.path == "/ui":
            return self._send(request, 200, "text/html; charset=utf-8", self.page, {"Content-Security-Policy": self.policy})
        if url.path == "/readyz":
            lines = [f"node {self.names[0]}: {r['problem']}" for r in status(self.names)["regions"] if r["problem"]]
            return self._send(request, 503 if lines else 200, "text/plain", "not ready\n" + "\n".join(lines) if lines else "ok\n")
        if url.path == "/v1/status":
            return self._json(request, {**status(self.names), "group": self.group})
        if self.older:
            return self._send(request, 404, "text/plain", "there is no such document\n")
        if url.path == "/v1/copies":
            fits = [c for c in copies(self.names) if query.get("search", "") in c["instance"] + c["service"] and
                    query.get("region", c["origin"]) == c["origin"]]
            start = int(query.get("after") or 0)
            end = start + int(query.get("limit", "100"))
            return self._json(request, {"schema": "syncer/copies/1", "region": self.names[0], "total": len(fits),
                                        "next": str(end) if end < len(fits) else "", "copies": fits[start:end]})
        if url.path == "/v1/explain":
            return self._json(request, explanation(query["what"], self.names))
        if url.path == "/v1/history":
            points = [{"time": "2026-01-01T00:00:00Z", "exported": 100 + i % 17, "copies": i * 5, "pending": i % 3, "held": 0,
                       "problems": 1 if 80 < i < 95 else 0, "regions_up": 3} for i in range(120)]
            return self._json(request, {"schema": "syncer/history/1", "interval_seconds": 30, "points": points})
        if url.path == "/v1/events":
            return self._events(request, int(query.get("after", "-1")), query.get("follow") != "0")
        return self._send(request, 404, "text/plain", "there is no such document\n")

    def _events(self, request, after, follow):
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.end_headers()
        for at, name in enumerate(self.names[:12]):
            if at <= after:
                continue
            one = {"id": at, "time": "2026-01-01T10:00:00.000Z", "level": ["info", "warning", "error"][at % 3],
                   "event": "link.down", "region": name, "reason": name, "count": at}
            request.wfile.write(f"id: {at}\ndata: {json.dumps(one)}\n\n".encode())
        request.wfile.flush()
        if follow:
            self.release.wait()

    def _json(self, request, value):
        self._send(request, 200, "application/json", json.dumps(value))

    @staticmethod
    def _send(request, code, kind, text, headers=None):
        body = text.encode("utf-8", "replace")
        request.send_response(code)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        for key, value in (headers or {}).items():
            request.send_header(key, value)
        request.end_headers()
        request.wfile.write(body)
