"""How a bill looks: JSON for scripts, else rows of keys, of classes and of sums."""

from fractions import Fraction
from typing import Any

from kmscli.cli.local._bill import Bill, KeyCost
from kmscli.cli.local._facts import show, show_rows
from kmscli.prices import Prices

_MILLIONTH = 1_000_000
_KEY_TITLES = ("", "key", "region", "aliases", "spec", "a month", "storage", "requests", "at list price")
_CLASS_TITLES = ("", "requests", "count", "free", "cost")


def show_bill(found: Bill, prices: Prices, asked: dict[str, Any], output: str) -> None:
    """Write a bill. `asked`: what it is of, for scripts, with `Since` and `Until`."""
    if output == "json":
        show(asked | _facts(found, prices), [], output)
        return
    show_rows({}, _KEY_TITLES, [_key_row(each) for each in found.keys], output)
    rows = [("class", each.title, str(each.requests), str(each.free), money(each.cost)) for each in found.classes]
    show_rows({}, _CLASS_TITLES, rows, output)
    sums = [
        ("period", f"{asked['Since']} to {asked['Until']}"),
        ("a month", money(found.monthly)),
        ("storage", money(found.storage)),
        ("requests", money(found.request_cost)),
        ("total", money(found.total)),
        ("prices", f"{prices.currency}, {prices.region}, {prices.date}. {prices.source}"),
    ]
    show_rows({}, (), sums, output)


def money(amount: Fraction) -> str:
    """An amount to the millionth: `1.00`, `0.000003`."""
    whole, rest = divmod(round(amount * _MILLIONTH), _MILLIONTH)
    digits = f"{rest:06}"
    return f"{whole}.{digits[:2]}{digits[2:].rstrip('0')}"


def _facts(found: Bill, prices: Prices) -> dict[str, Any]:
    """The bill for a script. Money is text: a number in JSON is not exact."""
    classes = [
        {"Class": each.name, "Requests": each.requests, "Free": each.free, "Cost": money(each.cost)}
        for each in found.classes
    ]
    return {
        "Keys": [_key_facts(each) for each in found.keys],
        "Classes": classes,
        "Monthly": money(found.monthly),
        "Storage": money(found.storage),
        "RequestCost": money(found.request_cost),
        "Total": money(found.total),
        "Currency": prices.currency,
        "Prices": {"Date": prices.date, "Region": prices.region, "Source": prices.source},
    }


def _key_facts(cost: KeyCost) -> dict[str, Any]:
    key = cost.key
    return {
        "Arn": cost.arn or None,
        "Aliases": key.aliases if key else [],
        "KeySpec": key.spec if key else None,
        "KeyState": key.state if key else None,
        "Monthly": money(cost.monthly),
        "Storage": money(cost.storage),
        "Requests": cost.requests,
        "RequestCost": money(cost.request_cost),
    }


def _key_row(cost: KeyCost) -> tuple[str, ...]:
    home, _, name = cost.arn.partition(":key/")
    region = home.split(":")[3] if home else ""
    aliases = ", ".join(cost.key.aliases) if cost.key else ""
    amounts = (money(cost.monthly), money(cost.storage), str(cost.requests), money(cost.request_cost))
    return ("key", name or "none", region, aliases, _sort_of(cost), *amounts)


def _sort_of(cost: KeyCost) -> str:
    """A key's spec, or why it costs nothing."""
    if cost.key is None:
        return "not in the vault" if cost.arn else ""
    return cost.key.spec if cost.key.ends is None else cost.key.state
