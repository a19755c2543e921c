"""The request context: the values of condition keys (reference, kms-semantics 6.4).

A key is there with its values, or absent. What costs a look into the vault is only worked out when a policy asks for
it.
"""

from collections.abc import Callable, Mapping
from typing import Self

Values = tuple[str, ...]
"""A key's values; most have one."""
Source = Values | Callable[[], Values | None]
Family = Callable[[str], Values | None]


class Context:
    """Condition keys with their values. Names are compared without regard to case.

    `known`: values, or what works them out, by name in small letters. `families`: keys that end in a name of the
    caller's own, `aws:resourcetag/` say, by what they begin with. `was_asked`: whether anything depends on it so far.
    """

    def __init__(self, known: Mapping[str, Source], families: Mapping[str, Family] | None = None) -> None:
        self._known: dict[str, Source | None] = dict(known)
        self._families = families or {}
        self._work_out: Callable[[], tuple[Mapping[str, Source], Mapping[str, Family]]] | None = None
        self.was_asked = False

    @classmethod
    def deferred(cls, work_out: Callable[[], tuple[Mapping[str, Source], Mapping[str, Family]]]) -> Self:
        """One that is worked out when a policy first asks for a key; many ask for none."""
        made = cls({})
        made._work_out = work_out
        return made

    def get(self, name: str) -> Values | None:
        """A key's values; None if it is absent."""
        self.was_asked = True
        if self._work_out:
            known, self._families = self._work_out()
            self._known, self._work_out = dict(known), None
        name = name.lower()
        if name not in self._known:
            return self._of_family(name)
        found = self._known[name]
        if callable(found):
            found = self._known[name] = found()
        return found

    def _of_family(self, name: str) -> Values | None:
        for start, values in self._families.items():
            if name.startswith(start):
                return values(name[len(start) :])
        return None


NOTHING = Context({})
