# SPDX-License-Identifier: Apache-2.0
"""The faults: what a tired good engineer writes instead of what stands there. Each operator looks at one cursor."""
import re
from dataclasses import dataclass

from clang.cindex import CursorKind as K

from syntax import bare, extent

BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "+=": "-=", "-=": "+="}
LOOPS = (K.WHILE_STMT, K.FOR_STMT, K.CXX_FOR_RANGE_STMT, K.DO_STMT)
BODIES = (K.COMPOUND_STMT, K.IF_STMT, K.CASE_STMT, K.DEFAULT_STMT) + LOOPS
RESET = re.compile(r"(=\s*(\{\}|std::nullopt|nullptr|false|0|now_?|k\w*|\w+\{\})\s*;$)|\b(clear|reset|erase|cancel|disarm|arm"
                   r"|schedule\w*|restart\w*|forget\w*)\(")
SWITCH = re.compile(r"^[(!]*SYNCER_MUTATED\(\"[^\"]*\"\)\)*$")
NUMBER = re.compile(r"^(0|[1-9][0-9']*)([uUlL]*)$")
EXACT = ("bool", "char", "short", "int", "long", "double", "float", "unsigned", "signed")


EVEN_HANDED = ("min", "max", "swap", "exchange")  # the same with its arguments swapped, or no sense


@dataclass
class Mutant:
    """One fault. Each edit replaces a range; `form` says how a choice is written there: value, truth or statement."""
    operator: str
    edits: list  # of (start, end, replacement)
    form: str = "value"
    compares: bool = False  # both values can be computed beside each other: the run that notes says whether they differ
    function: str = ""
    line: int = 0
    before: str = ""
    after: str = ""
    identity: str = ""
    file: str = ""
    number: int = 0


def is_number(kind):
    text = kind.get_canonical().spelling.replace("const ", "").replace("&", "").strip()
    return text.split(" ")[0] in EXACT or text.startswith("std::chrono::duration") or "chrono::time_point" in text


def binary(source, cursor):
    """(left, operator, right) of a binary operation, built in or overloaded; None for anything else."""
    parts = [c for c in cursor.get_children()]
    if cursor.kind == K.CALL_EXPR:
        if not cursor.spelling.startswith("operator") or len(parts) != 3:
            return None
        parts = sorted((c for c in parts if not bare(c).spelling.startswith("operator") or extent(c)[1] - extent(c)[0] > 3),
                       key=extent)
    if len(parts) != 2 or cursor.kind not in (K.CALL_EXPR, K.BINARY_OPERATOR, K.COMPOUND_ASSIGNMENT_OPERATOR):
        return None
    left, right = extent(parts[0]), extent(parts[1])
    between = source.plain[left[1]:right[0]].strip()
    return (parts[0], between, parts[1]) if re.match(r"^[-+*/<>=!&|]+$", between) else None


def texts(source, left, right):
    return source.flat(*extent(left)), source.flat(*extent(right))


def relations(source, cursor):
    found = binary(source, cursor)
    if not found or found[1] not in OPPOSITE:
        return
    left, operator, right = found
    a, b = texts(source, left, right)
    place = (extent(left)[0], extent(right)[1])
    if operator in BOUNDARY:
        safe = not re.search(r"\+\+|--|[^=!<>]=[^=]|\bmove\(|\w\(", a + b)
        yield Mutant("boundary", [(*place, f"{a} {BOUNDARY[operator]} {b}")], "truth", compares=safe)
    yield Mutant("relation", [(*place, f"{a} {OPPOSITE[operator]} {b}")], "truth")


def logic(source, cursor):
    found = binary(source, cursor)
    if not found or found[1] not in ("&&", "||") or cursor.kind != K.BINARY_OPERATOR:
        return
    left, operator, right = found
    if any(SWITCH.match(t) for t in texts(source, left, right)):
        return  # a constant: without it the condition is the same
    a, b = texts(source, left, right)
    place = (extent(left)[0], extent(right)[1])
    yield Mutant("logic", [(*place, f"({a}) {'||' if operator == '&&' else '&&'} ({b})")], "truth")
    yield Mutant("condition dropped", [(*place, a)], "truth")
    yield Mutant("condition dropped", [(*place, b)], "truth")


