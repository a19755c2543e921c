"""The AWS query protocol, which STS speaks: forms in, XML out, and for a client the reverse (botocore's model of STS
is the oracle).
"""

import calendar
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from kmscli.clock import iso8601
from kmscli.errors import ServiceError
from kmscli.operations.fields import Field
from kmscli.operations.operation import Operation
from kmscli.operations.shapes import List, Response, Shape, Structure

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CONTENT_TYPE = "application/x-www-form-urlencoded"
XML = "text/xml"
LONGEST_INTEGER = 20
"""Characters; what is longer is none."""
VERSION = "2011-06-15"
NAMESPACE = f"https://sts.amazonaws.com/doc/{VERSION}/"

STS_NAMES = {
    "ExpiredTokenException": "ExpiredToken",
    "IncompleteSignatureException": "IncompleteSignature",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "UnrecognizedClientException": "InvalidClientTokenId",
}
"""What STS calls the errors of a signature (AWS STS API Reference, "Common Errors")."""

Form = dict[str, str]


def form_of(body: bytes) -> Form:
    """The form that a body is."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def members_of(shape: type[Shape], form: Form, prefix: str = "") -> dict[str, Any]:
    """The raw members that a form gives a shape: `Tags.member.1.Key` is the key of the first tag."""
    found: dict[str, Any] = {}
    for wire, field in shape.fields.items():
        value = _value(field, form, f"{prefix}{wire}")
        if value is not None:
            found[wire] = value
    return found


def _value(field: Field[Any], form: Form, path: str) -> Any:
    if isinstance(field, Structure):
        return members_of(field.shape, form, f"{path}.") or None
    if isinstance(field, List):
        return list(_items(field, form, f"{path}.member.")) or None
    text = form.get(path)
    if field.kind == "integer" and text is not None and len(text) <= LONGEST_INTEGER:
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdecimal() else text
    return text


def _items(field: List[Any], form: Form, path: str) -> Iterator[Any]:
    number = 1
    while (value := _value(field.member, form, f"{path}{number}")) is not None:
        yield value
        number += 1


def answer_xml(name: str, response: Response | None, request_id: str) -> bytes:
    """The body of an answer."""
    inner = _xml(response.members({"timestamp": iso8601})) if response else ""
    result = f"<{name}Result>{inner}</{name}Result>"
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return f'<{name}Response xmlns="{NAMESPACE}">{result}{metadata}</{name}Response>'.encode()


def error_xml(error: ServiceError, request_id: str) -> bytes:
    """The body of an error."""
    kind = "Receiver" if error.status >= 500 else "Sender"
    code, message = STS_NAMES.get(error.code, error.code), _printable(error.message)
    said = f"<Type>{kind}</Type><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    inner = f"<Error>{said}</Error><RequestId>{request_id}</RequestId>"
    return f'<ErrorResponse xmlns="{NAMESPACE}">{inner}</ErrorResponse>'.encode("utf-8", "xmlcharrefreplace")


def status_of(error: ServiceError) -> int:
    """The status that STS answers an error with: a signature that does not hold is forbidden."""
    return 403 if error.code in STS_NAMES else error.status


def _printable(text: str) -> str:
    """Text without what XML cannot hold."""
    return "".join(one if one in "\t\n\r" or " " <= one < "\ufffe" or one > "\uffff" else "\ufffd" for one in text)


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(inner)}</{name}>" for name, inner in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(inner)}</member>" for inner in value)
    return escape(str(value))


def request_headers(operation: Operation) -> dict[str, str]:  # noqa: ARG001  as `wire` does
    """What a request says of itself."""
    return {"content-type": f"{CONTENT_TYPE}; charset=utf-8"}


def request_body(operation: Operation, raw: dict[str, Any]) -> bytes:
    """The form of a request, from raw members."""
    form = {"Action": operation.name, "Version": VERSION, **dict(_flat("", raw))}
    return urlencode(form, errors="surrogateescape").encode()


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """A value as fields of a form, under names that start with a path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _flat(f"{path}.member.{number}", inner)
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def answer_in(operation: Operation, body: bytes) -> dict[str, Any]:
    """The raw members of an answer's body. Raises ValueError: it is none."""
    result = _parsed(body).find(f"{{*}}{operation.name}Result")
    if result is None or operation.response is None:
        raise ValueError("no result")
    return _members_in(operation.response, result)


def error_in(status: int, body: bytes) -> tuple[str, str]:
    """The code and message of an error's body."""
    try:
        root = _parsed(body)
    except ValueError:
        return str(status), body.decode("utf-8", "replace")
    return root.findtext(".//{*}Code") or str(status), root.findtext(".//{*}Message") or ""


def _parsed(body: bytes) -> "Element":
    """Raises ValueError: no XML, or one that defines entities, which no answer does."""
    from xml.etree.ElementTree import ParseError, fromstring

    if b"<!" in body:
        raise ValueError("a document type")
    try:
        return fromstring(body)  # noqa: S314  without a document type there are no entities to blow up
    except ParseError:
        raise ValueError("no XML") from None


def _members_in(shape: type[Shape], element: "Element") -> dict[str, Any]:
    found = ((wire, field, element.find(f"{{*}}{wire}")) for wire, field in shape.fields.items())
    return {wire: _value_in(field, inner) for wire, field, inner in found if inner is not None}


def _value_in(field: Field[Any], element: "Element") -> Any:
    if isinstance(field, Structure):
        return _members_in(field.shape, element)
    if isinstance(field, List):
        return [_value_in(field.member, inner) for inner in element]
    text = element.text or ""
    if field.kind == "integer":
        return int(text)
    return _moment(text) if field.kind == "timestamp" else text


def _moment(text: str) -> float:
    """The seconds of `2026-01-05T09:00:00Z`, with or without a fraction."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(f"0.{fraction or 0}")
