"""The vault's clock: see what time it is there, and move a lab vault's clock ahead."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any

import typer

from kmscli.cli.call import finish
from kmscli.cli.local._facts import Fact, show, show_rows
from kmscli.cli.local._lab_clock import catching_up, duration, moment, move_clock
from kmscli.cli.local._vault_session import VaultSession, command
from kmscli.cli.session import open_engine
from kmscli.clock import iso8601, system_time
from kmscli.keys.key import Happened
from kmscli.vault.opening import Opened

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

PATIENCE = 1.0
"""Seconds without a progress bar."""


@command(app, "show")
def show_clock(session: VaultSession) -> None:
    """Show what time it is in the vault, and by how much that is ahead of this machine's clock.

    A vault never acts on an earlier time than it has seen, so it may be ahead without having been moved.
    """

    def look(opened: Opened) -> tuple[float, float]:
        now = session.time_in(opened.vault)
        return now, max(0, round(now - system_time()))

    now, ahead = session.read(look)
    facts = {"Time": iso8601(now), "SecondsAhead": ahead}
    show(facts, [("time", iso8601(now)), ("ahead of this machine by", str(timedelta(seconds=ahead)))], session.output)


@command(app, "advance")
def advance_clock(
    session: VaultSession,
    span: Annotated[str, typer.Argument(metavar="DURATION", help="How far: 30d, 1d12h, 2y (of 365 days), P30DT12H.")],
) -> None:
    """Move a lab vault's clock ahead, for all who use the vault, and do what falls due until then.

    Deletions, rotations and whatever else has its time happen in the order in which they are due, each with an event
    that carries the time at which it was. The clock never goes back.
    """
    seconds = duration(span)
    _move(session, "AdvanceClock", lambda now: now + seconds)


@command(app, "set")
def set_clock(
    session: VaultSession,
    target: Annotated[str, typer.Argument(metavar="TIME", help="When: 2027-01-01T00:00:00Z; UTC without a zone.")],
) -> None:
    """Move a lab vault's clock to a later time, and do what falls due until then: see kmscli clock advance."""
    seconds = moment(target)
    _move(session, "SetClock", lambda _: seconds)


def _move(session: VaultSession, name: str, target: Callable[[float], float]) -> None:
    engine = open_engine(session.settings, "clock")
    try:
        was, now = move_clock(engine, session.caller, name, target)
        with _progress(was, now) as tick:
            happened = [tick(one) for one in catching_up(engine, session.caller)]
    finally:
        finish(engine, session.environment)
    rows = [(iso8601(one.when), one.name, one.key.arn) for one in happened]
    listed = [dict(zip(("Time", "EventName", "KeyArn"), row, strict=True)) for row in rows]
    facts: dict[str, Any] = {"Was": iso8601(was), "Time": iso8601(now), "Happened": listed}
    lines: list[Fact] = [("it was", iso8601(was)), ("it is", iso8601(now)), ("things that happened", str(len(rows)))]
    show(facts, lines, session.output)
    if rows and session.output != "json":
        show_rows({}, ("When", "What", "Key"), rows, session.output)


@contextmanager
def _progress(was: float, now: float) -> Iterator[Callable[[Happened], Happened]]:
    """What each thing that happened is passed through: on a terminal it moves a bar, once this takes long."""
    if not sys.stderr.isatty():
        yield lambda happened: happened
        return
    from rich.console import Console
    from rich.progress import Progress

    progress = Progress(console=Console(stderr=True), transient=True)
    task = progress.add_task("catching up", total=max(now - was, 1))
    began = time.monotonic()

    def tick(happened: Happened) -> Happened:
        if time.monotonic() - began > PATIENCE:
            progress.start()
        progress.update(task, completed=happened.when - was)
        return happened

    try:
        yield tick
    finally:
        progress.stop()
