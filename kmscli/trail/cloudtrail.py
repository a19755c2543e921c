"""Logs that others made: CloudTrail's own files, and what people make of them.

A log is JSON lines, one record a line, as kmscli writes it; or JSON values of any layout, one behind the other: files
of `{"Records": […]}` as CloudTrail delivers them, arrays, records in many lines. Both are read in constant memory.
"""

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from json import JSONDecoder
from typing import NamedTuple

from kmscli.trail.lines import READ_FAILURES, Log, unreadable

_BLOCK = 1 << 20
_LONGEST_RECORD = 1 << 22
_DOCUMENT = re.compile(rb'\s*(?:\{\s*"Records"\s*:|\[\s*[{\]]|\{\s*\n)')
_BETWEEN_RECORDS = re.compile(r'(?:[\s,\[\]}]|\{\s*"Records"\s*:\s*\[)*')


_DECODER = JSONDecoder()


class Source(NamedTuple):
    """A log as JSON texts, each meant to be a record. `unit` says what they are counted in: lines or records."""

    name: str
    unit: str
    texts: Iterator[bytes]


def source(log: Log) -> Source:
    """The texts of a log whose lines have not been read. Reading them raises KmscliError: the file cannot be read."""
    try:
        head = log.file.peek(1)
    except READ_FAILURES as error:
        raise unreadable(log.name, error) from None
    if _DOCUMENT.match(head):
        return Source(log.name, "record", _texts(log))
    return Source(log.name, "line", chain(log.lines(), _last_line(log)))


def _last_line(log: Log) -> Iterator[bytes]:
    """A last line without its line end: in a log of others it may well be whole."""
    if log.torn:
        yield log.torn


def _texts(log: Log) -> Iterator[bytes]:
    """The records in JSON values of any layout. What cannot be parsed is given as it stands, up to its line end."""
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    text, at, is_over = "", 0, False
    while not is_over or at < len(text):
        at = _end_of_punctuation(text, at)
        end = _end_of_value(text, at)
        if end == at and not is_over and len(text) - at < _LONGEST_RECORD:
            read = _block(log)
            block = decode(read, not read)
            text, at, is_over = text[at:] + block, 0, not block
            continue
        if end == at:
            end = text.find("\n", at) + 1 or len(text)
        if end > at:
            yield text[at:end].encode()
        at = end


def _block(log: Log) -> bytes:
    try:
        return log.file.read(_BLOCK)
    except READ_FAILURES as error:
        raise unreadable(log.name, error) from None


def _end_of_punctuation(text: str, at: int) -> int:
    found = _BETWEEN_RECORDS.match(text, at)
    return found.end() if found else at


def _end_of_value(text: str, at: int) -> int:
    """Where the JSON value ends that begins here; here, if none does, or not all of it is here yet."""
    try:
        return _DECODER.raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return at
