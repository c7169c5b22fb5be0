# SPDX-License-Identifier: Apache-2.0
"""Runs the tests against each fault, the likeliest to notice first, and keeps what came of it."""
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import suites


class Results:
    """Lines of JSON, one a judged fault; a later line replaces an earlier one. Survivors count for the tree they survived in."""

    def __init__(self, file):
        self.file, self.rows = file, {}
        self.lock = threading.Lock()
        if os.path.exists(file):
            with open(file, encoding="utf-8") as stream:
                for line in stream:
                    self.take(line)

    def take(self, line):
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            return  # the run was stopped while it wrote this line: the fault is judged again
        self.rows[row["identity"]] = row

    def holds(self, mutant, fingerprint):
        row = self.rows.get(mutant.identity)
        return row is not None and (row["verdict"] == "noticed" or row["tree"] == fingerprint)

    def add(self, row):
        with self.lock:
            self.rows[row["identity"]] = row
            with open(self.file, "a", encoding="utf-8") as stream:
                stream.write(json.dumps(row) + "\n")


class Experience:
    """Which test noticed how many of the faults it was run against, those of the same folder and file counting more."""

    WEIGHTS = (1, 2, 5)  # of what is known of the test in all, in the folder, in the file

    def __init__(self):
        self.tried, self.noticed = {}, {}

    def learn(self, test, file, noticed):
        for key in self.keys(test, file):
            self.tried[key] = self.tried.get(key, 0) + 1
            self.noticed[key] = self.noticed.get(key, 0) + noticed

    def promise(self, test, file):
        """The share of faults like this one that the test is expected to notice, per second."""
        noticed, tried = 0.3, 3
        for key, weight in zip(self.keys(test.name, file), self.WEIGHTS):
            noticed += weight * self.noticed.get(key, 0)
            tried += weight * self.tried.get(key, 0)
        return noticed / tried / (test.seconds + 0.05)

    @staticmethod
    def keys(test, file):
        return test, (test, os.path.dirname(file)), (test, file)


class Campaign:
    """`options`: jobs (tests at one time), first (scenarios before the other tests, 0 for all), minutes and seconds (for
    the run and for a fault, 0 for no end)."""

    def __init__(self, reach, results, folder, options):
        self.reach, self.results, self.folder, self.options = reach, results, folder, options
        self.experience = Experience()
        for row in results.rows.values():
            if row["verdict"] == "noticed":
                self.experience.learn(row["run"], row["file"], 1)

    def run(self, mutants, progress):
        """Those that were judged: before the time was over, or somebody interrupted, and each in its own time."""
        judged, noticed = [], 0
        end = time.monotonic() + 60 * self.options.minutes if self.options.minutes else float("inf")
        with ThreadPoolExecutor(self.options.jobs) as pool:
            waiting = [pool.submit(self.judge, mutant, end) for mutant in mutants]
            try:
                for mutant, future in zip(mutants, waiting):
                    row = future.result()
                    if row is None:
                        continue
                    judged.append(mutant)
                    noticed += row["verdict"] == "noticed"
                    progress.show(len(judged), len(mutants), f"{noticed} noticed, {len(judged) - noticed} survived, "
                                  f"{row['file']}:{row['line']}")
            except KeyboardInterrupt:
                pool.shutdown(cancel_futures=True)
        return judged

    def judge(self, mutant, end):
        if time.monotonic() > end:
            return None
        row = {"identity": mutant.identity, "file": mutant.file, "line": mutant.line, "function": mutant.function,
               "operator": mutant.operator, "before": mutant.before, "after": mutant.after, "verdict": "survived", "by": "",
               "run": "", "test": "", "timeout": False, "tree": self.reach.fingerprint, "seconds": 0.0,
               "reached": [k for k in suites.KINDS if self.reach.is_reached(mutant, k)]}
        plays = self.reach.of(mutant, "scenario")
        first = self.options.first or len(plays)
        noticed = self.notices(mutant, plays, row, first)
        for kind in suites.KINDS[1:]:
            noticed = noticed or self.notices(mutant, self.reach.of(mutant, kind), row)
        if not noticed and not self.notices(mutant, plays, row) and self.is_spent(row):
            return None
        row["seconds"] = round(row["seconds"], 2)
        self.results.add(row)
        return row

    def is_spent(self, row):
        return self.options.seconds and row["seconds"] >= self.options.seconds

    def notices(self, mutant, waiting, row, most=None):
        """Runs so many of the waiting tests, and takes them from the list."""
        while waiting and most != 0 and not self.is_spent(row):
            most = most and most - 1
            test = min(waiting, key=lambda t: (t.rank, -self.experience.promise(t, mutant.file), t.name))
            waiting.remove(test)
            outcome = suites.run(test, {"SYNCER_MUTANT": str(mutant.number)}, self.folder)
            row["seconds"] += outcome.seconds
            self.experience.learn(test.name, mutant.file, not outcome.passed)
            if not outcome.passed:
                row.update(verdict="noticed", by=test.kind, run=test.name, timeout=outcome.timeout,
                           test=outcome.first_failure() or test.name)
                return True
        return False
