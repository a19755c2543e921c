"""An operation's call from the command line: read, called, here or at an endpoint, made durable, printed."""

import binascii
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from kmscli.cli.argv import Invocation
from kmscli.cli.output import PIPED_WIDTH, render
from kmscli.cli.raw_output import RawOutputs
from kmscli.cli.session import calling, open_engine, warn
from kmscli.cli.settings import Settings, read_profile
from kmscli.engine import Engine
from kmscli.errors import KmscliError, UsageError
from kmscli.operations.operation import Operation
from kmscli.operations.recording import Outcome
from kmscli.operations.shapes import Response
from kmscli.vault.keyring import RekeyedError
from kmscli.vault.location import Environment


def run_call(operation: Operation, invocation: Invocation, environment: Environment) -> int:
    """Answer one command line. Raises KmscliError, of whatever kind the call came to."""
    chosen = invocation.options
    if chosen["generate_cli_skeleton"]:
        return show_skeleton(operation, chosen["generate_cli_skeleton"], environment, chosen)
    if chosen["query"] is not None:
        from kmscli.cli.output.query import check_query

        check_query(chosen["query"])
    settings = Settings(chosen, environment)
    output = settings.output
    raw_outputs = RawOutputs(chosen)
    run = run_there if settings.endpoint[0] else run_here
    try:
        run(Answering(operation, invocation, settings, raw_outputs), output)
    finally:
        raw_outputs.discard()
    return 0


def run_here(answering: "Answering", output: str) -> None:
    """Answer from a vault of this machine."""
    operation, settings = answering.operation, answering.settings
    engine = open_engine(settings, operation.command)
    try:
        caller = calling(engine, settings)
        caller.explains = bool(settings.options.get("explain"))

        def call(raw: dict[str, Any]) -> Response | None:
            [outcome] = engine.group([(caller, operation.action, raw)])
            if caller.explains:
                tell(outcome, settings)
            return outcome.answer()

        answer(answering, call, output)
    finally:
        finish(engine, settings.environment)


def run_there(answering: "Answering", output: str) -> None:
    """Have an endpoint answer."""
    from kmscli.cli.network import client_for

    client = client_for(answering.settings, answering.operation)
    answer(answering, lambda raw: client.call(answering.operation, raw), output)


def profile_binary_format(options: dict[str, Any]) -> str | None:
    """How the profile says that blobs are given."""
    return read_profile(options, os.environ).get("cli_binary_format")


def standard_input() -> bytes:
    """All that stands on standard input. Raises UsageError: it cannot be read."""
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise UsageError(f"Standard input cannot be read: {error.strerror}") from None


Call = Callable[[dict[str, Any]], Response | None]
"""One request, and what is answered; raises what it is refused with."""


class Answering:
    """All that showing what was answered takes."""

    def __init__(
        self, operation: Operation, invocation: Invocation, settings: Settings, raw_outputs: RawOutputs
    ) -> None:
        self.operation = operation
        self.invocation = invocation
        self.settings = settings
        self.raw_outputs = raw_outputs

    def members(self, response: Response | None) -> dict[str, Any]:
        """One answer, as plain members with raw bytes taken out."""
        if response is None:
            return {}
        with output_after_the_commit():
            left = self.raw_outputs.write(response.members({})) if self.raw_outputs.outputs else None
        shown = response.members(style(self.settings))
        return shown if left is None else {name: value for name, value in shown.items() if name in left}


def tell(outcome: Outcome, settings: Settings) -> None:
    """Say on stderr what was decided on a call, and why."""
    from kmscli.cli.output import as_json
    from kmscli.operations.explaining import told

    explanation, terminal = told(outcome.weighed, outcome.error), sys.stderr.isatty()
    if settings.chosen_output == "json":
        text = as_json(explanation, terminal=terminal)
    else:
        from kmscli.cli.output.as_tree import as_tree

        text = as_tree(explanation, terminal=terminal)
    with suppress(OSError):
        sys.stderr.write(text)


