# SPDX-License-Identifier: Apache-2.0
"""What is said of a run: a table by folder, one by operator, and each survivor as a difference."""
import difflib
import os

from population import edited
from suites import KINDS

COLUMNS = ("faults", "noticed", "", *KINDS, "timeout", "simulated", "by scenario", "")


def percent(part, whole):
    return f"{100 * part / whole:.0f} %" if whole else "-"


def figures(rows):
    noticed = [r for r in rows if r["verdict"] == "noticed"]
    by = {kind: sum(r["by"] == kind for r in noticed) for kind in KINDS}
    simulated = sum("scenario" in r["reached"] for r in rows)
    late = sum(r["timeout"] for r in noticed)
    return (len(rows), len(noticed), percent(len(noticed), len(rows)), *by.values(), late, simulated, by["scenario"],
            percent(by["scenario"], simulated))


def table(title, rows, key):
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    lines = [(title, *COLUMNS)] + [(name, *figures(groups[name])) for name in sorted(groups)]
    lines.append(("all", *figures(rows)))
    texts = [[str(cell) for cell in line] for line in lines]
    widths = [max(len(line[i]) for line in texts) for i in range(len(texts[0]))]
    return "\n".join("  ".join([line[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(line[1:], widths[1:])]) for line in texts)


def difference(root, mutant):
    with open(os.path.join(root, mutant.file), "rb") as stream:
        text = stream.read().decode("latin-1")
    after = edited(text, mutant.edits, 0, len(text))
    lines = [t.encode("latin-1").decode("utf-8", "replace").split("\n") for t in (text, after)]
    told = difflib.unified_diff(*lines, f"a/{mutant.file}", f"b/{mutant.file}", lineterm="", n=2)
    return "\n".join(told)


def survivors(root, mutants, rows):
    parts = []
    for mutant in mutants:
        row = rows[mutant.identity]
        if row["verdict"] == "noticed":
            continue
        reached = " and ".join(row["reached"]) or "nothing"
        parts.append(f"# {mutant.operator} in {mutant.function}, {mutant.identity}, reached by {reached}\n"
                     + difference(root, mutant))
    return "\n\n".join(parts)


def text(root, mutants, results):
    rows = [results.rows[m.identity] for m in mutants]
    told = [survivors(root, mutants, results.rows), "",
            "timeout: of those noticed, by a test that did not end. simulated: a scenario executes the place.", "",
            table("folder", rows, lambda r: os.path.dirname(r["file"])), "", table("operator", rows, lambda r: r["operator"])]
    return "\n".join(told)
