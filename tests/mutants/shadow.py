# SPDX-License-Identifier: Apache-2.0
"""A copy of the source tree in which the chosen faults are written, and its build."""
import json
import os
import re
import shlex
import subprocess

from compiling import compiling
from schemata import instrumented
from suites import KINDS

KEPT = ("build", "results.jsonl", "population")


def clang_arguments(root):
    """What libclang needs to read a source of the product; the libraries all live in the system's folders."""
    return ["-x", "c++", "-std=c++20", f"-I{root}", "-DASIO_STANDALONE", "-DASIO_NO_DEPRECATED", "-DSPDLOG_SHARED_LIB",
            "-DSPDLOG_COMPILED_LIB", "-DSPDLOG_FMT_EXTERNAL", "-Wno-everything"]


class Shadow:
    def __init__(self, root, folder, say):
        self.root, self.folder, self.say = root, folder, say
        self.build = os.path.join(folder, "build")
        self.faulty_simulator = False

    def write(self, files):
        """Makes the copy equal to the source tree but for these {path: contents}; touches only what differs."""
        self.faulty_simulator = any(path.startswith(("sim/", "mocksc/")) for path in files)
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=self.root, check=True,
                                capture_output=True, text=True).stdout.split("\n")
        wanted = {path for path in listed if path and os.path.isfile(os.path.join(self.root, path))}
        for path in sorted(wanted):
            contents = files.get(path) or read(os.path.join(self.root, path))
            self.put(path, contents, os.stat(os.path.join(self.root, path)).st_mode & 0o777)
        self.remove_all_but(wanted)

    def put(self, path, contents, mode=0o644):
        target = os.path.join(self.folder, path)
        if os.path.exists(target) and read(target) == contents:
            return
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as stream:
            stream.write(contents)
        os.chmod(target, mode)

    def remove_all_but(self, wanted):
        for place, folders, names in os.walk(self.folder):
            inside = os.path.relpath(place, self.folder)
            if inside == ".":
                folders[:] = [f for f in folders if f not in KEPT]
            for name in names:
                path = os.path.normpath(os.path.join(inside, name))
                if path not in wanted and path not in KEPT and not path.startswith("state-"):
                    os.remove(os.path.join(place, name))

    def compile(self, chosen):
        """Builds; a file that the real compiler refuses loses the faults that it refuses. {file: faults} that are in."""
        self.configure(chosen)
        for _ in range(3):
            refused = self.make()
            if not refused:
                return chosen
            for file in refused:
                if not chosen.get(file):
                    raise RuntimeError(f"{file} does not compile, without a fault in it: see {self.log()}")
                self.say(f"{file}: the compiler refuses a fault, looking for it")
                chosen[file] = self.bisect(file, chosen[file])
        raise RuntimeError(f"the faults do not compile: see {self.log()}")

    def log(self):
        return os.path.join(self.folder, "build", "mutants.log")

    def configure(self, apart):
        """What has faults is compiled by itself, so that one that does not compile is found; all else eight at a time."""
        subprocess.run(["cmake", "-S", self.folder, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                        "-DSYNCER_BENCH=OFF", f"-DSYNCER_APART_TODAY={';'.join(sorted(apart))}", "-Wno-dev"], check=True,
                       stdout=subprocess.DEVNULL, env=self.environment())

    def environment(self):
        """The recorded data that tests read is found beside the source tree, not beside its copy."""
        data = os.environ.get("SYNCER_CONFORMANCE_DIR", os.path.join(os.path.dirname(self.root), "shared", "conformance"))
        return {**os.environ, "SYNCER_CONFORMANCE_DIR": data}

    def tests(self):
        """(kind, name, what ctest knows) of the test binaries that judge the product.

        Those of the hand-made faults judge tests; those of the simulator and of the mocks judge these, and are asked only
        when a fault is in them.
        """
        aside = "mutation|$" if self.faulty_simulator else "mutation|.*_(sim|mocksc|scenario)"
        told = subprocess.run(["ctest", "--test-dir", self.build, "--show-only=json-v1"], check=True, capture_output=True,
                              text=True).stdout
        found = []
        for entry in json.loads(told)["tests"]:
            properties = {p["name"]: p["value"] for p in entry.get("properties", [])}
            kind = (properties.get("LABELS") or [""])[0]
            if kind in KINDS[1:] and not re.match(aside, entry["name"]):
                found.append((kind, entry["name"], {**entry, "properties": properties}))
        return found

    def make(self):
        """Sources that do not compile; raises when something else is wrong."""
        targets = ["syncsim"] + [name for _, name, _ in self.tests()]
        with open(self.log(), "w", encoding="utf-8") as log:
            done = subprocess.run(["cmake", "--build", self.build, "--target", *targets, "--", "-k", "0"],
                                  stdout=log, stderr=subprocess.STDOUT, check=False, env=self.environment())
        if done.returncode == 0:
            return []
        with open(self.log(), encoding="utf-8") as log:
            failed = re.findall(r"^FAILED: .*\n(?:.* )-c (\S+)", log.read(), re.M)
        sources = sorted({os.path.relpath(path, self.folder) for path in failed})
        if not sources:
            raise RuntimeError(f"the build fails: see {self.log()}")
        return sources

    def bisect(self, file, mutants):
        raw = read(os.path.join(self.root, file))
        command = self.command_of(file)

        def lines_of_errors(subset):
            self.put(file, instrumented(raw, subset)[0])
            done = subprocess.run(command, cwd=self.build, capture_output=True, text=True, check=False)
            lines = re.findall(re.escape(file) + r":(\d+):\d+: (?:fatal )?error", done.stderr)
            return [int(line) - 1 for line in lines] or ([0] if done.returncode != 0 else [])

        kept = compiling(mutants, lines_of_errors, raw.decode("latin-1"))
        self.put(file, instrumented(raw, kept)[0] if kept else raw)
        return kept

    def command_of(self, file):
        with open(os.path.join(self.build, "compile_commands.json"), encoding="utf-8") as stream:
            entries = json.load(stream)
        path = os.path.join(self.folder, file)
        line = next(e["command"] for e in entries if os.path.normpath(os.path.join(e["directory"], e["file"])) == path)
        words = shlex.split(line)
        if os.path.basename(words[0]) == "ccache":
            words = words[1:]
        at = words.index("-o")
        return words[:at] + words[at + 2:] + ["-fsyntax-only"]


def read(path):
    with open(path, "rb") as stream:
        return stream.read()
