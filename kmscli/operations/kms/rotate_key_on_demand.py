"""RotateKeyOnDemand."""

from kmscli.errors import ConflictException, KMSInvalidStateException, LimitExceededException
from kmscli.keys.imports import is_everywhere
from kmscli.keys.key import Key
from kmscli.keys.material import materials_of
from kmscli.keys.rotation import ON_DEMAND, ON_DEMAND_QUOTA, SOON, check_rotates_on_demand, rotate, rotate_to
from kmscli.keys.states import USABLE
from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class RotateKeyOnDemandRequest(Request):
    """What RotateKeyOnDemand is asked."""

    key_id = OwnKeyId().required()


class RotateKeyOnDemandResponse(Response):
    """What RotateKeyOnDemand answers."""

    key_id = String(1, 2048)


@operation(targets=[Target("key_id", suits=check_rotates_on_demand, states=USABLE)], logs="key")
def rotate_key_on_demand(call: Call, request: RotateKeyOnDemandRequest, key: Key) -> RotateKeyOnDemandResponse:
    """Rotate a KMS key's material now. Up to 25 times in a key's life; automatic rotation goes on as before.

    A key of imported material rotates to the one that was imported as new, and waits for this.
    """
    materials = materials_of(call.transaction, key)
    pending = next((material for material in materials if material.pending), None)
    if key.origin == "EXTERNAL" and pending is None:
        raise KMSInvalidStateException(f"{key.arn} has no key material that is pending rotation.")
    if pending and not is_everywhere(call.transaction, key, pending):
        raise KMSInvalidStateException(f"{key.arn} has replicas without the key material that is pending rotation.")
    if key.rotation and key.rotation["next"] - call.now <= SOON:
        raise ConflictException(f"{key.arn} is about to be rotated automatically.")
    if sum(material.rotation_type == ON_DEMAND for material in materials) >= ON_DEMAND_QUOTA:
        raise LimitExceededException(f"{key.arn} has reached the quota of {ON_DEMAND_QUOTA} on-demand rotations.")
    if pending:
        call.happened += rotate_to(call.transaction, key, pending, call.now, ON_DEMAND)
    else:
        call.happened += rotate(call.transaction, key, call.now, ON_DEMAND)
    return RotateKeyOnDemandResponse(key_id=key.arn)
