"""Managed policies: policies with a name of their own, attached to any number of users, roles and groups.

A policy has up to five versions, of which one is in force. How often it is attached, and how often it is a permissions
boundary, is kept beside it: AWS's own policies are in every account, and are counted in each.
"""

from typing import Any, Self

from kmscli.identities.resource import Resource, find
from kmscli.vault.transaction import Kind, Transaction, plain_kind

AWS = "aws"
"""The account of the policies that are in every account."""
MOST_VERSIONS = 5
LONGEST = 6144
"""How many characters a version may have, white space aside."""
MOST_ATTACHED = 10
"""How many may be attached to a user, role or group."""


class Version:
    """A version of a policy. `number`: 2 is `v2`."""

    def __init__(self, number: int, *, text: str, created: int) -> None:
        self.number = number
        self.text = text
        self.created = created

    @property
    def version_id(self) -> str:
        """Its id."""
        return f"v{self.number}"


class ManagedPolicy(Resource):
    """A managed policy. `in_force`: the number of its default version. `newest`: the highest number ever given.

    `versions`: those that there are, oldest first.
    """

    number = 52
    rows = "managed policy"
    word = "policy"
    plural = "policies"
    prefix = "ANPA"
    quota = 1500

    def __init__(
        self,
        name: str,
        *,
        versions: list[dict[str, Any]],
        in_force: int = 1,
        newest: int = 1,
        description: str | None = None,
        tags: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(name, **members)
        self.versions = versions
        self.in_force = in_force
        self.newest = newest
        self.description = description
        self.tags = tags or {}

    @property
    def updated(self) -> int:
        """When its newest version was made."""
        return max(version.created for version in self.all_versions())

    @property
    def text(self) -> str:
        """What is in force."""
        return next(version.text for version in self.all_versions() if version.number == self.in_force)

    def all_versions(self) -> list[Version]:
        """Its versions, oldest first."""
        return [Version(**version) for version in self.versions]

    def with_version(self, text: str, created: int, *, in_force: bool) -> Self:
        """The same with one more version."""
        number = self.newest + 1
        versions = [*self.versions, vars(Version(number, text=text, created=created))]
        return self.changed(versions=versions, newest=number, in_force=number if in_force else self.in_force)

    def without_version(self, number: int) -> Self:
        """The same with one version less."""
        return self.changed(versions=[version for version in self.versions if version["number"] != number])


USES: Kind[dict[str, int]] = plain_kind(54, "policy uses")
"""How often an account uses a policy: `attached` and `boundary`."""
NO_USES = {"attached": 0, "boundary": 0}


def policy_of(transaction: Transaction, arn: str) -> ManagedPolicy | None:
    """A managed policy by its ARN, AWS's own among them. Whose it is, is for the caller to see."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or not parts[5].startswith("policy/"):
        return None
    if parts[4] == AWS:
        from kmscli.identities.aws_policies import aws_policy

        return aws_policy(parts[1], parts[5].removeprefix("policy/"))
    found = find(transaction, ManagedPolicy, parts[4], parts[5].rpartition("/")[2])
    return found if found and found.arn == arn else None


def uses_of(transaction: Transaction, account: str, arn: str) -> dict[str, int]:
    """How often an account uses a policy."""
    return transaction.get(USES, account, arn) or NO_USES


def note_use(transaction: Transaction, account: str, arn: str, way: str, change: int) -> None:
    """Count a use of a policy, `attached` or `boundary`, that comes or goes."""
    uses = uses_of(transaction, account, arn)
    transaction.put(USES, account, arn, {**uses, way: uses[way] + change})
