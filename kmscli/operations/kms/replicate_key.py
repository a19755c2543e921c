"""ReplicateKey."""

from typing import Any

from kmscli.errors import AlreadyExistsException, ValidationException
from kmscli.keys.key import Key, scope
from kmscli.keys.multi_region import check_primary, replicate
from kmscli.keys.regions import REGIONS
from kmscli.keys.specs import old_name
from kmscli.keys.states import CREATING, REPLICABLE
from kmscli.names import key_arn, partition_of
from kmscli.operations.call import Call, Elsewhere
from kmscli.operations.dependent_actions import authorize_replica
from kmscli.operations.fields import String
from kmscli.operations.key_metadata import KeyMetadata, metadata_of
from kmscli.operations.members import BypassLockoutCheck, OwnKeyId, Policy, Region, Tag, Tags
from kmscli.operations.new_keys import check_furnished, check_new_key, furnish
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import List, Request, Response, Shape, Structure


class ReplicateKeyRequest(Request):
    """What ReplicateKey is asked."""

    key_id = OwnKeyId("The multi-Region primary key, by id or key ARN.").required()
    replica_region = Region("The Region to make a replica in.").feeds("kms:ReplicaRegion").required()
    policy = Policy()
    bypass_policy_lockout_safety_check = BypassLockoutCheck().default(False)
    description = String(0, 8192, help="What the replica is for; not secret.").default("")
    tags = Tags()


class ReplicateKeyResponse(Response):
    """What ReplicateKey answers."""

    replica_key_metadata = Structure(KeyMetadata)
    replica_policy = Policy()
    replica_tags = List(Structure(Tag), logged=False)


class CreateKeyAnswer(Shape):
    """What the record of the replica's CreateKey shows."""

    key_metadata = Structure(KeyMetadata)


@operation(targets=[Target("key_id", suits=check_primary, states=REPLICABLE)], logs="response")
def replicate_key(call: Call, request: ReplicateKeyRequest, key: Key) -> ReplicateKeyResponse:
    """Make a replica of a multi-Region primary key in another Region of the same partition.

    The replica has the primary key's id and key material, so that what one encrypts the other decrypts. Policy, tags,
    description, aliases and grants are its own, and none of the primary key's. Call this in the primary key's Region.
    """
    region, transaction = request.replica_region, call.transaction
    check_region(region, key)
    authorize_replica(call, request, key, region)
    check_new_key(transaction, scope(key.account, region), request.policy, request.tags)
    replica = replicate(transaction, key, region, now=call.now, description=request.description)
    policy = furnish(transaction, replica, request.policy, request.tags)
    check_furnished(call, request, replica)
    metadata = metadata_of(replica.changed(state=CREATING))
    answer = CreateKeyAnswer(key_metadata=metadata)
    made = Elsewhere("CreateKey", region, parameters=_create_key(request, replica), answer=answer, made=replica)
    call.elsewhere.append(made)
    return ReplicateKeyResponse(replica_key_metadata=metadata, replica_policy=policy, replica_tags=request.tags or [])


def check_region(region: str, primary: Key) -> None:
    """Raises ValidationException: no Region of the partition. AlreadyExistsException: a related key is there."""
    partition = partition_of(primary.region)
    if region not in REGIONS or partition_of(region) != partition:
        raise ValidationException(f"{region} is not a Region of the partition {partition}.")
    if region in primary.regions:
        raise AlreadyExistsException(f"{key_arn(primary.account, region, primary.key_id)} already exists.")


def _create_key(request: ReplicateKeyRequest, replica: Key) -> dict[str, Any]:
    """The requestParameters of the replica's CreateKey (reference 14.2)."""
    shared = ("policy", "bypassPolicyLockoutSafetyCheck", "description", "tags")
    return {
        **{name: value for name, value in request.logged({}).items() if name in shared},
        "keyUsage": replica.usage,
        "keySpec": replica.spec,
        **({"customerMasterKeySpec": old_name(replica.spec)} if old_name(replica.spec) else {}),
        "origin": replica.origin,
        "multiRegion": True,
    }
