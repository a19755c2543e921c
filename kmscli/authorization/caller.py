"""Who calls: the principal, seen from an account and a Region, and who it really is at this machine."""

import json
from typing import Any, Self

from kmscli.names import root_arn

KMS = "kms.amazonaws.com"
"""KMS as a service that calls."""
INTERNAL = "AWS Internal"
"""Whence, and with which agent, a service calls."""


class Caller:
    """A principal. `agent`: the user agent. `address`: where the call comes from.

    `really`: the process's own user, and by which door the call came in.
    """

    def __init__(self, account: str, region: str, *, arn: str = "", agent: str, door: str, uid: int, user: str) -> None:
        self.account = account
        self.region = region
        self.arn = arn or root_arn(account, region)
        self.is_root = self.arn.endswith(":root")
        self.agent = agent
        self.address = "127.0.0.1"
        self.service = ""
        """The service through which the call comes, by the first part of its endpoint's name: `s3`, `ec2`."""
        self.source_arn = ""
        """The resource on whose behalf a service calls."""
        self.explains = False
        """Whether the decisions on his calls are to be told: then each is weighed in full."""
        self.invoked_by = ""
        """The service that calls in the principal's name, if one does."""
        self.really = json.dumps({"uid": uid, "user": user, "door": door}, separators=(",", ":")).encode()

    def at(self, region: str) -> Self:
        """The same principal, calling in another Region."""
        other = type(self).__new__(type(self))
        other.__dict__.update(vars(self), region=region)
        return other

    def through(self, service: str) -> Self:
        """The same principal, as a service calls in his name."""
        other = type(self).__new__(type(self))
        host = f"{service}.amazonaws.com"
        other.__dict__.update(vars(self), service=service, agent=host, address=host, invoked_by=host)
        return other

    def through_kms(self, region: str) -> Self:
        """The same principal, as KMS calls in its name in another Region."""
        other = self.at(region)
        other.agent, other.address, other.invoked_by = INTERNAL, INTERNAL, KMS
        return other

    def identity(self, principal_id: str = "") -> dict[str, Any]:
        """CloudTrail's `userIdentity` (reference, kms-semantics 14.1). `principal_id`: his unique id, if he has one."""
        principal = self._principal(principal_id)
        return {**principal, "invokedBy": self.invoked_by} if self.invoked_by else principal

    def _principal(self, principal_id: str) -> dict[str, Any]:
        if self.is_root:
            return {"type": "Root", "principalId": self.account, "arn": self.arn, "accountId": self.account}
        name = self.arn.rsplit("/", 1)[-1]
        return {
            "type": "IAMUser",
            "principalId": principal_id or name,
            "arn": self.arn,
            "accountId": self.account,
            "userName": name,
        }
