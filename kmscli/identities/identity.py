"""What users, roles and groups have in common: policies. Users and roles have tags too, and may be bounded."""

from typing import Any, ClassVar

from kmscli.identities.resource import Resource


class Identity(Resource):
    """What has policies. `policies`: its inline policies' texts, by name. `attached`: managed policies, by ARN."""

    longest: ClassVar[int]
    """How many characters its inline policies may have together, white space aside."""

    def __init__(
        self, name: str, *, policies: dict[str, str] | None = None, attached: list[str] | None = None, **members: Any
    ) -> None:
        super().__init__(name, **members)
        self.policies = policies or {}
        self.attached = attached or []


class Entity(Identity):
    """What calls. `boundary`: the ARN of the managed policy that bounds what its policies allow, or empty."""

    def __init__(self, name: str, *, tags: dict[str, str] | None = None, boundary: str = "", **members: Any) -> None:
        super().__init__(name, **members)
        self.tags = tags or {}
        self.boundary = boundary
