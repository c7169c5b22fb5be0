# SPDX-License-Identifier: Apache-2.0
"""What ./dev mutants promises, on sample/: which faults it makes, that they are in the program, and what it says of them."""
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import unittest

if importlib.util.find_spec("clang") is None:
    print("python3-clang-14 is missing; ./dev mutants installs it")
    sys.exit(77)

import population
import report
import schemata
import suites
from campaign import Campaign, Results
from compiling import compiling
from equivalents import Equivalents
from reach import Reach
from shadow import Shadow, clang_arguments, read

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SAMPLE = "tests/mutants/sample/sample.cc"


def faults():
    found = population.faults_of(ROOT, SAMPLE, clang_arguments(ROOT))
    for number, fault in enumerate(found, 1):
        fault.number = number
    return found


class Operators(unittest.TestCase):
    EXPECTED = {
        "minus": {("arithmetic", "left - right", "(left) + (right)")},
        "Counter::is_full": {("boundary", ">=", ">"), ("relation", ">=", "<"), ("constant", "kRoom", "kRoom * 2")},
        "Counter::may_add": {
            ("condition dropped", "!is_full() && amount > 0", "!is_full()"),
            ("condition dropped", "!is_full() && amount > 0", "amount > 0"),
            ("logic", "!is_full() && amount > 0", "(!is_full()) || (amount > 0)"),
            ("boundary", "amount > 0", "amount >= 0"), ("relation", "amount > 0", "amount <= 0"),
            ("constant", "amount > 0", "amount > 1")},
        "Counter::add": {
            ("negation", "!may_add(amount)", "!(!may_add(amount))"), ("dropped jump", "return;", ";"),
            ("dropped statement", "total_ += amount;", ""), ("arithmetic", "total_ += amount", "(total_) -= (amount)"),
            ("dropped statement", "added_ = true;", ""), ("constant", "true", "false")},
        "Counter::restart": {("negation", "added_", "!(added_)"), ("forgotten reset", "total_ = 0;", ";"),
                             ("constant", "total_ = 0", "total_ = 1")},
        "difference": {("swapped arguments", "(left, right); }", "(right, left); }")},
        "same": set(),
        "larger": {("extreme", "std::max", "std::min")},
        "sign": {("dropped jump", "return 0;", ";"), ("constant", "0", "1"), ("boundary", "<", "<="), ("relation", "<", ">="),
                 ("constant", "-1", "-2"), ("constant", ": 1", ": 2"), ("constant", "< 0", "< 1")},
        "never_reached": {("arithmetic", "number + 1", "(number) - (1)"), ("constant", "1", "2")},
    }

    def test_make_each_fault_of_the_sample(self):
        found = faults()
        for function, expected in self.EXPECTED.items():
            made = [(f.operator, f.before, f.after) for f in found if f.function == function]
            for operator, before, after in expected:
                self.assertTrue(any(o == operator and fits(b, a, before, after) for o, b, a in made),
                                (function, operator, before, after, made))
            self.assertEqual(len(made), len(expected), (function, made))

    def test_leave_alone_what_is_no_fault(self):
        texts = [f.before for f in faults()]
        self.assertFalse([t for t in texts if "SYNCER_ASSERT" in t or "SYNCER_MUTATED" in t or "constexpr" in t], texts)
        swaps = [f for f in faults() if f.operator == "swapped arguments" and "std::max" in f.before]
        self.assertEqual(swaps, [], "the larger of two is the larger of the same two")

    def test_know_a_fault_by_what_it_is(self):
        identities = [f.identity for f in faults()]
        self.assertEqual(len(set(identities)), len(identities))
        self.assertEqual(identities, [f.identity for f in faults()])

    def test_draw_a_smaller_sample_out_of_the_larger_one(self):
        drawn = [[f.identity for f in population.sample(faults(), size, seed)] for size, seed in ((5, 1), (12, 1), (12, 2))]
        self.assertEqual(drawn[0], drawn[1][:5])
        self.assertEqual(len(drawn[2]), 12)
        self.assertNotEqual(sorted(drawn[1]), sorted(drawn[2]))


def fits(line, changed, before, after):
    """Whether the change at one of its places in the line gives the changed line."""
    made = [line[:at] + after + line[at + len(before):] for at in range(len(line)) if line.startswith(before, at)]
    return changed in [" ".join(text.split()) for text in made]


def compiled(folder, name, contents):
    source, program = os.path.join(folder, name + ".cc"), os.path.join(folder, name)
    with open(source, "wb") as stream:
        stream.write(contents)
    subprocess.run(["g++", "-std=c++20", f"-I{ROOT}", source, os.path.join(ROOT, "tests/mutants/sample/main.cc"), "-o", program],
                   check=True)
    return program


def answer(program, **environment):
    return subprocess.run([program], env={**os.environ, **environment}, capture_output=True, text=True, check=False).stdout


