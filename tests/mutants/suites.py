# SPDX-License-Identifier: Apache-2.0
"""The tests that are run against each fault, and one run of one of them."""
import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass

KINDS = ("scenario", "unit", "property", "contract")
SLOW = 1.5  # seconds of CPU from which on the tests of a binary are run one by one
PATIENCE = 30  # seconds that a test may take beyond what it takes
MEMORY = 6 << 30
OUTPUT = 64 << 20
REPLAY = {"RC_PARAMS": "seed=1"}  # properties draw the same cases for each fault


@dataclass
class Test:
    kind: str
    name: str
    command: list
    environment: dict
    rank: int = 0  # the first seed of all scenarios comes before the second of any
    seconds: float = 0.0  # of CPU, without a fault
    wall: float = 0.0


@dataclass
class Outcome:
    passed: bool
    timeout: bool
    seconds: float
    wall: float
    said: str

    def first_failure(self):
        found = re.search(r"^\[  FAILED  \] (\S+?)[ ,(]", self.said + " ", re.M)
        return found[1] if found else ""


def scenarios(shadow, seeds):
    """One test a scenario and seed; the first seed is held against the effort that is on record, too."""
    found = []
    folder = os.path.join(shadow.folder, "scenarios")
    files = [os.path.join(place, n) for place, _, names in os.walk(folder) for n in names if n.endswith(".json")]
    program = os.path.join(shadow.build, "bin", "syncsim")
    for file in sorted(files):
        name = os.path.relpath(file, folder)[:-5]
        for seed in range(1, seeds + 1):
            command = [program, "run", "--jobs", "1", "--seeds", f"{seed}-{seed}", file]
            if seed == 1:
                command += ["--baseline", os.path.join(shadow.folder, "tests", "scenario", "effort.json")]
            found.append(Test("scenario", f"{name} seed {seed}", command, {}, rank=min(seed, 2)))
    return found


def binaries(shadow):
    """The other tests that ctest knows, one a binary."""
    found = []
    for kind, name, entry in shadow.tests():
        environment = dict(item.split("=", 1) for item in entry["properties"].get("ENVIRONMENT", []) if "=" in item)
        found.append(Test(kind, name, [entry["command"][0], "--gtest_brief=1", "--gtest_fail_fast"], environment))
    return found


def split(test):
    """The tests of a binary, each by itself."""
    told = subprocess.run([test.command[0], "--gtest_list_tests"], check=True, capture_output=True, text=True).stdout
    suite, found = "", []
    for line in told.split("\n"):
        word = line.split("#")[0].strip()
        if line.startswith("  ") and word:
            found.append(Test(test.kind, f"{test.name} {suite}{word}", test.command + [f"--gtest_filter={suite}{word}"],
                              test.environment))
        elif word.endswith("."):
            suite = word
    return found


def run(test, switches, folder):
    """Runs a test. What it may use of the processor follows from what it used without a fault; so does how long it may take."""
    cpu = int(5 + 10 * test.seconds) if test.wall else 600
    patience = PATIENCE + 30 * test.wall if test.wall else 1200
    command = ["prlimit", f"--cpu={cpu}:{cpu + 5}", f"--as={MEMORY}", f"--fsize={OUTPUT}", "--core=0", "--", *test.command]
    environment = {**os.environ, **REPLAY, **test.environment, **switches}
    with tempfile.TemporaryFile(dir=folder) as output:
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   env=environment, start_new_session=True, cwd=folder)
        status, used = wait(process, patience)
        wall = time.monotonic() - started
        output.seek(0)
        said = output.read(1 << 20).decode("utf-8", "replace")
    late = status is None or used >= cpu or -status == signal.SIGXCPU
    return Outcome(status == 0, late, used, wall, said)


def wait(process, patience):
    """(exit status, or None for one that had to be killed; seconds of CPU). What it left behind is killed, too."""
    end = time.monotonic() + patience
    pause = 0.002
    while time.monotonic() < end:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            kill_group(process.pid)
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_utime + usage.ru_stime
        time.sleep(pause)
        pause = min(pause * 1.3, 0.1)
    kill_group(process.pid)
    process.wait()
    return None, patience


def kill_group(leader):
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass
