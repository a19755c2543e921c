"""The AWS query protocol, which STS speaks: forms in, XML out (botocore's model of STS is the oracle)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from kmscli.clock import iso8601
from kmscli.errors import ServiceError
from kmscli.operations.fields import Field
from kmscli.operations.shapes import List, Response, Shape, Structure

CONTENT_TYPE = "application/x-www-form-urlencoded"
XML = "text/xml"
NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"

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
    if field.kind == "integer" and text is not None and text.lstrip("-").isdecimal():
        return int(text)
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
    said = f"<Type>{kind}</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    inner = f"<Error>{said}</Error><RequestId>{request_id}</RequestId>"
    return f'<ErrorResponse xmlns="{NAMESPACE}">{inner}</ErrorResponse>'.encode("utf-8", "xmlcharrefreplace")


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(inner)}</{name}>" for name, inner in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(inner)}</member>" for inner in value)
    return escape(str(value))
