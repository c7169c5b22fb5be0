# SPDX-License-Identifier: Apache-2.0
"""Writes many faults into one source: each place becomes a choice by the number of the fault that is on."""

HEADER = b'#include "tests/mutants/switch.h"\n'


class Place:
    """A range of the source at which one fault or more begin; ranges within it are its children."""

    def __init__(self, start, end, form):
        self.start, self.end, self.form = start, end, form
        self.choices = []  # (mutant, replacement)
        self.children = []

    def holds(self, other):
        return self.start <= other.start and other.end <= self.end


def places_of(mutants):
    """Places in order, outer ones first; the faults that overlap others without nesting, which cannot be written."""
    places, odd = {}, []
    for mutant in mutants:
        for start, end, replacement in mutant.edits:
            place = places.setdefault((start, end, mutant.form), Place(start, end, mutant.form))
            place.choices.append((mutant, replacement))
    ordered = sorted(places.values(), key=lambda p: (p.start, -p.end, p.form))  # a statement around the value in it
    return nest(ordered, odd), odd


def nest(ordered, odd):
    roots, open_places = [], []
    for place in ordered:
        while open_places and open_places[-1].end <= place.start:
            open_places.pop()
        if open_places and not open_places[-1].holds(place):
            odd.extend(mutant for mutant, _ in place.choices)
            continue
        (open_places[-1].children if open_places else roots).append(place)
        open_places.append(place)
    return roots


def written(text, roots, start, end):
    parts, at = [], start
    for place in roots:
        parts += [text[at:place.start], choice(text, place)]
        at = place.end
    return "".join(parts + [text[at:end]])


def choice(text, place):
    inner = written(text, place.children, place.start, place.end)
    if place.form == "statement":
        return "{ if (!(" + " || ".join(f"::mutants::on({m.number})" for m, _ in place.choices) + ")) " + inner + " }"
    right = f"static_cast<bool>({inner})" if place.form == "truth" else f"({inner})"
    original = text[place.start:place.end]
    for mutant, replacement in place.choices:
        if mutant.compares:
            plain = " ".join(original.split())
            right = (f"(::mutants::compares() ? ::mutants::compared({mutant.number}, ({replacement}) != ({plain}))"
                     f" : void(), {right})")
    for mutant, replacement in reversed(place.choices):
        wrong = f"static_cast<bool>({replacement})" if place.form == "truth" else f"({replacement})"
        right = f"(::mutants::on({mutant.number}) ? {wrong} : {right})"
    return right


def instrumented(contents, mutants):
    """(new contents, faults that are in it). The n-th line of the old contents is the n+1-th of the new."""
    roots, odd = places_of(mutants)
    text = contents.decode("latin-1")
    left_out = {m.identity for m in odd}
    if left_out:
        return instrumented(contents, [m for m in mutants if m.identity not in left_out])
    return HEADER + written(text, roots, 0, len(text)).encode("latin-1"), list(mutants)
