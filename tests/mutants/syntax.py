# SPDX-License-Identifier: Apache-2.0
"""One source file as libclang sees it: its tokens, its text without comments, and the places that macros cover."""
import bisect
import re

from clang import cindex

MACRO = re.compile(r"^[A-Z][A-Z0-9]*_[A-Z0-9_]+$")


class Source:
    """Offsets are bytes of the file; the text is kept as latin-1 so that an offset is an index."""

    def __init__(self, path, arguments, contents=None):
        with open(path, "rb") as file:
            self.text = (contents or file.read()).decode("latin-1")
        self.path = path
        unsaved = [(path, self.text)] if contents else None
        self.unit = cindex.Index.create().parse(path, arguments, unsaved_files=unsaved)
        self._read_tokens()
        self._line_starts = [0] + [i + 1 for i, c in enumerate(self.text) if c == "\n"]

    def _read_tokens(self):
        plain = list(self.text)
        self.tokens = []
        for token in self.unit.get_tokens(extent=self.unit.cursor.extent):
            start, end = token.extent.start.offset, token.extent.end.offset
            if token.kind == cindex.TokenKind.COMMENT:
                plain[start:end] = [" " if c != "\n" else c for c in plain[start:end]]
            else:
                self.tokens.append((start, end, token.spelling))
        self.plain = "".join(plain)
        self._starts = [token[0] for token in self.tokens]
        self.macros = [self._macro_range(i) for i, token in enumerate(self.tokens) if MACRO.match(token[2])]

    def _macro_range(self, index):
        after = self.tokens[index + 1][2] if index + 1 < len(self.tokens) else ""
        end = self.tokens[self.closing(index + 1)][1] if after == "(" else self.tokens[index][1]
        return self.tokens[index][0], end

    def errors(self):
        """(line, message) of each error of this file; line 0 for those of other files."""
        found = []
        for diagnostic in self.unit.diagnostics:
            if diagnostic.severity >= cindex.Diagnostic.Error:
                here = diagnostic.location.file and diagnostic.location.file.name == self.path
                found.append((diagnostic.location.line if here else 0, diagnostic.spelling))
        return found

    def token_at(self, offset):
        """Index of the first token that starts at the offset or after it."""
        return bisect.bisect_left(self._starts, offset)

    def closing(self, index):
        """Index of the token that closes the parenthesis or brace at this index."""
        pairs = {"(": ")", "{": "}", "[": "]"}
        opening = self.tokens[index][2]
        depth = 0
        for at in range(index, len(self.tokens)):
            depth += (self.tokens[at][2] == opening) - (self.tokens[at][2] == pairs[opening])
            if depth == 0:
                return at
        return len(self.tokens) - 1

    def in_macro(self, start, end):
        return any(a <= start < b or a < end <= b for a, b in self.macros if not (start <= a and b <= end))

    def is_macro(self, start, end):
        return any(a <= start and end <= b for a, b in self.macros)

    def flat(self, start, end):
        """The text of a range in one line and without comments."""
        return " ".join(self.plain[start:end].split())

    def line_of(self, offset):
        return bisect.bisect_right(self._line_starts, offset)

    def whole_lines(self, start, end):
        """The range of the lines that a range touches, without the last line break."""
        first = self._line_starts[self.line_of(start) - 1]
        last = self.text.find("\n", max(start, end - 1))
        return first, last if last >= 0 else len(self.text)

    def own_cursors(self):
        """The declarations of this very file, not of what it includes."""
        for cursor in self.unit.cursor.get_children():
            if cursor.location.file and cursor.location.file.name == self.path:
                yield cursor


def extent(cursor):
    return cursor.extent.start.offset, cursor.extent.end.offset


def bare(cursor):
    """The expression inside implicit conversions and parentheses."""
    kinds = (cindex.CursorKind.UNEXPOSED_EXPR, cindex.CursorKind.PAREN_EXPR)
    while cursor.kind in kinds:
        children = list(cursor.get_children())
        if len(children) != 1:
            return cursor
        cursor = children[0]
    return cursor