class Programs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = cls.temporary.name
        cls.raw = read(os.path.join(ROOT, SAMPLE))
        cls.contents, cls.faults = schemata.instrumented(cls.raw, faults())
        cls.program = compiled(cls.folder, "all", cls.contents)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_hold_every_fault_and_none_that_is_not_on(self):
        self.assertEqual(len(self.faults), len(faults()))
        self.assertEqual(answer(self.program), "10 110 2 6 2 0-11\n")

    def test_behave_as_if_the_fault_stood_in_the_source(self):
        text = self.raw.decode("latin-1")
        tried = {}
        for fault in self.faults:
            tried.setdefault(fault.operator, fault)
        for operator, fault in tried.items():
            alone = compiled(self.folder, "one", population.edited(text, fault.edits, 0, len(text)).encode("latin-1"))
            self.assertEqual(answer(self.program, SYNCER_MUTANT=str(fault.number)), answer(alone), operator)
        self.assertEqual(len(tried), 12, sorted(tried))

    def test_keep_the_numbers_of_the_lines(self):
        lines = self.contents.decode("latin-1").split("\n")
        for fault in self.faults:
            self.assertIn(f"({fault.number})", lines[fault.line], fault)

    def reach(self):
        reach = Reach(self.folder, "tree", max(f.number for f in self.faults))
        reach.measure([suites.Test("scenario", "sample", [self.program], {})], 1, Silence())
        return reach

    def test_note_what_they_come_by(self):
        reach = self.reach()
        unreached = {f.function for f in self.faults if not reach.is_reached(f, "scenario")}
        self.assertEqual(unreached, {"never_reached"})

    def test_are_tried_by_the_likeliest_scenarios_then_by_all_other_tests(self):
        script = 'echo "$0" >>' + os.path.join(self.folder, "order") + '; ' + self.program + ' >/dev/null'
        tests = [suites.Test(kind, name, ["sh", "-c", script, name], {}) for kind, name in
                 (("scenario", "slow"), ("scenario", "fast"), ("unit", "unit"), ("property", "property"))]
        reach = Reach(self.folder, "tree", max(f.number for f in self.faults))
        reach.measure(tests, 1, Silence())
        next(t for t in tests if t.name == "slow").seconds = 3
        os.remove(os.path.join(self.folder, "order"))
        chosen = [f for f in self.faults if f.function == "larger"]
        Campaign(reach, Results(os.path.join(self.folder, "order.jsonl")), self.folder, Options()).run(chosen, Silence())
        self.assertEqual(read(os.path.join(self.folder, "order")), b"fast\nunit\nproperty\nslow\n")

    def test_note_where_a_boundary_makes_no_difference(self):
        reach = self.reach()
        differs = {f.function: bool(reach.of(f, "scenario")) for f in self.faults if f.operator == "boundary"}
        self.assertEqual(differs, {"Counter::is_full": True, "Counter::may_add": False, "sign": False})
        self.assertTrue(all(f.compares for f in self.faults if f.operator == "boundary"))

    def judged(self, test, choose):
        reach = Reach(self.folder, "tree", max(f.number for f in self.faults))
        reach.measure([test], 1, Silence())
        results = Results(os.path.join(self.folder, self.id() + ".jsonl"))
        chosen = [f for f in self.faults if choose(f)]
        Campaign(reach, results, self.folder, Options()).run(chosen, Silence())
        return chosen, results

    def test_are_judged_by_the_tests_and_their_survivors_shown(self):
        script = f'test "$({self.program})" = "10 110 2 6 2 0-11"'
        chosen, results = self.judged(suites.Test("unit", "answers", ["sh", "-c", script], {}),
                                      lambda f: f.function in ("sign", "larger", "never_reached"))
        survived = [f for f in chosen if results.rows[f.identity]["verdict"] == "survived"]
        self.assertEqual({(f.function, f.operator) for f in survived},
                         {("sign", "boundary"), ("never_reached", "arithmetic"), ("never_reached", "constant"), ("sign", "constant")})
        told = report.text(ROOT, chosen, results)
        self.assertIn("-int never_reached(int number) { return number + 1; }\n"
                      "+int never_reached(int number) { return (number) - (1); }", told)
        self.assertIn("reached by nothing", told)
        self.assertRegex(told, rf"all +{len(chosen)} +{len(chosen) - len(survived)} ")

    def test_that_never_end_are_noticed(self):
        before, suites.PATIENCE = suites.PATIENCE, 0.5
        try:
            script = f'test "$({self.program})" = "10 110 2 6 2 0-11" || sleep 60'
            chosen, results = self.judged(suites.Test("unit", "hangs", ["sh", "-c", script], {}), lambda f: f.function == "larger")
        finally:
            suites.PATIENCE = before
        row = results.rows[chosen[0].identity]
        self.assertEqual((row["verdict"], row["by"], row["timeout"]), ("noticed", "unit", True))

    def test_wait_for_the_next_run_when_the_time_is_over(self):
        reach = self.reach()
        results = Results(os.path.join(self.folder, "late.jsonl"))
        options = Options()
        options.minutes = -1
        self.assertEqual(Campaign(reach, results, self.folder, options).run(self.faults, Silence()), [])
        self.assertEqual(results.rows, {})

    def test_that_cost_too_much_are_left_for_another_run(self):
        reach = self.reach()
        results = Results(os.path.join(self.folder, "dear.jsonl"))
        options = Options()
        options.seconds = 1e-9
        chosen = [f for f in self.faults if f.function == "larger"]
        self.assertEqual(Campaign(reach, results, self.folder, options).run(chosen, Silence()), [])
        self.assertEqual(results.rows, {})

    def test_are_not_judged_by_a_test_that_fails_anyway(self):
        chosen, results = self.judged(suites.Test("unit", "broken", ["sh", "-c", f"{self.program}; false"], {}),
                                      lambda f: f.function == "larger")
        self.assertEqual(results.rows[chosen[0].identity]["verdict"], "survived")


