"""Actions of other services, or in other Regions, that an operation of KMS asks for besides its own (reference 6.2)."""

from collections.abc import Iterator
from typing import Any

from kmscli.keys.key import Key
from kmscli.names import key_arn, service_linked_role_arn
from kmscli.operations.authorizing import authorize_alone
from kmscli.operations.call import Call
from kmscli.operations.shapes import Request

MULTI_REGION = ("mrk.kms.amazonaws.com", "AWSServiceRoleForKeyManagementServiceMultiRegionKeys")
KEY_STORES = ("cks.kms.amazonaws.com", "AWSServiceRoleForKeyManagementServiceCustomKeyStores")
"""The services that KMS has roles for in an account, and how their roles are called."""


class Conditions(Request):
    """What conditions look at where KMS asks for an action itself, for which there is no request."""

    def __init__(self, *values: tuple[str, Any]) -> None:
        super().__init__()
        self.__dict__["values"] = values

    def conditions(self, action: str) -> Iterator[tuple[str, Any]]:  # noqa: ARG002  it is about one action
        """Those that were given."""
        yield from self.__dict__["values"]


def authorize_service_linked_role(call: Call, role: tuple[str, str]) -> None:
    """See that the caller may let KMS have one of its roles in the account. Raises AccessDeniedException."""
    service, name = role
    resource = service_linked_role_arn(call.caller.account, call.caller.region, service, name)
    asked = Conditions(("iam:AWSServiceName", service))
    authorize_alone(call, asked, "iam:CreateServiceLinkedRole", resource, asked_by="kms")


def authorize_look(call: Call, action: str) -> None:
    """See that the caller may look at what KMS looks at in his name. Raises AccessDeniedException."""
    authorize_alone(call, Conditions(), action, "*", asked_by="kms")


def authorize_replica(call: Call, request: Any, key: Key, region: str) -> None:
    """See that the caller may make a key like another one in another Region. Raises AccessDeniedException."""
    given = [("aws:RequestTag/", request.tags)] if request.tags else []
    bypass = request.__dict__.get("bypass_policy_lockout_safety_check")
    if bypass is not None:
        given.append(("kms:BypassPolicyLockoutSafetyCheck", bypass))
    asked = Conditions(
        ("kms:KeySpec", key.spec),
        ("kms:KeyUsage", key.usage),
        ("kms:KeyOrigin", key.origin),
        ("kms:MultiRegion", True),
        ("kms:MultiRegionKeyType", "REPLICA"),
        *given,
    )
    authorize_alone(call, asked, "kms:CreateKey", key_arn(key.account, region, key.key_id))
