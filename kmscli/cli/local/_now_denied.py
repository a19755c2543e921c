"""The calls of the vault's own log that would be denied now."""

from collections.abc import Iterable, Iterator

from kmscli.cli.local._facts import show_rows
from kmscli.cli.local._timeline import Complaints
from kmscli.cli.local._trail_logs import opened_sources
from kmscli.cli.local._vault_session import VaultSession
from kmscli.engine import find_operation
from kmscli.operations.call import Call
from kmscli.operations.now_denied import Told, now_denied
from kmscli.trail.cloudtrail import Source
from kmscli.trail.past_calls import Answered, answered_calls
from kmscli.trail.verify import expected
from kmscli.vault.transaction import Transaction
from kmscli.vault.vault import Vault

TITLES = ("Principal", "Action", "Resource", "Calls", "Last", "Reason")


def denied_calls(session: VaultSession) -> list[Told]:
    """What was answered and is denied now. Raises KmscliError: the log cannot be read, or the vault."""

    def denied(vault: Vault) -> list[Told]:
        waiting = expected(vault).pending

        def look(transaction: Transaction, now: float, held: float) -> list[Told]:
            call = Call(session.caller, "", now, held, transaction, vault.keyring, remembered={})
            return now_denied(call, answered(vault.path, waiting), find_operation)

        return session.engine(vault).look(session.caller, look)

    return session.read(lambda opened: denied(opened.vault))


def answered(vault: str, waiting: Iterable[bytes]) -> Iterator[Answered]:
    """The calls that were answered, by the log beside the vault at a path, and by the events that wait in it."""
    complaints = Complaints()
    held = list(answered_calls([Source("the vault", "event", iter(waiting))], complaints.add))
    yield from held
    known = {one.event for one in held}
    with opened_sources(vault, None, follow=False) as (sources, tick):
        try:
            for one in answered_calls(sources, complaints.add, tick):
                if one.event not in known:
                    yield one
        finally:
            complaints.conclude()


def show_denied(denied: list[Told], output: str) -> None:
    """Write what is denied, in an output format."""
    show_rows({"Denied": denied}, TITLES, [[str(one[title]) for title in TITLES] for one in denied], output)
