"""The calls that a log says were answered: who called, how, and what for, as far as a record tells."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from msgspec import Raw, Struct, field
from msgspec.json import Decoder

from kmscli.trail.cloudtrail import Source
from kmscli.trail.records import Resource, decoded, records

_HOST = ".amazonaws.com"


class _Identity(Struct, rename="camel"):
    arn: str | None = None
    invoked_by: str | None = None


class _Record(Struct, rename="camel"):
    event_time: str
    event_name: str
    event_source: str = ""
    aws_region: str = ""
    user_agent: str = ""
    source_address: str = field(default="", name="sourceIPAddress")
    user_identity: _Identity | None = None
    error_code: str | None = None
    request_parameters: Raw = Raw(b"null")
    resources: list[Resource] | None = None
    vpc_endpoint_id: str | None = None
    vpc_endpoint_account_id: str | None = None
    event_id: str = field(default="", name="eventID")


_decode = Decoder(_Record).decode
_decode_parameters = Decoder(dict[str, Any] | None).decode


class PastCall(NamedTuple):
    """A call, but for when it was. `principal`: an ARN. `action`: `kms:Encrypt`, by the operation's name.

    `invoked_by`: the service that called in the principal's name, if one did. `parameters`: `requestParameters`, as
    JSON. `resources`: the ARNs of the keys and aliases that it was about.
    """

    principal: str
    action: str
    region: str
    agent: str
    address: str
    invoked_by: str
    endpoint: str
    endpoint_account: str
    parameters: bytes
    resources: tuple[str, ...]

    def shown(self) -> dict[str, Any]:
        """The request's parameters, by the names that the trail has for them."""
        return decoded(self.parameters, _decode_parameters) or {}


class Answered(NamedTuple):
    """When a call was answered, and the event that says so, by its id."""

    call: PastCall
    time: str
    event: str


def answered_calls(
    sources: Iterable[Source],
    complain: Callable[[str], object],
    progress: Callable[[], object] = lambda: None,
) -> Iterator[Answered]:
    """The calls that were answered without an error and by whose record it is known who called.

    Raises KmscliError: a file cannot be read.
    """
    for record in records(sources, _decode, complain, progress):
        identity = record.user_identity or _Identity()
        if record.error_code or not identity.arn or not record.event_source.endswith(_HOST):
            continue
        call = PastCall(
            principal=identity.arn,
            action=f"{record.event_source.removesuffix(_HOST)}:{record.event_name}",
            region=record.aws_region,
            agent=record.user_agent,
            address=record.source_address,
            invoked_by=identity.invoked_by or "",
            endpoint=record.vpc_endpoint_id or "",
            endpoint_account=record.vpc_endpoint_account_id or "",
            parameters=bytes(record.request_parameters),
            resources=tuple(one.arn for one in record.resources or () if one.arn),
        )
        yield Answered(call, record.event_time, record.event_id)
