# SPDX-License-Identifier: Apache-2.0
"""The faults that are none: listed by hand in equivalent.json, with the reason why nobody could notice them."""
import json
import os

FIELDS = ("file", "function", "before", "after", "reason")


def squeezed(text):
    return " ".join(text.split())


def key_of(what):
    return what["file"], what["function"], squeezed(what["before"]), squeezed(what["after"])


class Equivalents:
    """A line is known by its text and its function, so that it may move; whoever changes it must look at it anew."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as stream:
            self.rows = json.load(stream)
        for row in self.rows:
            if sorted(row) != sorted(FIELDS) or not all(isinstance(v, str) for v in row.values()) or not row["reason"]:
                raise ValueError(f"{path}: a row wants {', '.join(FIELDS)}, all of them texts: {row}")
        self.known = {key_of(row): row["reason"] for row in self.rows}
        if len(self.known) != len(self.rows):
            raise ValueError(f"{path}: two rows are the same")

    def reason(self, mutant):
        return self.known.get(key_of(vars(mutant)))

    def without(self, mutants):
        return [m for m in mutants if self.reason(m) is None]

    def stale(self, mutants, files):
        """Rows of these files that no fault of them matches any more."""
        there = {key_of(vars(m)) for m in mutants}
        return [row for row in self.rows if row["file"] in files and key_of(row) not in there]

    def out_of_date(self, root):
        """Rows whose text before is no longer in their file: a check that needs no syntax tree."""
        return [row for row in self.rows if not stands_in(os.path.join(root, row["file"]), row["before"])]


def stands_in(path, text):
    if not os.path.exists(path):
        return False
    with open(path, encoding="utf-8") as stream:
        lines = [line.split("//")[0] for line in stream.read().split("\n")]
    return squeezed(text) in squeezed("\n".join(lines))
