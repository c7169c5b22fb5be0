# SPDX-License-Identifier: Apache-2.0
"""./dev mutants: makes small faults in the product from its syntax tree and tells which of them no test notices."""
import argparse
import hashlib
import os
import sys
import time
from multiprocessing import Pool

import population
import report
import suites
from campaign import Campaign, Results
from equivalents import Equivalents
from reach import Reach
from schemata import instrumented
from shadow import Shadow, clang_arguments, read

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PARTS = ("membership", "raft", "replication", "registry", "catalog", "peering", "cluster", "gossip")


class Progress:
    """One line that is written anew on a terminal, and a line each half a minute elsewhere."""

    def __init__(self):
        self.next = 0.0

    def show(self, done, of, words):
        last = done == of
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K[{done}/{of}] {words}" + ("\n" if last else ""))
        elif last or time.monotonic() > self.next:
            self.next = time.monotonic() + 30
            sys.stderr.write(f"[{done}/{of}] {words}\n")
        sys.stderr.flush()


def say(words):
    sys.stderr.write(f"mutants: {words}\n")
    sys.stderr.flush()


def arguments():
    parser = argparse.ArgumentParser(prog="./dev mutants", description=__doc__)
    parser.add_argument("paths", nargs="*", metavar="PATH", default=[f"syncer/{part}" for part in PARTS],
                        help="sources, or folders of them (default: the cores and the parts)")
    parser.add_argument("--sample", type=int, default=100, help="so many faults; 0 for all (default: 100)")
    parser.add_argument("--seed", default="1", help="which sample: equal seeds choose the same faults (default: 1)")
    parser.add_argument("--seeds", type=int, default=3, help="play each scenario with the seeds 1 to this (default: 3)")
    parser.add_argument("--kinds", default=",".join(suites.KINDS), help="of these tests only (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="run the N likeliest scenarios before the other tests "
                        "and the rest after them: cheaper, and the share of the scenarios a lower bound (default: all first)")
    parser.add_argument("--minutes", type=float, default=0, help="start no fault after so long; the report is of those judged")
    parser.add_argument("--seconds", type=float, default=0, help="leave a fault for another run after so much CPU time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="tests at one time (default: one a processor)")
    parser.add_argument("--resume", action="store_true",
                        help="keep what is known: faults that were noticed, and survivors in this very tree")
    parser.add_argument("--folder", default=os.path.join(ROOT, "build-mutants"), metavar="PATH",
                        help="where the copy with the faults, its build and the results are (default: build-mutants)")
    parser.add_argument("--list", action="store_true", help="show the faults and run nothing")
    parser.add_argument("--at-least", type=int, default=0, metavar="PERCENT", help="fail when fewer are noticed")
    options = parser.parse_args()
    options.folder = os.path.abspath(options.folder)
    options.kinds = [kind for kind in suites.KINDS if kind in options.kinds.split(",")]
    if not options.kinds:
        parser.error(f"--kinds wants some of {', '.join(suites.KINDS)}")
    return options


def sources(paths):
    found = set()
    for path in paths:
        whole = os.path.join(ROOT, os.path.relpath(os.path.abspath(path), ROOT))
        if os.path.isfile(whole):
            found.add(whole)
        for place, _, names in os.walk(whole):
            found.update(os.path.join(place, name) for name in names if name.endswith(".cc"))
        if not os.path.exists(whole):
            sys.exit(f"mutants: {path} is not there")
    return sorted(os.path.relpath(path, ROOT) for path in found)


def faults_in(place):
    file, folder = place
    return population.cached_faults(ROOT, file, clang_arguments(ROOT), os.path.join(folder, "population"))


def all_faults(files, options):
    progress, found = Progress(), []
    with Pool(options.jobs) as pool:
        for done, faults in enumerate(pool.imap(faults_in, [(file, options.folder) for file in files]), 1):
            found += faults
            progress.show(done, len(files), f"files read, {len(found)} faults")
    return found


def build(faults, folder):
    """Writes and compiles the faults; those that are in the programs, in order. Those refused once are not tried again."""
    refused_file = os.path.join(folder, "state-refused.txt")
    refused = set(read(refused_file).decode().split()) if os.path.exists(refused_file) else set()
    by_file = {}
    for number, fault in enumerate(faults, 1):
        fault.number = number  # those refused keep theirs, so that the others keep theirs and are not compiled anew
        if fault.identity not in refused:
            by_file.setdefault(fault.file, []).append(fault)
    made = {file: instrumented(read(os.path.join(ROOT, file)), there) for file, there in by_file.items()}
    shadow = Shadow(ROOT, folder, say)
    shadow.write({file: contents for file, (contents, _) in made.items()})
    say(f"building ({os.path.relpath(shadow.log())})")
    chosen = shadow.compile({file: there for file, (_, there) in made.items()})
    compiled = [fault for file in chosen for fault in chosen[file]]
    there = {fault.identity for fault in compiled}
    with open(refused_file, "w", encoding="utf-8") as stream:
        stream.writelines(f"{name}\n" for name in sorted(refused | {m.identity for m in faults if m.identity not in there}))
    with open(os.path.join(folder, "state-faults.txt"), "w", encoding="utf-8") as stream:
        stream.writelines(f"{m.number} {m.identity} {m.file}:{m.line} {m.before} -> {m.after}\n" for m in compiled)
    return shadow, compiled


def fingerprint(shadow, faults):
    """Of the tree and of the faults in it."""
    digest = hashlib.sha256()
    for fault in faults:
        digest.update(f"{fault.number} {fault.identity}\n".encode())
    for place, folders, names in sorted(os.walk(shadow.folder)):
        folders[:] = sorted(f for f in folders if f not in ("build", "population"))
        for name in sorted(names):
            if name.endswith((".cc", ".h", ".json", ".txt")) and not name.startswith("state-"):
                digest.update(read(os.path.join(place, name)))
    return digest.hexdigest()[:16]


def reach_of(shadow, faults, options):
    tree = "-".join([fingerprint(shadow, faults), str(options.seeds), *options.kinds])
    reach = Reach(options.folder, tree, max((f.number for f in faults), default=0))
    if not reach.load():
        tests = suites.binaries(shadow) + suites.scenarios(shadow, options.seeds)
        reach.measure([t for t in tests if t.kind in options.kinds], options.jobs, Progress())
    for name in reach.broken:
        say(f"{name} fails without a fault and is left out")
    return reach


def main():
    options = arguments()
    os.makedirs(options.folder, exist_ok=True)
    files = sources(options.paths)
    everything = all_faults(files, options)
    equivalents = Equivalents(os.path.join(HERE, "equivalent.json"))
    for row in equivalents.stale(everything, files):
        say(f"equivalent.json: no fault of {row['file']} is \"{row['before']}\" -> \"{row['after']}\" in {row['function']}")
    faults = population.sample(equivalents.without(everything), options.sample, options.seed)
    faults.sort(key=lambda m: (m.file, m.edits[0][0], m.identity))
    if options.list:
        print("\n".join(f"{m.file}:{m.line} {m.operator}: {m.before} -> {m.after}" for m in faults))
        return 0
    shadow, compiled = build(faults, options.folder)
    say(f"{len(everything)} faults, {len(everything) - len(equivalents.without(everything))} of them listed as equivalent; "
        f"{len(faults)} drawn, {len(compiled)} compile")
    reach = reach_of(shadow, compiled, options)
    results = Results(os.path.join(options.folder, "results.jsonl"))
    known = [m for m in compiled if options.resume and results.holds(m, reach.fingerprint)]
    pending = [m for m in compiled if m not in known]
    pending = population.sample(pending, len(pending), options.seed)  # in the order of the draw: a part is a sample too
    judged = known + Campaign(reach, results, options.folder, options).run(pending, Progress())
    judged.sort(key=lambda m: m.number)
    print(report.text(ROOT, judged, results))
    if len(judged) < len(compiled):
        say(f"{len(compiled) - len(judged)} faults were not judged; --resume goes on")
    noticed = sum(results.rows[m.identity]["verdict"] == "noticed" for m in judged)
    return 0 if 100 * noticed >= options.at_least * len(judged) else 1


if __name__ == "__main__":
    sys.exit(main())
