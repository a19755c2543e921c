"""The bill: what keys and requests would have cost in a period (reference, kms-semantics 13.2).

A calendar month's price is spread over the month's hours, and each hour that has begun counts. The free requests are
for each calendar month.
"""

import time
from calendar import timegm
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from kmscli.cli.local._charged_keys import ChargedKey
from kmscli.clock import HOUR
from kmscli.prices import Prices, class_of
from kmscli.trail.requests import Request, Requests


class Month(NamedTuple):
    """A calendar month, or the part of it that is in a period. `hours`: of the whole month."""

    start: float
    end: float
    hours: int


class KeyCost:
    """What a key costs. `monthly`: as it is now. `key`: None if the vault has none of this ARN; no ARN: no key.

    `requests` and `request_cost`: before any free request is taken off.
    """

    def __init__(self, arn: str, key: ChargedKey | None) -> None:
        self.arn = arn
        self.key = key
        self.monthly = Fraction(0)
        self.storage = Fraction(0)
        self.requests = 0
        self.request_cost = Fraction(0)


class ClassCost(NamedTuple):
    """What a class of requests costs. `free`: how many of them are."""

    name: str
    title: str
    requests: int
    free: int
    cost: Fraction


class Bill:
    """The whole bill: keys, the dearest first, and classes in the price list's order."""

    def __init__(self, keys: list[KeyCost], classes: list[ClassCost]) -> None:
        self.keys = sorted(keys, key=lambda each: (-each.storage - each.request_cost, each.arn))
        self.classes = classes
        self.monthly = sum((each.monthly for each in keys), Fraction(0))
        self.storage = sum((each.storage for each in keys), Fraction(0))
        self.request_cost = sum((each.cost for each in classes), Fraction(0))
        self.total = self.storage + self.request_cost


def months(since: float, until: float) -> Iterator[Month]:
    """The calendar months that a period touches (UTC)."""
    start = since
    while start < until:
        first, end = month_of(start)
        yield Month(start, min(end, until), (end - first) // HOUR)
        start = end


def month_of(moment: float) -> tuple[int, int]:
    """When the calendar month begins that a moment is in, and when the next one does (UTC)."""
    year, month, *_ = time.gmtime(moment)
    return timegm((year, month, 1, 0, 0, 0)), timegm((year + month // 12, month % 12 + 1, 1, 0, 0, 0))


def bill(prices: Prices, keys: Iterable[ChargedKey], requests: Requests, period: list[Month]) -> Bill:
    """What keys and requests cost in a period."""
    costs = {key.arn: _storage(prices, key, period) for key in keys}
    by_class: Counter[tuple[str, str]] = Counter()
    for request, count in requests.counts.items():
        arn, name = _classed(request, costs, requests.specs, prices)
        cost = costs.setdefault(arn, KeyCost(arn, None))
        cost.requests += count
        cost.request_cost += count * prices.classes[name].price
        by_class[request.month, name] += count
    return Bill(list(costs.values()), _class_costs(prices, by_class))


def _storage(prices: Prices, key: ChargedKey, period: list[Month]) -> KeyCost:
    """A key's own costs: its month's price from when it was made, and more from each of its first rotations on."""
    cost = KeyCost(key.arn, key)
    if key.is_free:
        return cost
    charges = [(key.created, prices.key)]
    charges += [(moment, prices.rotation) for moment in key.rotated[: prices.charged_rotations]]
    cost.monthly = sum((price for _, price in charges), Fraction(0)) if key.ends is None else Fraction(0)
    for month in period:
        end = month.end if key.ends is None else min(month.end, key.ends)
        for since, price in charges:
            cost.storage += price * Fraction(_hours(max(since, month.start), end), month.hours)
    return cost


def _hours(start: float, end: float) -> int:
    """The hours that have begun from one moment to another."""
    return ceil(end / HOUR) - floor(start / HOUR) if end > start else 0


def _classed(request: Request, costs: dict[str, KeyCost], specs: dict[str, str], prices: Prices) -> tuple[str, str]:
    """The key that a request is charged to and its class: with two keys, those of the dearer one."""
    found = []
    for arn in dict.fromkeys(request.keys):
        held = costs.get(arn)
        spec = held.key.spec if held and held.key else specs.get(arn, "")
        found.append((arn, class_of(request.operation, spec, request.key_pair_spec)))
    found = found or [("", class_of(request.operation, None, request.key_pair_spec))]
    return max(found, key=lambda pair: prices.classes[pair[1]].price)


def _class_costs(prices: Prices, by_class: Counter[tuple[str, str]]) -> list[ClassCost]:
    """What each class costs, over all months, with the free requests of each month taken off."""
    free = Counter(_free(prices, by_class))
    costs = []
    for each in prices.classes.values():
        count = sum(number for (_, name), number in by_class.items() if name == each.name)
        taken = sum(number for (_, name), number in free.items() if name == each.name)
        costs.append(ClassCost(each.name, each.title, count, taken, (count - taken) * each.price))
    return costs


def _free(prices: Prices, by_class: Counter[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """How many requests of each month and class are free."""
    free = {}
    left = dict.fromkeys((month for month, _ in by_class), prices.free_requests)
    for (month, name), count in by_class.items():
        if prices.classes[name].in_free_tier:
            free[month, name] = min(count, left[month])
            left[month] -= free[month, name]
    return free
