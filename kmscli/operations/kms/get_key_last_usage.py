"""GetKeyLastUsage."""

from kmscli.keys.key import Key, last_use
from kmscli.operations.call import Call
from kmscli.operations.fields import Enum, String, Timestamp
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response, Shape, Structure


class GetKeyLastUsageRequest(Request):
    """What GetKeyLastUsage is asked."""

    key_id = OwnKeyId().required()


class KeyLastUsageData(Shape):
    """A key's last use."""

    operation = Enum(
        "Decrypt", "DeriveSharedSecret", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac", "ReEncrypt", "Sign",
        "Verify", "VerifyMac", "Encapsulate", "Decapsulate",
    )  # fmt: skip
    timestamp = Timestamp()
    cloud_trail_event_id = String()
    kms_request_id = String()


class GetKeyLastUsageResponse(Response):
    """What GetKeyLastUsage answers."""

    key_id = String(1, 2048)
    key_last_usage = Structure(KeyLastUsageData)
    tracking_start_date = Timestamp()
    key_creation_date = Timestamp()


@operation(targets=[Target("key_id")], read_only=True)
def get_key_last_usage(call: Call, request: GetKeyLastUsageRequest, key: Key) -> GetKeyLastUsageResponse:
    """Show the last successful cryptographic operation of a KMS key, and when that was.

    Every use is noted from the key's creation on; dry runs and refused calls are none.
    """
    return GetKeyLastUsageResponse(
        key_id=key.arn,
        key_last_usage=shown(call, key),
        tracking_start_date=key.created,
        key_creation_date=key.created,
    )


def shown(call: Call, key: Key) -> KeyLastUsageData:
    """A key's last use as the answer shows it: without members if there was none."""
    use = last_use(call.transaction, key)
    if use is None:
        return KeyLastUsageData()
    return KeyLastUsageData(
        operation=use.operation,
        timestamp=use.when,
        cloud_trail_event_id=use.event_id,
        kms_request_id=use.request_id,
    )
