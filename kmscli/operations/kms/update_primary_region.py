"""UpdatePrimaryRegion."""

from kmscli.errors import NotFoundException, ValidationException
from kmscli.keys.key import Key
from kmscli.keys.multi_region import check_primary, related_keys, save_shared
from kmscli.keys.states import USABLE, refuse_state
from kmscli.names import key_arn
from kmscli.operations.authorizing import authorize_key
from kmscli.operations.call import Call, Elsewhere
from kmscli.operations.members import OwnKeyId, Region
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class UpdatePrimaryRegionRequest(Request):
    """What UpdatePrimaryRegion is asked."""

    key_id = OwnKeyId("The multi-Region primary key, by id or key ARN.").required()
    primary_region = (
        Region("The Region of the replica that is to be the primary key.").feeds("kms:PrimaryRegion").required()
    )


@operation(targets=[Target("key_id", suits=check_primary, states=USABLE)])
def update_primary_region(call: Call, request: UpdatePrimaryRegionRequest, key: Key) -> None:
    """Make a replica of a multi-Region key the primary key, and the primary key a replica.

    Both must be enabled. Call this in the Region of the key that is the primary one so far.
    """
    region = request.primary_region
    if region == key.region:
        raise ValidationException(f"{key.arn} is the primary key already.")
    replica = replica_in(call, key, region)
    authorize_key(call, request, "kms:UpdatePrimaryRegion", replica, replica.arn)
    if replica.state not in USABLE:
        refuse_state(replica.arn, replica.state, USABLE)
    replicas = sorted({*key.regions, region} - {region})
    save_shared(call.transaction, key, multi_region={"primary": region, "replicas": replicas})
    call.elsewhere.append(Elsewhere(call.name, region))


def replica_in(call: Call, key: Key, region: str) -> Key:
    """The replica of a primary key in a Region. Raises NotFoundException."""
    for replica in related_keys(call.transaction, key):
        if replica.region == region:
            return replica
    raise NotFoundException(f"Key '{key_arn(key.account, region, key.key_id)}' does not exist")
