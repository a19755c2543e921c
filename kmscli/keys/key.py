"""A KMS key's record: what is stored of it, and what is shown. The material is not here: see `material`.

A record is never changed in place: `changed` gives another, so that what one call computes never shows in another.
"""

from typing import Any, Self

from kmscli.clock import DAY
from kmscli.keys import states
from kmscli.keys.specs import SYMMETRIC_DEFAULT, described
from kmscli.names import key_arn
from kmscli.vault.transaction import Kind, Transaction

DELETION = "deletion"
EXPIRY = "expiry"
ROTATION = "rotation"


KEYS_QUOTA = 100_000
"""Customer managed keys per account and Region, unless the vault's settings say more."""


class Key:
    """A KMS key of one account and Region."""

    def __init__(self, **members: Any) -> None:
        self.account: str = members["account"]
        self.region: str = members["region"]
        self.key_id: str = members["key_id"]
        self.spec: str = members["spec"]
        self.usage: str = members["usage"]
        self.origin: str = members["origin"]
        self.manager: str = members["manager"]
        self.created: float = members["created"]
        self.state: str = members["state"]
        self.description: str = members["description"]
        self.material_id: str = members["material_id"]
        """The id of its current material; empty while none was ever imported."""
        self.deletion: float | None = members.get("deletion")
        """When it is deleted, while it is pending deletion."""
        self.rotation: dict[str, Any] | None = members.get("rotation")
        """Automatic rotation, while it is on: `period` in days, `next` in seconds since the epoch."""
        self.imported: dict[str, Any] | None = members.get("imported")
        """What its imported materials come to, once there was one, as `kmscli.keys.imports` sums them up.

        `complete`: those that belong to it for good are all there. `expiry`: when the next of all that are there
        expires, or None. `shown`: the members of KeyMetadata that tell of it.
        """
        self.multi_region: dict[str, Any] | None = members.get("multi_region")
        """A multi-Region key's set: the Region of its `primary`, and those of its `replicas`, in order."""
        self.deletion_window: int | None = members.get("deletion_window")
        """Days that it waits for its deletion from when its last replica is gone, while it is pending that."""

    @property
    def arn(self) -> str:
        """The key's ARN."""
        return key_arn(self.account, self.region, self.key_id)

    @property
    def scope(self) -> str:
        """The account and Region that it lives in."""
        return scope(self.account, self.region)

    @property
    def is_managed(self) -> bool:
        """Whether it is an AWS managed key: one that a service keeps in the account (13.1)."""
        return self.manager == "AWS"

    @property
    def is_enabled(self) -> bool:
        """Whether it is in the state Enabled."""
        return self.state == states.ENABLED

    @property
    def is_primary(self) -> bool:
        """Whether it is the primary key of a multi-Region set."""
        return self.multi_region is not None and self.multi_region["primary"] == self.region

    @property
    def is_replica(self) -> bool:
        """Whether it is a replica in a multi-Region set."""
        return self.multi_region is not None and self.multi_region["primary"] != self.region

    @property
    def regions(self) -> list[str]:
        """The Regions of the keys that share its id: the primary's first; of a single-Region key, its own."""
        return [self.multi_region["primary"], *self.multi_region["replicas"]] if self.multi_region else [self.region]

    @property
    def lacks_material(self) -> bool:
        """Whether it waits for an import: a material that is its own for good is not there, or none ever was."""
        return self.origin == "EXTERNAL" and not (self.imported and self.imported["complete"])

    @property
    def next_due(self) -> tuple[float, str] | None:
        """When something falls due on it next, and what: DELETION, EXPIRY, or ROTATION while it is enabled.

        A replica is rotated with its primary key, when it is due there.
        """
        coming: list[tuple[float, str]] = []
        if self.deletion is not None:
            coming.append((self.deletion, DELETION))
        elif self.rotation is not None and self.is_enabled and not self.is_replica:
            coming.append((self.rotation["next"], ROTATION))
        if self.imported and self.imported["expiry"] is not None:
            coming.append((self.imported["expiry"], EXPIRY))
        return min(coming, default=None)

    @property
    def due(self) -> float | None:
        """When something falls due on it next."""
        coming = self.next_due
        return coming[0] if coming else None

    def is_due(self, now: float, held: float) -> bool:
        """Whether something is due on it now. What destroys key material waits until `held`."""
        coming = self.next_due
        return coming is not None and coming[0] <= now and (coming[1] == ROTATION or now >= held)

    def is_gone(self, now: float, held: float) -> bool:
        """Whether its waiting period is over, even where its deletion is not written yet."""
        return self.deletion is not None and self.deletion <= now and now >= held

    @property
    def shown_material_id(self) -> str | None:
        """The id of its current material where AWS shows one: symmetric keys only (2.8)."""
        return self.material_id if self.spec == SYMMETRIC_DEFAULT and self.material_id else None

    def changed(self, **members: Any) -> Self:
        """The same with other members."""
        return type(self)(**{**vars(self), **members})

    def metadata(self) -> dict[str, Any]:
        """KeyMetadata's members by their Python names, those that are present (reference 2.8)."""
        shown: dict[str, Any] = {
            "aws_account_id": self.account,
            "key_id": self.key_id,
            "arn": self.arn,
            "creation_date": self.created,
            "enabled": self.is_enabled,
            "description": self.description,
            "key_state": self.state,
            "origin": self.origin,
            "key_manager": self.manager,
            "multi_region": self.multi_region is not None,
            "current_key_material_id": self.shown_material_id,
            **described(self.spec, self.usage),
            **(self.imported["shown"] if self.imported else {}),
        }
        if self.deletion is not None:
            shown["deletion_date"] = self.deletion
        if self.deletion_window is not None:
            shown["pending_deletion_window_in_days"] = self.deletion_window
        if self.multi_region:
            shown["multi_region_configuration"] = self._configuration()
        return shown

    def _configuration(self) -> dict[str, Any]:
        primary, *replicas = [
            {"arn": key_arn(self.account, region, self.key_id), "region": region} for region in self.regions
        ]
        key_type = "PRIMARY" if self.is_primary else "REPLICA"
        return {"multi_region_key_type": key_type, "primary_key": primary, "replica_keys": replicas}


