# SPDX-License-Identifier: Apache-2.0
"""All faults of a source file, found by a walk through its functions."""
import hashlib
import json
import os
import re

from clang.cindex import CursorKind as K

import operators
from operators import Mutant
from syntax import Source, extent

FUNCTIONS = (K.FUNCTION_DECL, K.CXX_METHOD, K.CONSTRUCTOR, K.DESTRUCTOR, K.FUNCTION_TEMPLATE, K.CONVERSION_FUNCTION)
CONTAINERS = (K.NAMESPACE, K.CLASS_DECL, K.STRUCT_DECL, K.LINKAGE_SPEC, K.CLASS_TEMPLATE, K.UNEXPOSED_DECL)
# Not looked at: what is computed by the compiler, and the hashes by which tests tell states of a core apart.
NOT_JUDGED = re.compile(r"\b(constexpr|consteval)\b|StateHasher&")
# A fault that is always off in the product: what it guards is never executed, and its condition is no condition.
SWITCHED_OFF = re.compile(r'^(if \(|\()?\s*SYNCER_MUTATED\("[^"]*"\)\s*(\)|&&|\?|$)')


class Walk:
    def __init__(self, source):
        self.source = source
        self.found = []
        self.seen = set()

    def file(self):
        for cursor in self.source.own_cursors():
            self.declaration(cursor)
        turned = {m.edits[0][:2] for m in self.found if m.operator == "relation"}
        return [m for m in self.found if m.operator != "negation" or m.edits[0][:2] not in turned]

    def declaration(self, cursor):
        if cursor.kind in FUNCTIONS and cursor.is_definition():
            head = self.source.plain[extent(cursor)[0]:extent(cursor)[1]].split("{", 1)[0]
            if not NOT_JUDGED.search(head):
                self.function(cursor)
        elif cursor.kind in CONTAINERS:
            for child in cursor.get_children():
                self.declaration(child)

    def function(self, cursor):
        parent = cursor.semantic_parent
        owner = parent.spelling + "::" if parent is not None and parent.kind in (K.CLASS_DECL, K.STRUCT_DECL) else ""
        self.name = owner + cursor.spelling
        for child in cursor.get_children():
            if child.kind != K.PARM_DECL:
                self.node(child, [cursor], cursor)

    def node(self, cursor, parents, function):
        if cursor.kind in (K.STATIC_ASSERT, K.TYPE_REF, K.TEMPLATE_REF, K.NAMESPACE_REF) or self.is_constant(cursor):
            return
        if cursor.kind in (K.IF_STMT, K.CONDITIONAL_OPERATOR) and SWITCHED_OFF.match(self.source.flat(*extent(cursor))):
            return self.what_is_left(cursor, parents, function)
        for mutant in self.of_cursor(cursor, parents, function):
            self.add(mutant)
        inner = None if cursor.kind == K.LAMBDA_EXPR else function
        children = list(cursor.get_children())
        for child in children[1:] if cursor.kind == K.CASE_STMT else children:
            self.node(child, parents + [cursor], inner)

    def is_constant(self, cursor):
        return cursor.kind == K.VAR_DECL and re.match(r"(static )?constexpr\b", self.source.flat(*extent(cursor)))

    def what_is_left(self, cursor, parents, function):
        """Of a choice that is never taken: its other branch."""
        for child in list(cursor.get_children())[2:]:
            self.node(child, parents + [cursor], function)

    def of_cursor(self, cursor, parents, function):
        source, parent = self.source, parents[-1]
        yield from operators.relations(source, cursor)
        yield from operators.logic(source, cursor)
        yield from operators.arithmetic(source, cursor)
        yield from operators.extremes(source, cursor)
        yield from operators.negations(source, cursor)
        yield from operators.truths_returned(source, cursor, function)
        yield from operators.constants(source, cursor)
        yield from operators.swaps(source, cursor)
        yield from operators.dropped(source, cursor, parent)
        yield from operators.dropped_jumps(source, cursor, parents, function)

    def add(self, mutant):
        key = (mutant.form, tuple(mutant.edits))
        clean = all(not self.source.in_macro(s, e) and not self.source.is_macro(s, e) for s, e, _ in mutant.edits)
        if not clean or key in self.seen or any(s >= e for s, e, _ in mutant.edits):
            return
        self.seen.add(key)
        start, end = mutant.edits[0][0], mutant.edits[-1][1]
        first, last = self.source.whole_lines(start, end)
        mutant.function = self.name
        mutant.line = self.source.line_of(start)
        mutant.before = self.source.flat(first, last)
        mutant.after = " ".join(edited(self.source.plain, mutant.edits, first, last).split())
        self.found.append(mutant)


def edited(text, edits, first, last):
    """The range of a text with its edits made."""
    parts, at = [], first
    for start, end, replacement in sorted(edits):
        parts += [text[at:start], replacement]
        at = end
    return "".join(parts + [text[at:last]])


def identify(mutants, file):
    """Names each fault by what it is, not by its line: file, function, operator, text before and after, and which of equals."""
    count = {}
    for mutant in mutants:
        mutant.file = file
        what = "|".join((file, mutant.function, mutant.operator, mutant.before, mutant.after))
        count[what] = count.get(what, 0) + 1
        mutant.identity = hashlib.sha256(f"{what}|{count[what]}".encode()).hexdigest()[:16]


def faults_of(root, file, arguments):
    """All faults of a file in the order of their places; a sentence instead when the file does not parse."""
    source = Source(os.path.join(root, file), arguments)
    wrong = source.errors()
    if wrong:
        raise ValueError(f"{file}:{wrong[0][0]}: {wrong[0][1]}")
    mutants = sorted(Walk(source).file(), key=lambda m: (m.edits[0][0], -m.edits[-1][1], m.operator, m.after))
    identify(mutants, file)
    return mutants


def cached_faults(root, file, arguments, folder):
    """The same, kept in the folder for as long as neither the file nor the operators change."""
    digest = hashlib.sha256(repr(arguments).encode())
    here = os.path.dirname(os.path.abspath(__file__))
    for path in [os.path.join(root, file)] + [os.path.join(here, f"{n}.py") for n in ("operators", "population", "syntax")]:
        with open(path, "rb") as stream:
            digest.update(stream.read())
    kept = os.path.join(folder, digest.hexdigest()[:24] + ".json")
    if os.path.exists(kept):
        with open(kept, encoding="utf-8") as stream:
            rows = json.load(stream)
        return [Mutant(**{**row, "edits": [tuple(e) for e in row["edits"]]}) for row in rows]
    mutants = faults_of(root, file, arguments)
    os.makedirs(folder, exist_ok=True)
    with open(kept + ".new", "w", encoding="utf-8") as stream:
        json.dump([vars(m) for m in mutants], stream)
    os.replace(kept + ".new", kept)
    return mutants


def sample(mutants, size, seed):
    """So many of them, each as likely as any other, and the same for the same seed whatever else there is."""
    def rank(mutant):
        return hashlib.sha256(f"{seed}|{mutant.identity}".encode()).hexdigest()
    return sorted(mutants, key=rank)[:size] if size else list(mutants)
