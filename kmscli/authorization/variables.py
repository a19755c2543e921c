"""Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and `${*}`, `${?}`, `${$}`, which are those
characters (reference, kms-semantics 6.6).
"""

from kmscli.authorization.context import Context
from kmscli.authorization.wildcards import Pattern, pattern_of

_CHARACTERS = ("*", "?", "$")


def stand_for(text: str, context: Context) -> dict[str, str | None]:
    """What each variable in a policy's text stands for; None: nothing."""
    names = [part.partition("}")[0] for part in text.split("${")[1:] if "}" in part]
    return {name: _value(name, context) for name in names if name not in _CHARACTERS}


def expanded(text: str, context: Context) -> Pattern | None:
    """A policy's text as a pattern, with each variable as what it stands for. None: one stands for nothing.

    What a variable stands for is taken by the letter: a `*` in a user's name is no wildcard.
    """
    if "${" not in text:
        return pattern_of(text)
    pattern: list[str] = []
    rest = text
    while "${" in rest:
        before, _, rest = rest.partition("${")
        name, closed, rest = rest.partition("}")
        value = _value(name, context) if closed else None
        if value is None:
            return None
        pattern += [*pattern_of(before), *value]
    return [*pattern, *pattern_of(rest)]


def _value(variable: str, context: Context) -> str | None:
    if variable in _CHARACTERS:
        return variable
    name, has_default, default = variable.partition(",")
    values = context.get(name.strip())
    if values is not None and len(values) == 1:
        return values[0]
    default = default.strip()
    quoted = has_default and len(default) > 1 and default[0] == default[-1] == "'"
    return default[1:-1] if quoted else None
