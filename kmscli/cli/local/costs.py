"""Show what the vault's keys and the trail's requests would cost at AWS, by key and by class of request."""

import re
import time
from calendar import timegm
from typing import Annotated

import typer

from kmscli.cli.local._bill import Bill, bill, month_of, months
from kmscli.cli.local._bill_shown import show_bill
from kmscli.cli.local._charged_keys import charged_keys
from kmscli.cli.local._timeline import Complaints
from kmscli.cli.local._trail_logs import opened_sources
from kmscli.cli.local._vault_session import VaultSession, command
from kmscli.clock import iso8601
from kmscli.errors import UsageError
from kmscli.names import is_account, is_region
from kmscli.prices import read_prices
from kmscli.trail.requests import Requests, count_requests
from kmscli.trail.selection import moment
from kmscli.vault.transaction import Transaction

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Logs = Annotated[list[str] | None, typer.Argument(metavar="LOG", help="The log's files; by default the vault's own.")]

_MONTH = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")


@command(app, "costs")
def show_costs(
    session: VaultSession,
    logs: Logs = None,
    *,
    month: Annotated[str, typer.Option(metavar="MONTH", help="This calendar month, such as 2026-01.")] = "",
    since: Annotated[
        str, typer.Option(metavar="TIME", help="From then on: ISO 8601, or as long ago as 2h or 7d.")
    ] = "",
    until: Annotated[str, typer.Option(metavar="TIME", help="Before then: ISO 8601, or as long ago as 2h or 7d.")] = "",
    account: Annotated[str, typer.Option(metavar="ID", help="This account; by default the profile's.")] = "",
    region: Annotated[str, typer.Option(metavar="REGION", help="Only this Region; by default all.")] = "",
) -> None:
    """Show what the vault's keys and the trail's requests would cost at AWS, by key and by class of request.

    Without a period it is the calendar month so far (UTC). Keys are those that the vault holds now, each with what it
    costs a month as it is, and what it has cost in the period: from when it was made, by the hour; more from its first
    and its second rotation on; nothing while its deletion is pending. AWS managed keys cost nothing. A key that is
    deleted by now shows with its requests only.

    Every request in the log counts, failed and dry runs too: AWS says of none that it is free. What another account
    did with a key is that account's. The free requests of each month are taken off the classes, not off the keys, and
    are taken off whole where only one Region is asked for.

    LOG is a file of JSON lines or CloudTrail's own, as for kmscli audit replay. The prices are those of one Region,
    and of the day that is shown with them. Clusters of CloudHSM and external key managers have prices of their own.
    """
    account = _checked_account(account) if account else session.caller.account
    region = region or session.options.get("region") or ""
    if region and not is_region(region):
        raise UsageError(f"argument --region: Found invalid choice {region!r}: it is no Region's name")
    prices = read_prices()

    def look(transaction: Transaction, now: float, held: float) -> tuple[Bill, float, float]:
        start, end = _period(now, month=month, since=since, until=until)
        before = iso8601(end) if end < now else ""
        requests = _requests(session.path, logs, account=account, region=region, since=iso8601(start), until=before)
        keys = charged_keys(transaction, now, held, account=account, region=region, scheduled=requests.scheduled)
        return bill(prices, keys, requests, list(months(start, end))), start, end

    found, start, end = session.read(lambda opened: session.engine(opened.vault).look(session.caller, look))
    asked = {"Account": account, "Region": region or None, "Since": iso8601(start), "Until": iso8601(end)}
    show_bill(found, prices, asked, session.output)


def _checked_account(account: str) -> str:
    if not is_account(account):
        raise UsageError(f"argument --account: Found invalid choice {account!r}: it is no account id of 12 digits")
    return account


def _period(now: float, *, month: str, since: str, until: str) -> tuple[float, float]:
    """From when until when the bill is, at most until now. Raises UsageError."""
    if month and (since or until):
        raise UsageError("--month is a period by itself: it takes no --since and no --until")
    if month and not _MONTH.fullmatch(month):
        raise UsageError(f"Bad value for --month: {month!r} is no month such as 2026-01")
    if month:
        start, end = month_of(timegm(time.strptime(month, "%Y-%m")))
        if start > now:
            raise UsageError(f"Bad value for --month: {month} has not begun")
        return start, min(end, now)
    last = min(_seconds(until, now, "--until") if until else now, now)
    first = _seconds(since, now, "--since") if since else month_of(last)[0]
    if first > last:
        raise UsageError("The period ends before it begins: nothing is told of the future")
    return first, last


def _seconds(text: str, now: float, option: str) -> float:
    return timegm(time.strptime(moment(text, now, option), "%Y-%m-%dT%H:%M:%SZ"))


def _requests(vault: str, logs: list[str] | None, **wanted: str) -> Requests:
    """What the log says of what is wanted."""
    complaints = Complaints()
    with opened_sources(vault, logs, follow=False) as (sources, tick):
        try:
            return count_requests(sources, complaints.add, tick, **wanted)
        finally:
            complaints.conclude()
