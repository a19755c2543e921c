"""What `kmscli vault check` finds: in the vault, in its log, and by its mark."""

from typing import Any

from kmscli.cli.local._trail_logs import opened_logs, vault_logs
from kmscli.cli.local._vault_status import head_of
from kmscli.errors import VaultDamagedError, VaultRolledBackError
from kmscli.keys.check import inspect
from kmscli.trail.log import logged_mark
from kmscli.trail.verify import check_not_ahead, expected, verify
from kmscli.vault.check import Fault
from kmscli.vault.location import Environment
from kmscli.vault.mark import check_mark, read_mark
from kmscli.vault.vault import Vault


class Checked:
    """What a check found: rows by kind, events in the log, faults in the order in which they were found."""

    def __init__(self, counts: dict[str, int], events: int, faults: list[Fault]) -> None:
        self.counts = counts
        self.events = events
        self.faults = faults

    def facts(self) -> dict[str, Any]:
        """The same for a script."""
        faults = [{"Kind": it.kind, "Name": it.name, "What": it.what, "Text": str(it)} for it in self.faults]
        return {"Rows": self.counts, "Events": self.events, "Faults": faults}

    def lines(self) -> list[tuple[str, str]]:
        """The same for a person."""
        counted = ", ".join(f"{number} {kind}" for kind, number in self.counts.items())
        faults = [("fault", str(fault)) for fault in self.faults]
        return [("rows", counted), ("events in the log", str(self.events)), *faults]


def check(vault: Vault, environment: Environment) -> Checked:
    """Read the whole vault and its log. Raises RekeyedError: the vault was rekeyed meanwhile."""
    inspection = inspect(vault)
    events, log_faults = _check_log(vault)
    faults = [*_check_mark(vault, environment), *inspection.faults, *log_faults]
    return Checked(inspection.counts, events, faults)


def _check_mark(vault: Vault, environment: Environment) -> list[Fault]:
    mark = read_mark(vault, environment) or logged_mark(vault.path, vault.keyring.trail)
    try:
        check_mark(vault, head_of(vault), mark)
    except VaultRolledBackError:
        return [Fault("vault", "", "outdated", "it is older than when this machine last used it: it was rolled back")]
    except VaultDamagedError:
        return []
    return []


def _check_log(vault: Vault) -> tuple[int, list[Fault]]:
    """The events in the log, and what is wrong with it. What a damaged vault says of its end is left aside."""
    try:
        known = expected(vault)
    except VaultDamagedError:
        known = None
    with opened_logs(vault_logs(vault.path)) as (logs, tick):
        report = verify(logs, vault.keyring.trail, known, tick)
    if known:
        check_not_ahead(vault, report)
    return report.events, [Fault("log", "", "unsound", str(fault)) for fault in report.faults]
