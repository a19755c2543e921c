"""Policies in a vault, written past all rules."""

from kmscli.keys.key import find_key
from kmscli.keys.policies import set_policy
from tests.operations.house import ACCOUNT, REGION, House


def write(house: House, key: str, text: str) -> None:
    """Give a key a policy."""
    transaction = house.transaction()
    found = find_key(transaction, ACCOUNT, REGION, key)
    assert found
    set_policy(transaction, found, text)
    house.commit(transaction)
