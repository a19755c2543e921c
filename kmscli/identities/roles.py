"""Roles: whoever may assume one has its policies for a while."""

from typing import Any

from kmscli.identities.identity import Entity


class Role(Entity):
    """A role. `trust`: the policy that says who may assume it. `longest_session`: in seconds."""

    number = 49
    word = "role"
    plural = "roles"
    prefix = "AROA"
    quota = 1000
    longest = 10_240

    def __init__(
        self, name: str, *, trust: str, description: str | None = None, longest_session: int = 3600, **members: Any
    ) -> None:
        super().__init__(name, **members)
        self.trust = trust
        self.description = description
        self.longest_session = longest_session
