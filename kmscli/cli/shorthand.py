r"""AWS's shorthand: `TagKey=a,TagValue=b`, `k=[a,b]`, `k={a=b}`, `k="a,b"`, `k@=file://path` (reference 17.4).

    pairs  = pair *("," pair)              a key may not come twice
    pair   = key ("=" / "@=") [value]      "@=" reads a `file://` or `fileb://` value
    value  = list / hash / words           words with commas between them are a list
    list   = "[" [item *("," item)] "]"
    hash   = "{" [pair *("," pair)] "}"    here a value is one item, and of a key that comes twice the last counts
    item   = list / hash / word

A word ends at a quote, a comma or a closing bracket; `\,` is a comma in it. A word in quotes may hold all of these,
and `\"` and `\\`. Characters beyond U+FFFF stand only in quotes: so `aws` has it.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from kmscli.cli.values import DEEPEST, read_paramfile

_KEY = re.compile(r"[0-9A-Za-z_.#/:-]*")
_BEYOND = "\U00010000-\U0010ffff"
_FIRST = rf"""(?:\\,|[^\x00-\x20"',=\[{{{_BEYOND}])"""
_CONTROLS = r"\x00-\x08\x0e-\x1b"
_WORD = re.compile(rf"""(?:{_FIRST}(?:\\,|[^{_CONTROLS}"',\]}}{_BEYOND}])*)?""")
_LATER_WORD = re.compile(rf"""{_FIRST}(?:\\,|[^{_CONTROLS}"',={_BEYOND}])*""")
_BLANKS = re.compile(r"[ \t\n\r\x0b\x0c]*")


class ShorthandError(ValueError):
    """The text is no shorthand. `hidden` says so without showing any of it."""

    def __init__(self, reason: str, shown: str, text: str, position: int, remark: str = "") -> None:
        super().__init__(f"{reason.format(shown)} for input:\n{_pointed(text, position)}{remark}")
        self.hidden = f"{reason.format('<sensitive>')} for input:\n<sensitive>"


def parse(text: str) -> dict[str, Any]:
    """The pairs as plain dicts, lists and text (bytes, where `fileb://` was read).

    Raises ShorthandError, and ValueError for a file that cannot be read.
    """
    return _Parser(text).pairs()


def _pointed(text: str, position: int) -> str:
    """The text with a caret line under the line that holds the position."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    return f"{text[:end]}\n{' ' * (position - start)}^{text[end:]}"


class _Parser:
    """Reads a text from left to right; `position` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0
        self.reads_files = False

    def pairs(self) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        start = 0
        while True:
            key = self.key()
            value = self.value()
            if key in pairs:
                remark = '\nThis is often because there is a preceding "," instead of a space.'
                raise ShorthandError("Second instance of key {} encountered", f'"{key}"', self.text, start, remark)
            pairs[key] = value
            if self.position == len(self.text):
                return pairs
            start = self.position + 1
            self.blanks()
            self.expect(",")

    def key(self) -> str:
        """A key and the sign behind it, which says whether words of its value may name files."""
        key = self.matched(_KEY)
        self.blanks()
        self.reads_files = self.at("@")
        if self.reads_files:
            self.expect("@")
        self.expect("=")
        return key

    def value(self) -> Any:
        first = self.item()
        if not isinstance(first, str | bytes) or not self.at(","):
            return first
        words = [first, *self.later_words()]
        return words if len(words) > 1 else first

    def later_words(self) -> Iterator[str | bytes]:
        """The words behind further commas. A comma with no word of its own behind it opens the next pair instead."""
        while self.at(","):
            comma = self.position
            self.expect(",")
            try:
                word = self.word(_LATER_WORD, "second")
                if self.position < len(self.text) and not self.at(","):
                    self.expect(",")
            except ShorthandError:
                if self.position == len(self.text):
                    raise
                self.position = self.text.rfind(",", comma, self.position + 1)
                return
            yield word

    def item(self) -> Any:
        if self.at("["):
            return self.nested(self.items)
        if self.at("{"):
            return self.nested(self.hash)
        return self.word(_WORD, "first")

    def nested(self, read: Callable[[], Any]) -> Any:
        if self.depth == DEEPEST:
            raise ShorthandError(f"More than {DEEPEST} levels of {{}}", f"'{self.here()}'", self.text, self.position)
        reads_files = self.reads_files
        self.depth += 1
        self.position += 1
        self.blanks()
        value = read()
        self.position += 1
        self.depth -= 1
        self.reads_files = reads_files
        return value

    def items(self) -> list[Any]:
        items = []
        while not self.at("]"):
            items.append(self.item())
            self.separator("]")
        return items

    def hash(self) -> dict[str, Any]:
        pairs = {}
        while not self.at("}"):
            key = self.key()
            pairs[key] = self.item()
            self.separator("}")
        return pairs

    def word(self, unquoted: "re.Pattern[str]", name: str) -> str | bytes:
        if self.at("'") or self.at('"'):
            word = self.quoted(self.here())
        else:
            found = unquoted.match(self.text, self.position)
            if not found:
                raise self.unmatched(name)
            self.position = found.end()
            word = found.group().rstrip().replace("\\,", ",")
        self.blanks()
        return read_paramfile(word) if self.reads_files else word

    def quoted(self, quote: str) -> str:
        """What is in quotes: up to the first quote with no backslash before it, or else up to the last one."""
        start = self.position + 1
        closing = re.compile(rf"(?<!\\){quote}").search(self.text, start)
        end = closing.start() if closing else self.text.rfind(quote, start)
        if end < 0:
            raise self.unmatched("singled quoted" if quote == "'" else "double quoted")
        self.position = end + 1
        return re.sub(rf"\\([\\{quote}])", r"\1", self.text[start:end])

    def separator(self, closing: str) -> None:
        """Step over a comma, unless the closing bracket is next."""
        self.blanks()
        if not self.at(closing):
            self.expect(",")

    def expect(self, character: str) -> None:
        """Step over a character and the blanks behind it."""
        if not self.at(character):
            received = self.here() or "EOF"
            raise ShorthandError(f"Expected: '{character}', received: {{}}", f"'{received}'", self.text, self.position)
        self.position += 1
        self.blanks()

    def unmatched(self, name: str) -> ShorthandError:
        return ShorthandError(f"Expected: '<{name}>', received: {{}}", "'<none>'", self.text, self.position)

    def here(self) -> str:
        return self.text[self.position : self.position + 1]

    def at(self, character: str) -> bool:
        return self.here() == character

    def blanks(self) -> None:
        self.matched(_BLANKS)

    def matched(self, pattern: "re.Pattern[str]") -> str:
        found = pattern.match(self.text, self.position)
        self.position = found.end() if found else self.position
        return found.group() if found else ""
