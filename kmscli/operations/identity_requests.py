"""What requests of IAM are about, for policies that say who may make them.

A path that the request does not say is taken to be a slash alone.
"""

from typing import ClassVar

from kmscli.names import identity_arn
from kmscli.operations.shapes import Request


class IdentityRequest(Request):
    """A request about a user, a role or a group, or, if it names none, about no one thing."""

    about: ClassVar[str]

    def resource(self, account: str) -> str:
        name = self.__dict__.get(f"{self.about}_name")
        path = self.__dict__.get("path") or "/"
        return identity_arn("aws", account, self.about, path, name) if name else "*"


class UserRequest(IdentityRequest):
    """A request about a user."""

    about = "user"


class RoleRequest(IdentityRequest):
    """A request about a role."""

    about = "role"


class GroupRequest(IdentityRequest):
    """A request about a group."""

    about = "group"


class PolicyRequest(IdentityRequest):
    """A request about a managed policy, which is named by its ARN, but where it is made."""

    about = "policy"

    def resource(self, account: str) -> str:
        arn: str = self.__dict__.get("policy_arn") or super().resource(account)
        return arn
