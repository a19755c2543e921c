"""What `kmscli vault quotas` sets."""

from kmscli.cli.local._vault_session import VaultSession
from kmscli.errors import UsageError
from kmscli.keys.quotas import QUOTAS, quotas_of, set_quotas
from kmscli.vault.opening import Opened
from kmscli.vault.transaction import Transaction


def wanted(settings: list[str]) -> dict[str, int]:
    """The quotas that `--set` asks for, by name. Raises UsageError."""
    asked: dict[str, int] = {}
    for setting in settings:
        name, equals, number = setting.partition("=")
        if not equals or not (number.isascii() and number.isdigit()):
            raise UsageError(f"Bad value for --set: {setting!r} is not of the form NAME=NUMBER")
        if name not in QUOTAS:
            raise UsageError(f"argument --set: Found invalid choice {name!r}: it is one of {', '.join(QUOTAS)}")
        if name in asked:
            raise UsageError(f"argument --set: {name} is set twice")
        if len(number) > 9 or int(number) > QUOTAS[name].most:
            raise UsageError(f"argument --set: {name} can be raised to {QUOTAS[name].most} at most")
        asked[name] = int(number)
    return asked


def raise_quotas(session: VaultSession, opened: Opened, asked: dict[str, int]) -> dict[str, int]:
    """Raise quotas of an opened vault, with an event if any changes. Returns all of them.

    Raises UsageError: one would be lowered. RekeyedError.
    """
    engine = session.engine(opened.vault)

    def change(transaction: Transaction, _now: float) -> dict[str, int] | None:
        before = quotas_of(transaction)
        for name, number in asked.items():
            if number < before[name]:
                raise UsageError(f"argument --set: a quota can only be raised, and {name} is {before[name]}")
        if before | asked == before:
            return None
        set_quotas(transaction, before | asked)
        return asked

    engine.change_local(session.caller, "RaiseQuotas", change)
    session.settle(engine)
    return engine.look(session.caller, lambda transaction, _now, _held: quotas_of(transaction))
