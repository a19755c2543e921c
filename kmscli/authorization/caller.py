"""Who calls: the principal, seen from an account and a Region, and who it really is at this machine."""

import json
from functools import lru_cache
from typing import Any, Self

from kmscli.clock import iso8601
from kmscli.names import role_arn, root_arn

KMS = "kms.amazonaws.com"
"""KMS as a service that calls."""
INTERNAL = "AWS Internal"
"""Whence, and with which agent, a service calls."""


_TYPES = {"assumed-role": "AssumedRole", "federated-user": "FederatedUser"}
"""What CloudTrail calls callers that are no users, by the kind of their ARN."""


@lru_cache(maxsize=64)  # a server's callers come by few doors
def _really(uid: int, user: str, door: str) -> bytes:
    """Who calls at this machine, in JSON, as every event says it."""
    return json.dumps({"uid": uid, "user": user, "door": door}, separators=(",", ":")).encode()


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
        self.endpoint = self.vpc = self.endpoint_account = ""
        """The VPC endpoint through which the call comes, the VPC that it is in, and whose it is."""
        self.source_arn = ""
        """The resource on whose behalf a service calls."""
        self.explains = False
        """Whether the decisions on his calls are to be told: then each is weighed in full."""
        self.access_key = ""
        """The id of the access key that says so, if one does."""
        self.session: Any = None
        """The session of a role, if the caller has assumed one: an `identities.sessions.Session`."""
        self.invoked_by = ""
        """The service that calls in the principal's name, if one does."""
        self.really = _really(uid, user, door)

    def at(self, region: str) -> Self:
        """The same principal, calling in another Region."""
        other = type(self).__new__(type(self))
        other.__dict__.update(vars(self), region=region)
        return other

    def become(self, arn: str, *, access_key: str, session: Any = None) -> Self:
        """The same process, as the principal that credentials name."""
        other = self.at(self.region)
        other.account, other.arn, other.is_root = arn.split(":", 5)[4], arn, arn.endswith(":root")
        other.access_key, other.session = access_key, session
        return other

    def through(self, service: str) -> Self:
        """The same principal, as a service calls in his name."""
        other = type(self).__new__(type(self))
        host = f"{service}.amazonaws.com"
        other.__dict__.update(vars(self), service=service, agent=host, address=host, invoked_by=host)
        return other

    def as_service(self, name: str, source_arn: str) -> Self:
        """A service that calls by itself, on behalf of a resource (its ARN, or "")."""
        other = self.at(self.region)
        other.arn, other.is_root, other.source_arn = name, False, source_arn
        other.agent = other.address = name
        return other

    def through_endpoint(self, endpoint: str, vpc: str, account: str) -> Self:
        """The same principal, calling through a VPC endpoint, which is an account's in one of its VPCs."""
        other = self.at(self.region)
        other.endpoint, other.vpc, other.endpoint_account = endpoint, vpc, account
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
        if not self.arn.startswith("arn:"):
            return {"type": "AWSService", "invokedBy": self.arn}
        if self.is_root:
            return {"type": "Root", "principalId": self.account, "arn": self.arn, "accountId": self.account}
        name = self.arn.rsplit("/", 1)[-1]
        kind = _TYPES.get(self.arn.split(":", 5)[5].partition("/")[0], "IAMUser")
        known = {"type": kind, "principalId": principal_id or name, "arn": self.arn, "accountId": self.account}
        if self.access_key:
            known["accessKeyId"] = self.access_key
        if kind == "IAMUser":
            return {**known, "userName": name}
        if kind == "FederatedUser":
            return known
        return {**known, "sessionContext": self._session_context(principal_id)}

    def _session_context(self, principal_id: str) -> dict[str, Any]:
        """The role behind a session, and since when it is."""
        role = self.arn.split("/")[1]
        arn = self.session.role_arn if self.session else role_arn(self.arn)
        issuer = {"type": "Role", "arn": arn, "accountId": self.account, "userName": role}
        if principal_id:
            issuer["principalId"] = principal_id.partition(":")[0]
        if not self.session:
            return {"sessionIssuer": issuer}
        attributes = {"creationDate": iso8601(self.session.issued), "mfaAuthenticated": "false"}
        return {"sessionIssuer": issuer, "attributes": attributes}