def arithmetic(source, cursor):
    found = binary(source, cursor)
    if not found or found[1] not in ARITHMETIC or not is_number(cursor.type):
        return
    left, operator, right = found
    if all("time_point" in side.type.get_canonical().spelling for side in (left, right)):
        return  # two moments have a difference and no sum
    a, b = texts(source, left, right)
    place = (extent(left)[0], extent(right)[1])
    yield Mutant("arithmetic", [(*place, f"({a}) {ARITHMETIC[operator]} ({b})")])


def extremes(source, cursor):
    place = extent(cursor)
    text = source.flat(*place)
    if cursor.kind == K.CALL_EXPR and re.match(r"^std::(min|max)\b", text):
        other = "max" if text.startswith("std::min") else "min"
        yield Mutant("extreme", [(*place, "std::" + other + text[8:])])


def condition_range(source, cursor):
    """The range of the condition of an if, a loop or a choice; None when it declares something."""
    start = extent(cursor)[0]
    if cursor.kind == K.CONDITIONAL_OPERATOR:
        return extent(list(cursor.get_children())[0])
    index = source.token_at(start)
    if cursor.kind == K.DO_STMT:
        end = source.token_at(extent(cursor)[1]) - 1
        index = max((i for i in range(index, end) if source.tokens[i][2] == "while"), default=None)
        if index is None:
            return None  # a macro's
    if source.tokens[index + 1][2] != "(":
        return None  # if constexpr
    close = source.closing(index + 1)
    return narrowed(source, cursor, index + 2, close)


def narrowed(source, cursor, first, close):
    """Without the statement before the condition and what a for does after it."""
    depth, cuts = 0, []
    for at in range(first, close):
        depth += (source.tokens[at][2] in "({[") - (source.tokens[at][2] in ")}]")
        if depth == 0 and source.tokens[at][2] == ";":
            cuts.append(at)
    if cursor.kind == K.FOR_STMT:
        if len(cuts) != 2 or cuts[1] == cuts[0] + 1:
            return None
        first, close = cuts[0] + 1, cuts[1]
    elif cuts:
        first = cuts[-1] + 1
    return source.tokens[first][0], source.tokens[close - 1][1]


def declares(cursor, place):
    return any(c.kind in (K.VAR_DECL, K.DECL_STMT) and place[0] <= extent(c)[0] < place[1] for c in cursor.get_children())


def negations(source, cursor):
    if cursor.kind not in (K.IF_STMT, K.WHILE_STMT, K.DO_STMT, K.FOR_STMT, K.CONDITIONAL_OPERATOR):
        return
    place = condition_range(source, cursor)
    if place is None or declares(cursor, place):
        return
    yield Mutant("negation", [(*place, f"!({source.flat(*place)})")], "truth")


def truths_returned(source, cursor, function):
    if cursor.kind != K.RETURN_STMT or function is None or function.result_type.spelling != "bool":
        return
    value = next(cursor.get_children(), None)
    if value is None or binary(source, bare(value)) or bare(value).kind == K.CXX_BOOL_LITERAL_EXPR:
        return
    yield Mutant("negation", [(*extent(value), f"!({source.flat(*extent(value))})")], "truth")


def constants(source, cursor):
    place = extent(cursor)
    text = source.flat(*place)
    if cursor.kind == K.CXX_BOOL_LITERAL_EXPR and text in ("true", "false"):
        yield Mutant("constant", [(*place, "false" if text == "true" else "true")])
    number = NUMBER.match(text) if cursor.kind == K.INTEGER_LITERAL else None
    if number:
        value = int(number[1].replace("'", ""))
        yield Mutant("constant", [(*place, str(value + 1 if value <= 4 else value * 2) + number[2])])
    if cursor.kind == K.DECL_REF_EXPR and re.match(r"^k[A-Z]\w*$", text):
        used = cursor.referenced
        if used is not None and used.kind == K.VAR_DECL and is_number(cursor.type) and not re.search(
                "bool|time_point", cursor.type.get_canonical().spelling):
            yield Mutant("constant", [(*place, f"{text} * 2")])