def answer(answering: Answering, call: Call, output: str) -> None:
    """Call, as often as the list has pages, and print."""
    operation, invocation = answering.operation, answering.invocation

    def answered(raw: dict[str, Any]) -> dict[str, Any]:
        return answering.members(call(raw))

    if operation.pages is None:
        pages: Any = [answered(invocation.raw)]
    else:
        from kmscli.cli.pages import answers

        pages = answers(answered, operation.pages, invocation.raw, invocation.options, format=output)
    for page in pages:
        if answering.raw_outputs.silent:
            continue
        text = render(
            page,
            format=output,
            query=invocation.options["query"],
            title=operation.name,
            terminal=sys.stdout.isatty(),
            **look(invocation.options, output),
        )
        with output_after_the_commit():
            sys.stdout.write(text)
            sys.stdout.flush()


def look(options: dict[str, Any], output: str) -> dict[str, Any]:
    """A table's width and colours on a terminal."""
    if output != "table" or not sys.stdout.isatty():
        return {"color": options.get("color") == "on"}
    columns = os.get_terminal_size(sys.stdout.fileno()).columns  # 0 where nobody told the terminal its size
    return {"width": columns or PIPED_WIDTH, "color": options.get("color") != "off"}


class output_after_the_commit:  # noqa: N801
    """Turns a failure to write into one that says that the call took effect."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError | UnicodeEncodeError):
            reason = error.strerror if isinstance(error, OSError) else "its text does not fit the terminal's encoding"
            raise KmscliError(f"The answer could not be written: {reason}. The call took effect.") from None


def finish(engine: Engine, environment: Environment) -> None:
    """Let the log follow, and say what there is to say.

    The vault is not closed: that would fold its WAL in, with two syncs more, at every call of a script.
    """
    for warning in settled(engine, environment):
        warn(warning)


def settled(engine: Engine, environment: Environment) -> list[str]:
    """Let the log follow; returns what there is to say."""
    try:
        engine.settle(environment)
    except OSError as error:
        return [*engine.warnings, f"the audit log cannot be written ({error.strerror}); the events wait in the vault."]
    except (KmscliError, RekeyedError):
        return [*engine.warnings, "the audit log could not be brought up to date; the events wait in the vault."]
    return engine.warnings


def style(settings: Settings) -> dict[str, Any]:
    """How blobs, timestamps and policies of IAM look on the command line (reference 17.5)."""
    wire = settings.profile.get("cli_timestamp_format") == "wire"
    return {"blob": base64, "timestamp": (lambda moment: moment) if wire else local_iso8601, "document": document}


def document(text: str) -> Any:
    """What a policy's text says; the text itself where that is no JSON, as in a sample answer."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def base64(content: bytes) -> str:
    """Bytes as base64 text."""
    return binascii.b2a_base64(content, newline=False).decode()


def local_iso8601(moment: float) -> str:
    """`2024-02-14T18:14:33.587000+00:00`: local time with its offset, microseconds only if there are any."""
    whole = int(moment)
    fraction = round((moment - whole) * 1_000_000)
    at = time.localtime(whole)
    offset = time.strftime("%z", at)
    return (
        time.strftime("%Y-%m-%dT%H:%M:%S", at) + (f".{fraction:06}" if fraction else "") + f"{offset[:3]}:{offset[3:5]}"
    )


def show_skeleton(operation: Operation, kind: str, environment: Environment, options: dict[str, Any]) -> int:
    """Print a skeleton; nothing is called."""
    from kmscli.cli import skeleton

    if kind == "output":
        sample = skeleton.sample_response(operation)
        settings = Settings(options, environment)
        shown = sample.members(style(settings)) if sample else {}
        sys.stdout.write(render(shown, format=settings.output, query=options["query"], title=operation.name))
    else:
        make = skeleton.request_yaml if kind == "yaml-input" else skeleton.request_json
        sys.stdout.write(make(operation))
    return 0
