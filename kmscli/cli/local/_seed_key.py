"""A key of a seed file: its members, and what is to be made of them."""

from typing import Any

from kmscli.cli.local._seed_material import SeededMaterial, SeedMaterial
from kmscli.keys.aliases import QUOTA as ALIASES_QUOTA
from kmscli.keys.key import Key
from kmscli.operations.fields import Boolean, Enum, Field, String, Timestamp
from kmscli.operations.kms.create_key import VAULT_ORIGINS, CreateKeyRequest
from kmscli.operations.kms.enable_key_rotation import EnableKeyRotationRequest
from kmscli.operations.kms.replicate_key import ReplicateKeyRequest
from kmscli.operations.members import AliasName
from kmscli.operations.shapes import List, Map, Shape, Structure


class SeedKey(Shape):
    """What a seed file says of a key beyond what CreateKey and EnableKeyRotation take."""

    key_id = String(1, 36).required()
    account = String()
    region = String()
    origin = Enum(*VAULT_ORIGINS)
    created = Timestamp()
    enabled = Boolean()
    next_rotation = Timestamp()
    materials = List(Structure(SeedMaterial), 1, 1000).required()
    aliases = List(AliasName(), 0, ALIASES_QUOTA)
    tags = Map()
    replicas = List(Map())


class ImportingSeedKey(Shape):
    """What it says otherwise of a key whose material is imported: it may wait for it."""

    materials = List(Structure(SeedMaterial), 1, 1000)


class SeedReplica(Shape):
    """What it says of a replica beyond what ReplicateKey takes."""

    region = String().required()
    aliases = List(AliasName(), 0, ALIASES_QUOTA)
    tags = Map()


def _by_name(*fields: Field[Any]) -> dict[str, Field[Any]]:
    return {field.name: field for field in fields}


FROM_CREATE_KEY = ("KeySpec", "KeyUsage", "Description", "Policy", "MultiRegion", "Origin")
FIELDS = _by_name(
    *(CreateKeyRequest.fields[name] for name in FROM_CREATE_KEY),
    EnableKeyRotationRequest.fields["RotationPeriodInDays"],
    *SeedKey.fields.values(),
)
"""A key's members by their names in the file."""
IMPORTING_FIELDS = {**FIELDS, **_by_name(*ImportingSeedKey.fields.values())}
"""Those of a key of origin EXTERNAL."""
REPLICA_FIELDS = _by_name(
    *SeedReplica.fields.values(), *(ReplicateKeyRequest.fields[name] for name in ("Description", "Policy"))
)
"""Those of a replica."""


class Seed:
    """A key to be seeded, or a replica of one, and its `path` in the file. What is None is as the vault's time has it.

    A multi-Region `key` names its whole set, as it is once all the replicas are made.
    """

    def __init__(self, path: str, key: Key, read: dict[str, Any], policy: str) -> None:
        self.path = path
        self.key = key
        self.created: float | None = read.get("created")
        self.period: int | None = read.get("rotation_period_in_days")
        self.next_rotation: float | None = read.get("next_rotation")
        self.aliases: list[str] = read.get("aliases", [])
        self.tags: dict[str, str] = read.get("tags", {})
        self.policy = policy
        self.materials: list[SeededMaterial] = []
        self.replicas: list[Seed] = []

    @property
    def set(self) -> "list[Seed]":
        """The key and its replicas."""
        return [self, *self.replicas]
