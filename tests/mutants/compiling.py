# SPDX-License-Identifier: Apache-2.0
"""Which faults of a file compile beside each other."""


def covers(mutant, line, text):
    """Whether an edit of the fault touches a line of the source as it was."""
    first = text.count("\n", 0, mutant.edits[0][0]) + 1
    last = text.count("\n", 0, mutant.edits[-1][1]) + 1
    return first <= line <= last


def without_blamed(mutants, lines, text):
    """The faults that no erroneous line can be blamed on."""
    return [m for m in mutants if not any(covers(m, line, text) for line in lines)]


def compiling(mutants, lines_of_errors, text):
    """The largest set of the faults that bisection finds to compile.

    lines_of_errors(mutants) compiles the file with these faults; it gives the lines of the source, as it was, that have
    errors (0 where the line is unknown), and an empty list when all is well. The faults on those lines are tried by
    halves; the others are kept when they compile without them.
    """
    lines = lines_of_errors(mutants) if mutants else []
    if not lines:
        return list(mutants)
    innocent = without_blamed(mutants, lines, text)
    if 0 < len(innocent) < len(mutants):
        blamed = [m for m in mutants if m not in innocent]
        kept = compiling(innocent, lines_of_errors, text)
        return added(kept, blamed, lines_of_errors)
    return added([], list(mutants), lines_of_errors)


def added(kept, others, lines_of_errors):
    """`kept`, which compile, and as many of the others as go with them."""
    if not others or not lines_of_errors(kept + others):
        return kept + others
    if len(others) == 1:
        return kept
    half = len(others) // 2
    kept = added(kept, others[:half], lines_of_errors)
    return added(kept, others[half:], lines_of_errors)
