"""Users: who calls with a name and policies of his own, and those of his groups."""

from typing import Any

from kmscli.identities.identity import Entity


class User(Entity):
    """A user. `groups`: the names of the groups that he is in. `access_keys`: the ids of his access keys, by age."""

    number = 48
    word = "user"
    plural = "users"
    prefix = "AIDA"
    quota = 5000
    longest = 2048

    def __init__(
        self, name: str, *, groups: list[str] | None = None, access_keys: list[str] | None = None, **members: Any
    ) -> None:
        super().__init__(name, **members)
        self.groups = groups or []
        self.access_keys = access_keys or []