class Options:
    jobs, first, minutes, seconds = 1, 1, 0, 0


class Silence:
    def show(self, *_):
        pass


class Compiling(unittest.TestCase):
    def test_leaves_out_the_faults_that_do_not_compile(self):
        text, found = read(os.path.join(ROOT, SAMPLE)).decode("latin-1"), faults()
        bad = {found[3].identity, found[20].identity}

        def lines_of_errors(subset):
            return [f.line for f in subset if f.identity in bad]

        def only_that_there_are(subset):
            return [0] if any(f.identity in bad for f in subset) else []

        for check in (lines_of_errors, only_that_there_are):
            kept = compiling(found, check, text)
            self.assertEqual({f.identity for f in found} - {f.identity for f in kept}, bad)

    def test_asks_the_compiler(self):
        """The shadow tree's own way to find them: the errors of the real command, and what a linker would say is no error."""
        with tempfile.TemporaryDirectory() as folder:
            shadow = Shadow(ROOT, folder, print)
            shadow.put("tests/mutants/switch.h", read(os.path.join(HERE, "switch.h")))
            shadow.put("tests/mutants/sample/sample.h", read(os.path.join(HERE, "sample", "sample.h")))
            os.makedirs(shadow.build)
            command = f"ccache g++ -std=c++20 -I{folder} -o x.o -c {os.path.join(folder, SAMPLE)}"
            with open(os.path.join(shadow.build, "compile_commands.json"), "w", encoding="utf-8") as stream:
                json.dump([{"directory": shadow.build, "file": os.path.join(folder, SAMPLE), "command": command}], stream)
            found = faults()
            wrong = next(f for f in found if f.operator == "swapped arguments")
            wrong.edits = [(*edit[:2], "no_such_name") for edit in wrong.edits]
            kept = shadow.bisect(SAMPLE, found)
            self.assertEqual([f for f in found if f not in kept], [wrong])
            self.assertEqual(read(os.path.join(folder, SAMPLE)), schemata.instrumented(read(os.path.join(ROOT, SAMPLE)), kept)[0])


class Listed(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, text):
        path = os.path.join(self.folder.name, "equivalent.json")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        return path

    def test_equivalent_faults_are_not_drawn(self):
        path = self.file('[{"file": "' + SAMPLE + '", "function": "sign", "before": "return  number < 0 ? -1 : 1;",'
                         '"after": "return number <= 0 ? -1 : 1;", "reason": "zero was answered before"},'
                         '{"file": "' + SAMPLE + '", "function": "sign", "before": "gone", "after": "", "reason": "old"}]')
        listed, found = Equivalents(path), faults()
        left_out = [f for f in found if f not in listed.without(found)]
        self.assertEqual([(f.operator, f.function) for f in left_out], [("boundary", "sign")])
        self.assertEqual([row["before"] for row in listed.stale(found, [SAMPLE])], ["gone"])
        self.assertEqual([row["before"] for row in listed.out_of_date(ROOT)], ["gone"])

    def test_a_row_without_a_reason_is_refused(self):
        for text in ('[{"file": "a", "function": "b", "before": "c", "after": "d", "reason": ""}]', '[{"file": "a"}]'):
            with self.assertRaises(ValueError):
                Equivalents(self.file(text))

    def test_the_list_of_the_product_is_up_to_date(self):
        self.assertEqual(Equivalents(os.path.join(HERE, "equivalent.json")).out_of_date(ROOT), [])


class Resuming(unittest.TestCase):
    def test_keeps_what_was_noticed_and_what_survived_in_this_tree(self):
        found = faults()[:3]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.jsonl")
            results = Results(path)
            for fault, verdict in zip(found, ("noticed", "survived")):
                results.add({"identity": fault.identity, "verdict": verdict, "tree": "old"})
            with open(path, "a", encoding="utf-8") as stream:
                stream.write('{"identity": "' + found[2].identity)  # stopped while it wrote
            again = Results(path)
            self.assertEqual([again.holds(f, "old") for f in found], [True, True, False])
            self.assertEqual([again.holds(f, "new") for f in found], [True, False, False])


if __name__ == "__main__":
    unittest.main()
