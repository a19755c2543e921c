"""The requests that a log tells of, counted as a bill counts them, and what else it says that a bill depends on."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec import Raw, Struct
from msgspec.json import Decoder

from kmscli.trail.cloudtrail import Source
from kmscli.trail.event import KMS
from kmscli.trail.records import Resource, decoded, records

_BY_ITSELF = ("AWS Internal", KMS)
"""Who is named as the invoker where KMS itself acts: in service events, and in the second record of one request."""


class _Identity(Struct, rename="camel"):
    account_id: str | None = None
    invoked_by: str | None = None


class _Record(Struct, rename="camel"):
    event_time: str
    event_name: str
    event_source: str = ""
    event_type: str = ""
    aws_region: str = ""
    recipient_account_id: str | None = None
    user_identity: _Identity | None = None
    error_code: str | None = None
    request_parameters: Raw = Raw(b"null")
    resources: list[Resource] | None = None


class _Parameters(Struct, rename="camel"):
    key_spec: str | None = None
    key_pair_spec: str | None = None


_decode = Decoder(_Record).decode
_decode_parameters = Decoder(_Parameters | None).decode


class Request(NamedTuple):
    """Requests that count as the same: calendar month, operation, spec of the key pair made, ARNs of the keys."""

    month: str
    operation: str
    key_pair_spec: str
    keys: tuple[str, ...]


class Requests:
    """What a log says. `specs` and `scheduled` are by key ARN and from all of it, whatever the period."""

    def __init__(self) -> None:
        self.counts: Counter[Request] = Counter()
        self.specs: dict[str, str] = {}
        """The specs of keys that were made."""
        self.scheduled: dict[str, str] = {}
        """When the deletion of keys was scheduled last, as an event says it."""


def count_requests(
    sources: Iterable[Source],
    complain: Callable[[str], object],
    progress: Callable[[], object] = lambda: None,
    *,
    account: str,
    region: str = "",
    since: str = "",
    until: str = "",
) -> Requests:
    """Count the requests that an account made of KMS, failed ones too, in a Region or in all, in a period.

    Times are as in an event; `since` is included, `until` is not. What KMS did by itself is no request, nor is what
    another account did with a key of this one. Raises KmscliError: a file cannot be read.
    """
    found = Requests()
    for record in records(sources, _decode, complain, progress):
        if record.event_source != KMS:
            continue
        keys = tuple(each.arn for each in record.resources or () if each.arn and ":key/" in each.arn)
        parameters = _parameters(record)
        _learn(found, record, keys, parameters)
        is_wanted = since <= record.event_time and (not until or record.event_time < until)
        if is_wanted and region in ("", record.aws_region) and _is_request_of(record, account):
            pair_spec = (parameters.key_pair_spec or "") if parameters else ""
            found.counts[Request(record.event_time[:7], record.event_name, pair_spec, keys)] += 1
    return found


def _learn(found: Requests, record: _Record, keys: tuple[str, ...], parameters: _Parameters | None) -> None:
    if record.error_code or not keys:
        return
    if record.event_name == "CreateKey" and parameters and parameters.key_spec:
        found.specs[keys[0]] = parameters.key_spec
    if record.event_name == "ScheduleKeyDeletion":
        found.scheduled[keys[0]] = record.event_time


def _is_request_of(record: _Record, account: str) -> bool:
    """Whether an account asked, and is told so: the owner of a key is told of others' requests too."""
    identity = record.user_identity or _Identity()
    if record.event_type == "AwsServiceEvent" or identity.invoked_by in _BY_ITSELF:
        return False
    return record.recipient_account_id == account and identity.account_id in (None, account)


def _parameters(record: _Record) -> _Parameters | None:
    """The parameters of a request that a bill looks at, where it may have such."""
    if record.event_name != "CreateKey" and not record.event_name.startswith("GenerateDataKeyPair"):
        return None
    return decoded(bytes(record.request_parameters), _decode_parameters)
