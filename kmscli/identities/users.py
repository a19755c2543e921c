"""Users: who calls with a name and policies of his own."""

from typing import Any

from kmscli.identities.identity import Identity
from kmscli.vault.transaction import Kind


class User(Identity):
    """A user. `boundary`: the ARN of the managed policy that bounds what his policies allow, or empty."""

    word = "user"
    prefix = "AIDA"
    quota = 5000
    longest = 2048

    def __init__(self, name: str, *, tags: dict[str, str] | None = None, boundary: str = "", **members: Any) -> None:
        super().__init__(name, **members)
        self.tags = tags or {}
        self.boundary = boundary


USER: Kind[User] = Kind(48, "user", lambda value: User(**value), vars)