class Happened:
    """What the service did to a key by itself: the event's name, the key, when it was due, and details.

    `is_call`: the service records it as a call of its own.
    """

    def __init__(
        self, name: str, key: Key, when: float, details: dict[str, Any] | None, *, is_call: bool = False
    ) -> None:
        self.name = name
        self.key = key
        self.when = when
        self.details = details
        self.is_call = is_call


class Use:
    """A key's last use: the operation, when, and the ids of its event and its request."""

    def __init__(self, operation: str, when: float, event_id: str, request_id: str) -> None:
        self.operation = operation
        self.when = when
        self.event_id = event_id
        self.request_id = request_id


KEY: Kind[Key] = Kind(16, "key", lambda value: Key(**value), vars)
LAST_USE: Kind[Use] = Kind(42, "last use", lambda value: Use(**value), vars)
"""Nothing is decided by it, and it is written without being read: calls on one key at once are no conflict."""


def scope(account: str, region: str) -> str:
    """The scope of an account's rows in a Region."""
    return f"{account} {region}"


def find_key(transaction: Transaction, account: str, region: str, key_id: str) -> Key | None:
    """A key by its id."""
    return transaction.get(KEY, scope(account, region), key_id.lower())


def save_key(transaction: Transaction, key: Key) -> None:
    """Write a key's record."""
    transaction.put(KEY, key.scope, key.key_id, key, due=key.due, first=key.key_id)


def note_use(transaction: Transaction, key: Key, use: Use) -> None:
    """Remember a use of a key as its last one (reference 2.10)."""
    transaction.touch(LAST_USE, key.scope, key.key_id, use)


def last_use(transaction: Transaction, key: Key) -> Use | None:
    """A key's last use, or None: it was never used."""
    return transaction.get(LAST_USE, key.scope, key.key_id)


def next_rotation(since: float, period: int) -> float:
    """When a key rotates next: a period of days after a moment."""
    return since + period * DAY
