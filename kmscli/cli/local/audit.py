"""The audit trail: where it is, whether it is whole, and what happened."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, TextIO

import typer

from kmscli.cli.local._timeline import Complaints, line_maker
from kmscli.cli.local._trail_logs import opened_logs, opened_sources, vault_logs
from kmscli.cli.local._vault_session import VaultSession, command
from kmscli.cli.output.printable import printable
from kmscli.clock import system_time
from kmscli.errors import KmscliError, UsageError
from kmscli.trail.cloudtrail import Source
from kmscli.trail.replay import Entry, replay
from kmscli.trail.selection import Selection, moment
from kmscli.trail.verify import Report, check_not_ahead, expected, verify
from kmscli.vault.location import trail_log
from kmscli.vault.vault import Vault

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Logs = Annotated[list[str] | None, typer.Argument(metavar="LOG", help="The log's files; by default the vault's own.")]
Texts = list[str] | None


@command(app, "path", without=("key_file", "key_fd", "passphrase_fd", "accept_rollback", "output"))
def show_path(session: VaultSession) -> None:
    """Show where the vault's log is."""
    sys.stdout.write(trail_log(session.path) + "\n")


@command(app, "verify", without=("accept_rollback", "output"))
def verify_logs(session: VaultSession, logs: Logs = None) -> None:
    """Verify that nothing in the log was changed, dropped, moved, added or cut off.

    Without LOG: the vault's log, and what was moved away from it and stands beside it. With LOG: all files of the
    vault's log, in any order. What a crash or a full disk left is said and is no fault: the next call mends it.

    Exit codes: 0, the trail verifies; 255, it does not: each bad line is named.
    """
    report, _ = _verified(session, logs)
    _tell(report, sys.stdout)
    _refuse(report)


@command(app, "replay", without=("accept_rollback",))
def replay_logs(
    session: VaultSession,
    logs: Logs = None,
    *,
    key: Annotated[Texts, typer.Option(help="Only this key: its id, ARN, or an alias it had then.")] = None,
    principal: Annotated[Texts, typer.Option(help="Only this principal: its ARN or name.")] = None,
    operation: Annotated[Texts, typer.Option(help="Only this operation, such as Encrypt.")] = None,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="From then on: ISO 8601, or as long ago as 2h or 7d.")
    ] = "",
    until: Annotated[str, typer.Option(metavar="TIME", help="Before then: ISO 8601, or as long ago as 2h or 7d.")] = "",
    errors: Annotated[bool, typer.Option("--errors", help="Only what failed.")] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with each event as it is appended.")] = False,
    verified: Annotated[bool, typer.Option("--verify", help="Verify the log first; needs the vault's key.")] = False,
) -> None:
    """Show what happened: time, principal, operation, key with its alias by then, and outcome.

    Without LOG: the vault's log, and what was moved away from it and stands beside it; the vault stays closed. LOG is
    a file of JSON lines or CloudTrail's own ({"Records": […]}), plain or gzip; `-` is standard input.

    How long ago something was is counted from this machine's clock; with --verify, for which the vault is opened, from
    the vault's, which may have been moved if it is a lab.
    """

    def selected(now: float) -> Selection:
        return Selection(
            keys=key or (),
            principals=principal or (),
            operations=operation or (),
            since=since and moment(since, now, "--since"),
            until=until and moment(until, now, "--until"),
            errors_only=errors,
        )

    selection, report = selected(system_time()), None
    if verified:
        report, now = _verified(session, logs)
        selection = selected(now)
        _tell(report, sys.stderr)
    line = line_maker(session.output, terminal=sys.stdout.isatty())
    with opened_sources(session.path, logs, follow=follow) as (sources, tick):
        _play(sources, tick, lambda entry: line(entry) if selection.admits(entry) else "")
    if report:
        _refuse(report)


def _play(sources: Iterable[Source], tick: Callable[[], object], line: Callable[[Entry], str]) -> None:
    """Write the lines of what happened. Raises KmscliError: there was something, but no record."""
    complaints = Complaints()
    count = 0
    try:
        for count, entry in enumerate(replay(sources, complaints.add, tick), 1):  # noqa: B007
            sys.stdout.write(line(entry))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough. Python must not find the pipe closed once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        complaints.conclude()
    if complaints.count and not count:
        raise KmscliError("No CloudTrail record was found.")


def _verified(session: VaultSession, logs: Sequence[str] | None) -> tuple[Report, float]:
    """What verification finds, and what time it is in the vault."""
    if logs and "-" in logs:
        raise UsageError("A log on standard input cannot be verified: give the files")
    return session.read(lambda opened: (_verified_against(opened.vault, logs), session.time_in(opened.vault)))


def _verified_against(vault: Vault, logs: Sequence[str] | None) -> Report:
    """Raises RekeyedError: others rekeyed the vault meanwhile, and verification must begin anew."""
    expectation = expected(vault)
    with opened_logs(logs or vault_logs(vault.path)) as (opened, tick):
        report = verify(opened, vault.keyring.trail, expectation, tick)
    check_not_ahead(vault, report)
    return report


def _tell(report: Report, stream: TextIO) -> None:
    """Say what verification found."""
    events = _counted(report.events, "event")
    lines = [f"{events} verified, up to event {report.number} of chain {report.chain or '-'}."]
    lines += [f"{name}: the last line is torn (a crash). The next call cuts it off." for name in report.torn]
    if report.waiting:
        waiting = f"{_counted(report.waiting, 'event')} still to be appended"
        lines.append(f"{waiting} (a crash or a full disk): the next call appends them.")
    lines += [str(fault) for fault in report.faults]
    if report.wrong > len(report.faults):
        lines.append(f"… and {report.wrong - len(report.faults)} more")
    stream.writelines(printable(line, terminal=stream.isatty()) + "\n" for line in lines)


def _refuse(report: Report) -> None:
    """Raises KmscliError: the trail does not verify."""
    if report.wrong:
        count = _counted(report.wrong, "fault")
        raise KmscliError(f"The trail does not verify: {count}, the first: {report.faults[0]}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