def swaps(source, cursor):
    if cursor.kind != K.CALL_EXPR or cursor.spelling.startswith("operator") or cursor.spelling in EVEN_HANDED:
        return
    passed = [a for a in cursor.get_arguments() if a is not None and extent(a)[0] < extent(a)[1]]
    for one, other in zip(passed, passed[1:]):
        same = [a.type.get_canonical().spelling.replace("const ", "").rstrip("& ") for a in (one, other)]
        (a, b), (c, d) = extent(one), extent(other)
        if same[0] != same[1] or b >= c or source.plain[b:c].strip() != ",":
            continue
        first, second = texts(source, one, other)
        if first != second and "{}" not in (first, second):
            yield Mutant("swapped arguments", [(a, b, second), (c, d, first)])


def statement_range(source, cursor):
    """With its semicolon; None when there is none."""
    place = extent(cursor)
    index = source.token_at(place[1])
    if source.plain[place[1] - 1] == ";":
        return place
    if index < len(source.tokens) and source.tokens[index][2] == ";":
        return place[0], source.tokens[index][1]
    return None


def is_statement(source, cursor, parent):
    """Whether an expression stands where a statement does."""
    if parent is None or parent.kind not in BODIES or not cursor.kind.is_expression():
        return False
    if parent.kind == K.COMPOUND_STMT:
        return True
    before = source.tokens[source.token_at(extent(cursor)[0]) - 1][2]
    head = condition_range(source, parent) if parent.kind in (K.IF_STMT, K.WHILE_STMT) else None
    if head is not None and extent(cursor)[0] <= head[1]:
        return False
    if parent.kind in (K.FOR_STMT, K.CXX_FOR_RANGE_STMT) and extent(list(parent.get_children())[-1]) != extent(cursor):
        return False
    return before in (")", "else", ":", ";", "do")


def nothing(parent):
    """What stands in place of a dropped statement."""
    return "" if parent.kind == K.COMPOUND_STMT else ";"


def dropped(source, cursor, parent):
    if not is_statement(source, cursor, parent):
        return
    place = statement_range(source, cursor)
    if place is None:
        return
    text = source.flat(*place)
    if text.startswith(("(void)", "static_cast<void>", "SYNCER_ASSERT", "SYNCER_SOMETIMES")):  # notes, and no behaviour
        return
    yield Mutant("forgotten reset" if RESET.search(text) else "dropped statement",
                 [(*place, nothing(parent))], "statement")


def falls_on(source, function):
    """Whether what follows a dropped return is defined: no value is owed, or the last statement gives one."""
    if function is None:
        return False
    body = next((c for c in function.get_children() if c.kind == K.COMPOUND_STMT), None)
    last = list(body.get_children())[-1:] if body else []
    if function.kind in (K.CONSTRUCTOR, K.DESTRUCTOR) or function.result_type.spelling == "void":
        return True
    return bool(last) and last[0].kind == K.RETURN_STMT


def dropped_jumps(source, cursor, parents, function):
    if cursor.kind not in (K.RETURN_STMT, K.CONTINUE_STMT, K.BREAK_STMT) or not parents:
        return
    if cursor.kind == K.RETURN_STMT and not falls_on(source, function):
        return
    if cursor.kind == K.BREAK_STMT and not any(p.kind in LOOPS for p in parents[-3:]):
        return
    place = statement_range(source, cursor)
    if place is None or is_last(source, place, parents):
        return
    yield Mutant("dropped jump", [(*place, nothing(parents[-1]))], "statement")


def is_last(source, place, parents):
    """A jump to where the code goes anyway, or the value that is owed."""
    block = parents[-1]
    if block.kind != K.COMPOUND_STMT:
        return False
    end = extent(block)[1]
    closes = source.plain[place[1]:end].strip() == "}"
    ends_with_it = LOOPS + (K.FUNCTION_DECL, K.FUNCTION_TEMPLATE, K.CXX_METHOD, K.CONVERSION_FUNCTION, K.CONSTRUCTOR,
                            K.DESTRUCTOR, K.LAMBDA_EXPR)
    return closes and (len(parents) < 2 or parents[-2].kind in ends_with_it)
