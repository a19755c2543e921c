"""The logs that an audit command reads: those that it was given, else the vault's own."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

from kmscli.cli.local._timeline import progress_bar
from kmscli.errors import UsageError
from kmscli.trail.cloudtrail import Source, source
from kmscli.trail.following import followed
from kmscli.trail.lines import Log, log_files
from kmscli.trail.replay import in_order
from kmscli.vault.location import check_vault_file, trail_log

POLL_SECONDS = 0.25

Tick = Callable[..., object]


@contextmanager
def opened_logs(paths: Sequence[str]) -> Iterator[tuple[list[Log], Tick]]:
    """Logs, each once, and what moves their progress bar. Raises KmscliError: one cannot be read."""
    with ExitStack() as stack:
        once = {os.path.realpath(path): path for path in paths}.values()
        logs = [stack.enter_context(closing(Log.opened(path))) for path in once]
        yield logs, stack.enter_context(progress_bar(logs))


@contextmanager
def opened_sources(vault: str, given: Sequence[str] | None, *, follow: bool) -> Iterator[tuple[list[Source], Tick]]:
    """The sources of a replay, in the order of their events, and what moves their progress bar. Given none, the log of
    the vault at a path.

    Raises KmscliError: one cannot be read. ConfigurationError: none was given, and there is no vault. UsageError:
    standard input is to be followed.
    """
    paths = list(given or vault_logs(vault))
    if not follow:
        with opened_logs(paths) as (logs, tick):
            yield in_order(source(log) for log in logs), tick
        return
    growing = given[-1] if given else trail_log(vault)
    if growing == "-":
        raise UsageError("--follow takes a file, and standard input is none")
    with opened_logs([path for path in paths if path != growing]) as (logs, tick):
        sources = in_order(source(log) for log in logs)
        yield [*sources, Source(growing, "line", followed(growing, _flush_and_wait))], tick


def vault_logs(vault: str) -> list[str]:
    """The files of a vault's log. Raises ConfigurationError: there are none, for there is no vault."""
    found = log_files(trail_log(vault))
    if not found:
        check_vault_file(vault)
    return found


def _flush_and_wait() -> None:
    sys.stdout.flush()
    time.sleep(POLL_SECONDS)
