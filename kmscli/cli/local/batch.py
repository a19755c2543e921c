"""Answer requests that come as JSON lines, all of them in one process."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from kmscli.cli.call import output_after_the_commit, style
from kmscli.cli.local._call_session import CALLER, Asking, CallSession, failure
from kmscli.cli.local._progress import progress
from kmscli.cli.local._request_lines import LONGEST, Lines
from kmscli.cli.local._vault_session import command
from kmscli.cli.options import BINARY_FORMATS
from kmscli.cli.output import as_json
from kmscli.cli.raw_request import checked
from kmscli.cli.values import parse_json
from kmscli.engine import find_operation
from kmscli.errors import CallsFailedError, KmscliError, ServiceError, UnknownOperationException, UsageError
from kmscli.json_text import answer_many
from kmscli.operations.recording import Outcome

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

BLOBS = {
    "cli_binary_format": Annotated[
        str | None,
        typer.Option(metavar="|".join(BINARY_FORMATS), help="How blobs are given: base64, or as they are."),
    ]
}


@command(app, "batch", session=CallSession, also=CALLER | BLOBS, without=("output",))
def answer_requests(session: CallSession) -> None:
    """Answer requests that come as JSON lines, all of them in one process.

    Each line of standard input is a request: a JSON object with the operation's name as Operation, and its members as
    --cli-input-json has them. Each has one line of standard output, in the same order: the answer, {} where the
    operation has none, or {"Error": {"Code": ..., "Message": ...}}. The code is AWS's; ParamValidation for what is
    refused before it is called, such as a line that is not JSON. One request is one call: a list comes page by page,
    with NextMarker.

    Lines that are ready together, up to 256, are a group: the events of a group are durable before any of its answers
    is written. So a script may write one line, and wait for its answer. A line may have 1,048,576 bytes.

    Exit codes: 0, all succeeded; 254, some failed.
    """
    if 0 in (session.options.get("key_fd"), session.options.get("passphrase_fd")):
        raise UsageError("Standard input has the requests, so it cannot have what unlocks the vault.")
    answer_many()
    requests = Requests(session)
    lines = Lines(sys.stdin.fileno())
    with progress(lines.descriptor) as advance:
        for group in lines.groups():
            try:
                answers = requests.answers(group)
                with output_after_the_commit():
                    sys.stdout.writelines(answers)
                    sys.stdout.flush()
            finally:
                session.settle()
            advance(requests.count, lines.taken)
    if requests.failed:
        raise CallsFailedError(f"{requests.failed} of {requests.count} requests failed.")


class Requests:
    """Requests answered. `count`: how many so far. `failed`: how many of them with an error."""

    def __init__(self, session: CallSession) -> None:
        self.session = session
        self.count = 0
        self.failed = 0
        settings = session.settings
        self._style = style(settings)
        self._binary_format = settings.options.get("cli_binary_format") or settings.profile.get("cli_binary_format")
        if self._binary_format and self._binary_format not in BINARY_FORMATS:
            raise UsageError(f"argument --cli-binary-format: Found invalid choice {self._binary_format!r}")

    def answers(self, lines: Sequence[bytes]) -> list[str]:
        """The answers to the lines of a group, a line each."""
        read = [self._read(line) for line in lines]
        outcomes = self._outcomes([one for one in read if not isinstance(one, KmscliError)])
        answers = [self._answer(one if isinstance(one, KmscliError) else next(outcomes)) for one in read]
        self.count += len(answers)
        self.failed += sum("Error" in answer for answer in answers)
        terminal = sys.stdout.isatty()
        return [as_json(answer, terminal=terminal, indent=None) for answer in answers]

    def _read(self, line: bytes) -> Asking | KmscliError:
        try:
            return request(line, self._binary_format)
        except KmscliError as error:
            return error

    def _outcomes(self, calls: list[Asking]) -> Iterator[Outcome | KmscliError]:
        """What each call came to. Where a whole group is refused, a full disk say, each of its calls is."""
        try:
            return iter(self.session.outcomes(calls))
        except ServiceError as error:
            return iter([error] * len(calls))

    def _answer(self, outcome: Outcome | KmscliError) -> dict[str, Any]:
        error = outcome if isinstance(outcome, KmscliError) else outcome.error
        if error:
            return {"Error": failure(error)}
        response = None if isinstance(outcome, KmscliError) else outcome.response
        return response.members(self._style) if response else {}


def request(line: bytes, binary_format: str | None) -> Asking:
    """The call that a line asks for. Raises KmscliError, whose message shows nothing of the line's values."""
    if len(line) > LONGEST:
        raise UsageError(f"The line is longer than {LONGEST:,} bytes.")
    try:
        members = parse_json(line.decode())
    except ValueError:
        raise UsageError("Invalid JSON received.") from None
    if not isinstance(members, dict):
        raise UsageError(f"Invalid type: expecting map, received {type(members)}")
    name = members.pop("Operation", None)
    if not isinstance(name, str):
        raise UsageError('Missing required parameter in input: "Operation"')
    try:
        operation = find_operation(name)
    except UnknownOperationException:
        raise UnknownOperationException("There is no such operation; names are as in the API: Encrypt.") from None
    return operation, checked(operation, members, binary_format)
