"""KeyMetadata: what CreateKey and DescribeKey show of a key (reference, kms-semantics 2.8)."""

from typing import Any

from kmscli.keys.key import Key
from kmscli.operations.algorithm_members import MAC_ALGORITHMS, SIGNING_ALGORITHMS
from kmscli.operations.fields import Boolean, Enum, Integer, String, Timestamp
from kmscli.operations.members import (
    CUSTOMER_MASTER_KEY_SPECS,
    ENCRYPTION_ALGORITHMS,
    KEY_SPECS,
    KEY_STATES,
    KEY_USAGES,
    ORIGINS,
)
from kmscli.operations.shapes import List, Shape, Structure


class MultiRegionKey(Shape):
    """A related multi-Region key."""

    arn = String(20, 2048)
    region = String(1, 32, pattern="^([a-z]+-){2,3}\\d+$")


class MultiRegionConfiguration(Shape):
    """A multi-Region key's part in its set."""

    multi_region_key_type = Enum("PRIMARY", "REPLICA")
    primary_key = Structure(MultiRegionKey)
    replica_keys = List(Structure(MultiRegionKey))


class XksKeyConfiguration(Shape):
    """The external key behind a key."""

    id = String(1, 128, pattern="^[a-zA-Z0-9-_.]+$")


class KeyMetadata(Shape):
    """A key's metadata."""

    aws_account_id = String(wire="AWSAccountId")
    key_id = String(1, 2048).required()
    arn = String(20, 2048)
    creation_date = Timestamp()
    enabled = Boolean()
    description = String(0, 8192)
    key_usage = Enum(*KEY_USAGES)
    key_state = Enum(*KEY_STATES)
    deletion_date = Timestamp()
    valid_to = Timestamp()
    origin = Enum(*ORIGINS)
    custom_key_store_id = String(1, 64)
    cloud_hsm_cluster_id = String(19, 24, pattern="cluster-[2-7a-zA-Z]{11,16}")
    expiration_model = Enum("KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    key_manager = Enum("AWS", "CUSTOMER")
    customer_master_key_spec = Enum(*CUSTOMER_MASTER_KEY_SPECS)
    key_spec = Enum(*KEY_SPECS)
    encryption_algorithms = List(Enum(*ENCRYPTION_ALGORITHMS))
    signing_algorithms = List(Enum(*SIGNING_ALGORITHMS))
    key_agreement_algorithms = List(Enum("ECDH"))
    encapsulation_algorithms = List(Enum("ML_KEM"))
    multi_region = Boolean()
    multi_region_configuration = Structure(MultiRegionConfiguration)
    pending_deletion_window_in_days = Integer(1, 365)
    mac_algorithms = List(Enum(*MAC_ALGORITHMS))
    xks_key_configuration = Structure(XksKeyConfiguration)
    current_key_material_id = String(64, 64, pattern="^[a-f0-9]+$")


def metadata_of(key: Key) -> KeyMetadata:
    """A key's metadata."""
    shown = key.metadata()
    configuration = shown.get("multi_region_configuration")
    if configuration:
        shown["multi_region_configuration"] = _configuration(configuration)
    return KeyMetadata(**shown)


def _configuration(shown: dict[str, Any]) -> MultiRegionConfiguration:
    return MultiRegionConfiguration(
        multi_region_key_type=shown["multi_region_key_type"],
        primary_key=MultiRegionKey(**shown["primary_key"]),
        replica_keys=[MultiRegionKey(**replica) for replica in shown["replica_keys"]],
    )
