"""GetKeyRotationStatus."""

from kmscli.keys.key import Key
from kmscli.keys.rotation import check_has_status
from kmscli.keys.states import DELETING
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, Integer, String, Timestamp
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class GetKeyRotationStatusRequest(Request):
    """What GetKeyRotationStatus is asked."""

    key_id = OwnKeyId().required()


class GetKeyRotationStatusResponse(Response):
    """What GetKeyRotationStatus answers."""

    key_rotation_enabled = Boolean()
    key_id = String(1, 2048)
    rotation_period_in_days = Integer(90, 2560)
    next_rotation_date = Timestamp()
    on_demand_rotation_start_date = Timestamp()


@operation(targets=[Target("key_id", suits=check_has_status)], read_only=True)
def get_key_rotation_status(call: Call, request: GetKeyRotationStatusRequest, key: Key) -> GetKeyRotationStatusResponse:
    """Show whether a KMS key rotates by itself, how often, and when next."""
    if key.rotation is None or key.state in DELETING:
        return GetKeyRotationStatusResponse(key_id=key.arn, key_rotation_enabled=False)
    return GetKeyRotationStatusResponse(
        key_id=key.arn,
        key_rotation_enabled=True,
        rotation_period_in_days=key.rotation["period"],
        next_rotation_date=key.rotation["next"],
    )
