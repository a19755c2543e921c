"""Which alias named which key, at the moment that a replay has come to."""


class Aliases:
    """Learned from the events that made, moved and deleted aliases, in their order. Keys and aliases by ARN."""

    def __init__(self) -> None:
        self._target: dict[str, str] = {}
        self._of_key: dict[str, list[str]] = {}

    def of(self, key: str) -> list[str]:
        """The names of a key's aliases, in the order in which it got them."""
        return [name(alias) for alias in self._of_key.get(key, ())]

    def set(self, alias: str, key: str) -> None:
        """An alias names a key from now on."""
        self.drop(alias)
        self._target[alias] = key
        self._of_key.setdefault(key, []).append(alias)

    def drop(self, alias: str) -> None:
        """An alias names nothing from now on."""
        key = self._target.pop(alias, "")
        if key:
            self._of_key[key].remove(alias)

    def drop_all(self, key: str) -> None:
        """A key is deleted, and its aliases with it. One with the same ARN may come: a replica in its place."""
        for alias in self._of_key.pop(key, ()):
            del self._target[alias]


def name(alias: str) -> str:
    """`alias/app` of an alias ARN."""
    return alias[alias.index(":alias/") + 1 :]
