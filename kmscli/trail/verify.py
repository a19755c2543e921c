"""Verification: whether a log is what kmscli wrote, line for line, and the first line that is not.

What makes a line good is in `walk`. Beyond that:

1. An event is missing if it is neither in the log nor held by the vault. The vault lets an event go only when its
   line is synced, so what it still holds was kept from the log by a crash or a full disk, which is no fault.
2. The last line of a file may be torn (no line end, or NULs): a crash. What it would have said is judged by 1.
3. Files of one log are verified in the order of their events, whatever order they are given in.
"""

from collections.abc import Callable, Mapping, Sequence

from kmscli.trail.lines import Log
from kmscli.trail.walk import Walk, missing, stamp_of
from kmscli.vault.head import ChainEnd
from kmscli.vault.vault import Vault

KEPT_FAULTS = 20
_PROGRESS_EVERY = 4096

Progress = Callable[[Log], object]


class Expectation:
    """What the vault knows of its trail: where the chain ends, and the lines that it still holds, in order."""

    def __init__(self, end: ChainEnd, pending: Sequence[bytes] = ()) -> None:
        self.end = end
        self.pending = pending


class Fault:
    """A line that is not what and where it should be; line 0 is the file as a whole. `event`: its number, if it states
    one.
    """

    def __init__(self, file: str, line: int, event: int | None, reason: str) -> None:
        self.file = file
        self.line = line
        self.event = event
        self.reason = reason

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        event = "" if self.event is None else f" (event {self.event})"
        return f"{self.file}{line}{event}: {self.reason}"


class Report:
    """What verification found. `faults`: the first ones, of which there are `wrong` in all.

    `events`: lines that follow. `torn`: the files whose last line is torn. `waiting`: events that the next call
    appends. `is_ahead`: the log goes further than the vault knew when it was asked: fine if others were writing
    meanwhile, else the vault is older than its log. `chain` and `number`: the last event.
    """

    def __init__(self) -> None:
        self.events = 0
        self.wrong = 0
        self.faults: list[Fault] = []
        self.torn: list[str] = []
        self.waiting = 0
        self.is_ahead = False
        self.chain = ""
        self.number = 0

    def blame(self, fault: Fault) -> None:
        """Note a fault."""
        self.wrong += 1
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(fault)


def verify(
    logs: Sequence[Log],
    keys: Mapping[int, bytes],
    expectation: Expectation | None = None,
    progress: Progress = lambda _: None,
) -> Report:
    """Verify the files of one log, with the trail keys by number. In constant memory.

    `progress` is called now and then with the log that is being read. Raises KmscliError: a file cannot be read.
    """
    report = Report()
    walk = Walk(keys)
    openings = [(log, log.first(walk.genuine)) for log in logs]
    file, lines = "the log", 0
    while openings:
        opening = min(openings, key=lambda opening: walk.nearness(opening[1]))
        openings.remove(opening)
        file, lines = opening[0].name, _verify_file(opening[0], walk, report, progress)
    report.chain, report.number = walk.chain, walk.number
    if expectation:
        _verify_end(expectation, walk, report, file, lines + 1)
    return report


def _verify_file(log: Log, walk: Walk, report: Report, progress: Progress) -> int:
    """Verify one file. The number of its whole lines."""
    number = 0
    for number, line in enumerate(log.lines(), 1):
        reason = walk.step(line)
        if reason:
            stamp = stamp_of(line)
            report.blame(Fault(log.name, number, stamp.number if stamp else None, reason))
        else:
            report.events += 1
        if not number % _PROGRESS_EVERY:
            progress(log)
    progress(log)
    if log.torn:
        report.torn.append(log.name)
    return number


def _verify_end(known: Expectation, walk: Walk, report: Report, file: str, line: int) -> None:
    """Compare the end of the log with what the vault knows. A fault there has the number of the line that is next."""
    end = known.end
    report.is_ahead = walk.reach(end.chain) > end.number or end.chain in walk.earlier
    for held in known.pending:
        stamp = stamp_of(held)
        if stamp is None or stamp.number > walk.reach(stamp.chain):
            report.waiting += 1
            reason = walk.step(held)
            if reason:
                number = stamp.number if stamp else None
                report.blame(Fault(file, line, number, f"the vault still holds this event, but {reason}"))
    reached = walk.reach(end.chain)
    if end.number - reached > walk.broken:
        report.blame(Fault(file, line, None, f"{missing(reached + 1, end.number, end.chain)} at the end"))
    elif (walk.chain, walk.number) == (end.chain, end.number) and walk.mac != end.mac:
        report.blame(Fault(file, line, end.number, "the log's last event is not the vault's last event"))


def expected(vault: Vault) -> Expectation:
    """What a vault knows of its trail. Ask before the log is opened: then nothing that others append meanwhile is
    taken for missing. Raises RekeyedError, VaultDamagedError.
    """
    after = vault.synced().commit
    end = _end(vault)
    pending: list[bytes] = []
    while rows := vault.events_after(after):
        pending += [line for _, lines in rows for line in lines]
        after = rows[-1][0] + 1
    return Expectation(end, pending)


def check_not_ahead(vault: Vault, report: Report) -> None:
    """Blame a log that goes further than its vault. Ask after verification, for others may have been writing.

    Raises RekeyedError, VaultDamagedError.
    """
    end = _end(vault)
    if report.is_ahead and (report.chain != end.chain or report.number > end.number):
        reason = f"the log goes further than its vault, which ends at event {end.number} (chain {end.chain})"
        report.blame(Fault(vault.path, 0, None, reason))


def _end(vault: Vault) -> ChainEnd:
    transaction = vault.transaction()
    try:
        return vault.head(transaction).end
    finally:
        transaction.close()
