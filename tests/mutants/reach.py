# SPDX-License-Identifier: Apache-2.0
"""Which test comes by which fault: each test is run once without a fault and notes it."""
import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor

import suites

REACHED, DIFFERED = 1, 2


class Reach:
    def __init__(self, folder, fingerprint, count):
        self.folder, self.fingerprint, self.count = folder, fingerprint, count
        self.file = os.path.join(folder, "state-reach.json")
        self.tests, self.notes, self.broken = [], {}, []

    def load(self):
        """False when the last run was of another tree or of other faults."""
        if not os.path.exists(self.file):
            return False
        with open(self.file, encoding="utf-8") as stream:
            kept = json.load(stream)
        if kept["fingerprint"] != self.fingerprint:
            return False
        self.tests = [suites.Test(**row) for row in kept["tests"]]
        self.notes = {name: bytes.fromhex(note) for name, note in kept["notes"].items()}
        self.broken = kept["broken"]
        return True

    def measure(self, tests, jobs, progress):
        done = 0
        with ThreadPoolExecutor(jobs) as pool:
            for _ in pool.map(self.note, tests):
                done += 1
                progress.show(done, len(tests), f"tests on the product as it is, {len(self.broken)} fail")
        self.tests.sort(key=lambda t: t.name)
        with open(self.file, "w", encoding="utf-8") as stream:
            json.dump({"fingerprint": self.fingerprint, "tests": [vars(t) for t in self.tests],
                       "notes": {n: b.hex() for n, b in self.notes.items()}, "broken": self.broken}, stream)

    def note(self, test, whole=True):
        """A binary that takes long is taken apart, so that a fault costs only the tests that come by it."""
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix="state-") as shared:
            shared.write(bytes(self.count + 1))
            shared.flush()
            outcome = suites.run(test, {"SYNCER_MUTANTS_REACHED": shared.name}, self.folder)
            shared.seek(0)
            note = shared.read()
        if outcome.passed and outcome.seconds > suites.SLOW and test.kind != "scenario" and whole:
            parts = suites.split(test)
            if len(parts) > 1:
                for part in parts:
                    self.note(part, whole=False)
                return
        test.seconds, test.wall = outcome.seconds, outcome.wall
        if not outcome.passed:
            self.broken.append(test.name)
        elif any(note):
            self.tests.append(test)
            self.notes[test.name] = note

    def of(self, mutant, kind):
        """The tests of a kind that can notice the fault: they come by it, and it made a difference where that was compared."""
        wanted = DIFFERED if mutant.compares else REACHED
        return [t for t in self.tests if t.kind == kind and self.notes[t.name][mutant.number] & wanted]

    def is_reached(self, mutant, kind):
        return any(t.kind == kind and self.notes[t.name][mutant.number] for t in self.tests)
