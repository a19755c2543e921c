"""Replay: the records of a log, in order, as what happened: when, who, what, to which key, and how it ended."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from msgspec import MsgspecError, Raw, Struct, field
from msgspec.json import Decoder

from kmscli.trail.aliases import Aliases
from kmscli.trail.cloudtrail import Source
from kmscli.trail.records import Resource, decoded, records

OK = "ok"


class _Identity(Struct, rename="camel"):
    type: str | None = None
    arn: str | None = None
    user_name: str | None = None
    invoked_by: str | None = None
    account_id: str | None = None


class _Record(Struct, rename="camel"):
    event_time: str
    event_name: str
    event_source: str = ""
    aws_region: str = ""
    user_identity: _Identity | None = None
    error_code: str | None = None
    error_message: str | None = None
    request_parameters: Raw = Raw(b"null")
    resources: list[Resource] | None = None
    recipient_account_id: str | None = None
    event_id: str = field(default="", name="eventID")


class _Parameters(Struct, rename="camel"):
    key_id: str | None = None
    alias_name: str | None = None
    target_key_id: str | None = None


_decode = Decoder(_Record).decode
_decode_parameters = Decoder(_Parameters | None).decode

_ALIAS_CHANGES = {"CreateAlias": "set", "UpdateAlias": "set", "DeleteAlias": "drop", "DeleteKey": "drop all"}


class Key(Struct):
    """A key that an event is about: its ARN (where it was not found, what the caller gave), its aliases by then."""

    key: str
    aliases: list[str]


class Entry(Struct):
    """What happened. `outcome`: `ok` or the error's code. `event`: the record's eventID."""

    time: str
    principal: str
    operation: str
    keys: list[Key]
    outcome: str
    message: str
    region: str
    event: str


def replay(
    sources: Iterable[Source],
    complain: Callable[[str], object],
    progress: Callable[[], object] = lambda: None,
) -> Iterator[Entry]:
    """What happened, source for source. `complain` is told of each text that is no record; `progress` is called now
    and then. Raises KmscliError: a file cannot be read.
    """
    aliases = Aliases()
    for record in records(sources, _decode, complain, progress):
        yield _entry(record, aliases)


def in_order(sources: Iterable[Source]) -> list[Source]:
    """Sources by the time of their first record."""
    timed = []
    for source in sources:
        first = next(source.texts, b"")
        record = decoded(first, _decode)
        timed.append((record.event_time if record else "", source._replace(texts=chain([first], source.texts))))
    return [source for _, source in sorted(timed, key=lambda pair: pair[0])]


def _entry(record: _Record, aliases: Aliases) -> Entry:
    """What a record says, with the aliases as they are when it has happened; what is deleted shows once more."""
    keys = [resource.arn for resource in record.resources or () if resource.arn and ":key/" in resource.arn]
    changes = "" if record.error_code else _ALIAS_CHANGES.get(record.event_name, "")
    if changes == "set":
        _change_alias(record, keys, aliases)
    entry = Entry(
        record.event_time,
        _principal(record.user_identity),
        record.event_name,
        [Key(key, aliases.of(key)) for key in keys] or [Key(name, []) for name in _as_given(record)],
        record.error_code or OK,
        record.error_message or "",
        record.aws_region,
        record.event_id,
    )
    if changes == "drop":
        _change_alias(record, keys, aliases)
    elif changes == "drop all":
        for key in keys:
            aliases.drop_all(key)
    return entry


def _change_alias(record: _Record, keys: list[str], aliases: Aliases) -> None:
    """Learn what CreateAlias, UpdateAlias or DeleteAlias did. An alias is in its key's account and Region."""
    parameters = _parameters(record)
    identity = record.user_identity
    account = record.recipient_account_id or (identity and identity.account_id) or ""
    home = keys[0].partition(":key/")[0] if keys else f"arn:aws:kms:{record.aws_region}:{account}"
    if not parameters.alias_name:
        return
    alias = f"{home}:{parameters.alias_name}"
    if parameters.target_key_id:
        aliases.set(alias, f"{home}:key/{parameters.target_key_id.rpartition('/')[2]}")
    else:
        aliases.drop(alias)


def _as_given(record: _Record) -> list[str]:
    """The key as the caller named it, where the record has no key: it was not found."""
    given = _parameters(record)
    name = given.key_id or given.target_key_id or given.alias_name
    return [name] if name else []


def _parameters(record: _Record) -> _Parameters:
    try:
        return _decode_parameters(record.request_parameters) or _Parameters()
    except (MsgspecError, RecursionError):
        return _Parameters()


def _principal(identity: _Identity | None) -> str:
    if identity is None:
        return ""
    return identity.arn or identity.invoked_by or identity.user_name or identity.type or ""
