"""Calls beyond the rates of AWS KMS are refused (reference, kms-semantics 15)."""

from collections.abc import Sequence

from kmscli.errors import ServiceError, ThrottlingException, VaultDamagedError
from kmscli.keys.finding import key_by_ciphertext, key_by_name
from kmscli.keys.key import Key
from kmscli.operations.operation import Target
from kmscli.operations.recording import Asked
from kmscli.server.buckets import Buckets, Draw
from kmscli.server.rates import SYMMETRIC, has_quota, quota_of_keys, quota_of_pairs, quota_of_store, rate
from kmscli.vault.transaction import Transaction

Charges = dict[tuple[str, str], int]
"""What a call counts for, by Region and quota."""


class Throttle:
    """Refuses calls beyond AWS's rates times a factor. Processes that are forked later share its count."""

    def __init__(self, factor: float) -> None:
        """Raises OSError, as `Buckets` does."""
        self.factor = factor
        self.buckets = Buckets()

    def count(self, asked: Sequence[Asked], charges: Sequence[Charges], now: float) -> None:
        """Count calls, each for its caller's account; those that are too many have an error from here on.

        `now`: monotonic, in seconds.
        """
        for one, charged in zip(asked, charges, strict=True):
            draws = [
                Draw(f"{one.caller.account} {region} {quota}", rate(quota, region) * self.factor, tokens)
                for (region, quota), tokens in charged.items()
            ]
            if not self.buckets.take(draws, now):
                one.error = ThrottlingException(ThrottlingException.TOO_FAST)


def charges_of(asked: Asked, transaction: Transaction) -> Charges:
    """What a call counts for, whatever it comes to. Calls of other services than KMS count for nothing."""
    operation, region = asked.operation, asked.caller.region
    if operation.service != "kms":
        return {}
    if not has_quota(operation.name):
        return {(region, quota): 1 for quota in _shared_quotas(asked, transaction)}
    members = asked.request.__dict__ if asked.request else {}
    if operation.name == "ReplicateKey" and "replica_region" in members:
        # KMS makes the replica by two calls there, the first of them a dry run
        return {(region, operation.name): 1, (members["replica_region"], "CreateKey"): 2}
    if operation.name == "UpdatePrimaryRegion" and "primary_region" in members:
        return {(region, operation.name): 1, (members["primary_region"], operation.name): 1}
    return {(region, operation.name): 1}


def _shared_quotas(asked: Asked, transaction: Transaction) -> set[str]:
    """The quotas that a cryptographic operation counts for: those of its keys, or of what it makes."""
    if asked.request is None or asked.error:
        return {SYMMETRIC}
    members = asked.request.__dict__
    if members.get("key_pair_spec"):
        return {quota_of_pairs(members["key_pair_spec"])}
    if members.get("custom_key_store_id"):
        return {quota_of_store(members["custom_key_store_id"])}
    keys = [_key(target, asked, transaction) for target in asked.operation.targets]
    return {quota_of_keys(key.spec if key else "") for key in keys} or {SYMMETRIC}


def _key(target: Target, asked: Asked, transaction: Transaction) -> Key | None:
    """The key that a call names, if there is one; whether the caller may use it is not decided yet."""
    caller, members = asked.caller, asked.request.__dict__ if asked.request else {}
    name, blob = members.get(target.member), members.get(target.ciphertext)
    try:
        if name is not None:
            return key_by_name(transaction, name, caller.account, caller.region, aliases=target.aliases).key
        return key_by_ciphertext(transaction, blob, caller.region).key if blob else None
    except (ServiceError, VaultDamagedError):
        return None
