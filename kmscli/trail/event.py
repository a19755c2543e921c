"""The records: CloudTrail's shape for a call, and for what the service does by itself (reference, kms-semantics 14)."""

from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.clock import iso8601
from kmscli.errors import KmscliError, ServiceError
from kmscli.names import new_uuid

VERSION = "1.11"
KMS = "kms.amazonaws.com"
LOCAL = "kmscli.local"
"""The event source of what kmscli itself does to a vault: keyslots, rekeying, restoring."""


def call_record(
    caller: Caller,
    name: str,
    now: float,
    *,
    request_id: str,
    event_id: str,
    read_only: bool,
    parameters: dict[str, Any] | None,
    answer: dict[str, Any] | None = None,
    additional: dict[str, Any] | None = None,
    resources: list[dict[str, str]] | None = None,
    error: KmscliError | None = None,
    source: str = KMS,
    principal_id: str = "",
    shared_id: str = "",
) -> dict[str, Any]:
    """The record of a call, allowed or failed.

    `principal_id`: the caller's unique id, if he has one. `shared_id`: of the copies that several accounts get.
    """
    record: dict[str, Any] = {
        "eventVersion": VERSION,
        "userIdentity": caller.identity(principal_id),
        "eventTime": iso8601(now),
        "eventSource": source,
        "eventName": name,
        "awsRegion": caller.region,
        "sourceIPAddress": caller.address,
        "userAgent": caller.agent,
    }
    if error:
        record["errorCode"] = _code(error)
        if error.message:
            record["errorMessage"] = error.message
    record["requestParameters"] = parameters or None
    record["responseElements"] = answer or None
    if additional:
        record["additionalEventData"] = additional
    record["requestID"] = request_id
    record["eventID"] = event_id
    record["readOnly"] = read_only
    if resources is not None:
        record["resources"] = resources
    record["eventType"] = "AwsApiCall"
    record["managementEvent"] = True
    record["recipientAccountId"] = caller.account
    if shared_id:
        record["sharedEventID"] = shared_id
    if caller.endpoint:
        record.update(vpcEndpointId=caller.endpoint, vpcEndpointAccountId=caller.endpoint_account)
    record["eventCategory"] = "Management"
    return record


def copy_for(record: dict[str, Any], account: str) -> dict[str, Any]:
    """The copy of a call's record that the account of a key gets whose caller is of another account (14.1).

    It says which account called and hides the name of who did.
    """
    caller = record["userIdentity"]
    if caller["type"] == "AWSService":
        return {**record, "eventID": new_uuid(), "recipientAccountId": account}
    identity = {"type": "AWSAccount", "principalId": caller["principalId"], "accountId": caller["accountId"]}
    return {**record, "userIdentity": identity, "eventID": new_uuid(), "recipientAccountId": account}


def _code(error: KmscliError) -> str:
    """The code that the trail shows: what is no answer of the service, a damaged row say, is an internal failure."""
    if not isinstance(error, ServiceError):
        return "KMSInternalException"
    return "AccessDenied" if error.code == "AccessDeniedException" else error.code


def service_record(
    name: str, account: str, region: str, arn: str, when: float, details: Any, *, request_id: str = ""
) -> dict[str, Any]:
    """The record of what the service did by itself: RotateKey, DeleteKey (14.3). `request_id`: if that was a call."""
    record: dict[str, Any] = {
        "eventVersion": VERSION,
        "userIdentity": {"accountId": account, "invokedBy": "AWS Internal"},
        "eventTime": iso8601(when),
        "eventSource": KMS,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": "AWS Internal",
        "userAgent": "AWS Internal",
        "requestParameters": None,
        "responseElements": None,
        **({"requestID": request_id} if request_id else {}),
        "eventID": new_uuid(),
        "readOnly": False,
        "resources": [key_resource(account, arn)],
        "eventType": "AwsApiCall" if request_id else "AwsServiceEvent",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
    if details:
        record["serviceEventDetails"] = details
    return record


def key_resource(account: str, arn: str) -> dict[str, str]:
    """An entry of `resources`; the type is the same for aliases."""
    return {"accountId": account, "type": "AWS::KMS::Key", "ARN": arn}
