# SPDX-License-Identifier: Apache-2.0
"""Data of a run's page, made up: as sim/show/page.cc writes it, with any names and as many events as a test wants."""

import base64
import json

HOSTILE = [
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror=\"window.hacked = 2\">",
    "\"'><svg onload=window.hacked=3>",
    "{{data}} ${window.hacked = 4} `window.hacked = 5`",
    "javascript:window.hacked=6//",
    "\u202egnp.exe \u0000\u2028\u2029 a\u0301 \U0001f4a3",
    "__proto__",
    "constructor",
    "long-" + "x" * 300,
]


class Column:
    def __init__(self):
        self._bytes = bytearray()
        self._last = 0

    def put(self, value):
        while value > 127:
            self._bytes.append(value & 127 | 128)
            value >>= 7
        self._bytes.append(value)

    def put_signed(self, value):
        self.put(value * 2 if value >= 0 else -value * 2 - 1)

    def put_next(self, value):
        self.put_signed(value - self._last)
        self._last = value

    def text(self):
        return base64.b64encode(bytes(self._bytes)).decode()


def table(rows, columns):
    """Columns named with a "+" are written as differences, with a "-" as signed numbers."""
    out = {"count": len(rows)}
    for at, name in enumerate(columns):
        column = Column()
        put = {"+": column.put_next, "-": column.put_signed}.get(name[-1], column.put)
        for row in rows:
            put(row[at])
        out[name.rstrip("+-")] = column.text()
    return out


def data(names, events=60, text="{\n}\n"):
    """A run of two regions whose names, texts and facts are all taken from `names`."""
    def name(at):
        return names[at % len(names)]

    strings = [name(i) for i in range(40)] + ["member.joined", "member", "process started"]
    second = 1_000_000
    turns = [(i * second // 2, 0) for i in range(events)]
    rows = [(i, i % 4, 42 if i < 2 else 40 if i % 5 == 0 else i % 40, (i % 3), 7 if i < 2 else i % 7, 2) for i in range(events)]
    facts = []
    for i in range(events):
        facts += [(41 * 2, i % 40), ((i % 40) * 2 + 1, i)]
    packets = [(i, 2, 0, 1, 1, 40, i % 40) for i in range(events - 1)]
    turns = [(at, (i * 4 + 1) if i > 0 else 0) for i, (at, _) in enumerate(turns)]
    showings = [(i * second, i % 2, (i // 2) % 2, [6, 1, 2, 3, 4, 5, 0][i % 7]) for i in range(14)]
    end = events * second // 2
    hops = [[second, 2 * second, name(0) + " reads it", [[second, name(1) + " (x.json:1)"]]]]
    return {
        "format": 1, "name": name(0), "about": name(1), "file": "x.json", "text": text, "seed": "7",
        "verdict": "violated", "undecided": [name(2)], "events": events, "duration": end, "replay": name(3),
        "rows_left": 3, "packets_left": 4,
        "why": {"what": name(4), "causes": [[second, name(5)]], "hops": hops, "facts": [name(6)]},
        "sites": {"names": [name(0), name(1), name(2), name(3)], "nodes": 2, "registries": 2, "kinds": [name(0)] * 2,
                  "regions": [{"name": name(4), "registry": 0, "nodes": [0]}, {"name": name(5), "registry": 1, "nodes": [1]}]},
        "labels": [[name(i), name(i + 1) + ", x.json:1", i, 1] for i in range(9)],
        "bands": [[second, 5 * second, 1, name(1) + ", x.json:1", -1], [2 * second, 4 * second, 0, name(2), 0],
                  [2 * second, 6 * second, 2, name(3), 1]],
        "violations": [{"id": name(7), "at": 9 * second, "line": 1, "facts": [name(i) for i in range(9)]}],
        "instances": [[name(0), 0, name(1)], [name(2), 1, name(3)]],
        "ways": [[0, 1, 0, second, 3 * second, True, name(4), hops], [1, 0, 0, second, 9 * second, False, name(6), hops]],
        "samples": {"step": end // 4 or 1, **{key: [1, 2, 3, 4] for key in
                    ("datagrams", "segments", "requests", "bytes", "lost", "differing", "ghosts", "copies")}},
        "turns": table(turns, ["at+", "cause"]),
        "rows": table(rows, ["turn+", "who", "what", "subject", "look", "fields"]),
        "facts": table(facts, ["key", "value-"]),
        "packets": table(packets, ["turn+", "took", "from", "to", "kind", "bytes", "words"]),
        "showings": table(showings, ["at+", "instance", "registry", "state"]),
        "strings": strings,
    }


def page(template, content):
    """The page as the program makes it of its data."""
    head, tail = template.split("{{data}}", 1)
    return head + json.dumps(content).replace("<", "\\u003c") + tail
