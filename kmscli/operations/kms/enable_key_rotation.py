"""EnableKeyRotation."""

from kmscli.keys.key import Key, next_rotation
from kmscli.keys.multi_region import save_shared, synchronized
from kmscli.keys.rotation import DEFAULT_PERIOD, check_rotates
from kmscli.keys.states import USABLE
from kmscli.operations.call import Call
from kmscli.operations.fields import Integer
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class EnableKeyRotationRequest(Request):
    """What EnableKeyRotation is asked."""

    key_id = OwnKeyId().required()
    rotation_period_in_days = (
        Integer(90, 2560, help="Days between rotations.").feeds("kms:RotationPeriodInDays").default(DEFAULT_PERIOD)
    )


@operation(targets=[Target("key_id", suits=check_rotates, states=USABLE)], logs="key")
def enable_key_rotation(call: Call, request: EnableKeyRotationRequest, key: Key) -> None:
    """Rotate a KMS key's material by itself, every 365 days or another period.

    Rotation makes new material for new ciphertexts; old ones go on decrypting.
    """
    period = request.rotation_period_in_days
    if key.rotation and key.rotation["period"] == period:
        return
    save_shared(call.transaction, key, rotation={"period": period, "next": next_rotation(call.now, period)})
    call.happened += synchronized(key, call.now)
