"""What a server says on standard error: warnings, its own and those of the libraries that it is made with; and, where
that is asked for, a line for each request.
"""

import json
import logging
import sys
from typing import Any

from kmscli.clock import iso8601
from kmscli.server.exchanges import Exchange

FORMATS = ("json", "text")
UNTOLD = ("/healthz", "/metrics")
"""What is asked every few seconds, and leaves no line while it is answered."""

logger = logging.getLogger("kmscli")


class Formatter(logging.Formatter):
    """A line of its own for each record. A traceback is never shown: its values could be secret."""

    def __init__(self, chosen: str) -> None:
        super().__init__()
        self.chosen = chosen

    def format(self, record: logging.LogRecord) -> str:
        moment = f"{iso8601(record.created)[:-1]}.{int(record.msecs):03}Z"
        exchange = getattr(record, "exchange", None)
        members = exchange.members() if exchange else {"message": _message(record)}
        if self.chosen == "json":
            line = {"time": moment, "level": record.levelname.lower(), **members}
            return json.dumps(line, separators=(",", ":"))
        text = _as_text(members) if exchange else f"{record.levelname.lower()}: {members['message']}"
        return _printable(f"{moment} {text}" if self.chosen else f"kmscli: {members['message']}")


class RequestLog:
    """Writes a line for each request."""

    def began(self) -> None:
        """Nothing is said before the answer."""

    def ended(self, exchange: Exchange) -> None:
        """Write its line."""
        if exchange.status != 200 or exchange.path not in UNTOLD:
            logger.info("", extra={"exchange": exchange})


def begin(chosen: str) -> None:
    """Have all that is logged written to standard error, in one of FORMATS; if none is chosen, warnings alone."""
    logging.raiseExceptions = False  # nobody has to listen there
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(chosen))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logger.setLevel(logging.INFO if chosen else logging.WARNING)


def _printable(text: str) -> str:
    """The text in one line, with nothing in it that does something to a terminal."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _message(record: logging.LogRecord) -> str:
    kind = record.exc_info[0] if record.exc_info else None
    message = record.getMessage().strip()
    return f"{message} ({kind.__name__})" if kind else message


def _as_text(members: dict[str, Any]) -> str:
    """The members in their order, without their names; what a client chose freely is quoted."""
    words = {**members, "milliseconds": f"{members['milliseconds']} ms"}
    if "path" in words:
        words["path"] = json.dumps(words["path"])
    if "accessKeyId" in words:
        words["accessKeyId"] = json.dumps(words["accessKeyId"])
    return " ".join(str(word) for word in words.values())
