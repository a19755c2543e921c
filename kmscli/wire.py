"""AWS JSON 1.1: requests in, answers and errors out; the reverse for a client (reference, kms-semantics 16)."""

import binascii
import json
from typing import Any

from kmscli import json_text
from kmscli.errors import SerializationException, ServiceError, UnknownOperationException
from kmscli.operations.fields import Field
from kmscli.operations.operation import Operation
from kmscli.operations.shapes import List, Response, Shape, Structure

PREFIX = "TrentService."
"""How KMS's targets begin."""
CONTENT_TYPE = "application/x-amz-json-1.1"
DEEPEST = 64


def operation_name(target: str) -> str:
    """The operation that an X-Amz-Target names. Raises UnknownOperationException."""
    if not target.startswith(PREFIX):
        raise UnknownOperationException
    return target.removeprefix(PREFIX)


def decoded(shape: type[Shape], body: bytes) -> dict[str, Any]:
    """The raw members of a body, with blobs as bytes. Raises SerializationException."""
    try:
        members = json_text.read(body or b"{}")
    except (ValueError, RecursionError):
        raise SerializationException from None
    if not isinstance(members, dict) or not (_is_surely_shallow(body) or _is_within(members, DEEPEST)):
        raise SerializationException
    return _members(shape, members)


def encoded(response: Response | None) -> bytes:
    """The body of an answer; empty where the operation has none (16.1)."""
    return b"" if response is None else json_text.written(response.members({"blob": _base64}))


def error_body(error: ServiceError) -> bytes:
    """The body of an error. AccessDeniedException spells its message's name in its own way (16.3)."""
    name = "Message" if error.code == "AccessDeniedException" else "message"
    said = {name: error.message} if error.message else {}
    return json_text.written({"__type": error.code, **said})


def request_headers(operation: Operation) -> dict[str, str]:
    """What a request says of itself."""
    return {"content-type": CONTENT_TYPE, "x-amz-target": PREFIX + operation.name}


def request_body(operation: Operation, raw: dict[str, Any]) -> bytes:  # noqa: ARG001  as `query` does
    """The body of a request, from raw members with blobs as bytes."""
    return json.dumps(raw, default=_base64).encode()


def answer_in(operation: Operation, body: bytes) -> dict[str, Any]:
    """The raw members of an answer's body. Raises SerializationException."""
    return decoded(operation.response, body) if operation.response else {}


def error_in(status: int, body: bytes) -> tuple[str, str]:
    """The code and message of an error's body, as botocore finds them: what is no JSON is the message."""
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        members = {"message": body.decode("utf-8", "replace")}
    if not isinstance(members, dict):
        members = {}
    code = str(members.get("__type") or members.get("code") or status)
    message = members.get("message", members.get("Message"))
    return code.partition(":")[0].rpartition("#")[2], str(message or "")


def _members(shape: type[Shape], members: dict[str, Any]) -> dict[str, Any]:
    return {
        wire: _value(shape.fields[wire], value) if wire in shape.fields and value is not None else value
        for wire, value in members.items()
    }


def _value(field: Field[Any], value: Any) -> Any:
    """A member's value; what is of another type than the field is left for the request to refuse."""
    if field.kind == "blob" and isinstance(value, str):
        return _blob(value)
    if isinstance(field, Structure) and isinstance(value, dict):
        return _members(field.shape, value)
    if isinstance(field, List) and isinstance(value, list):
        return [_value(field.member, item) for item in value]
    return value


def _blob(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text.encode(), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        raise SerializationException from None


def _base64(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode()


def _is_surely_shallow(body: bytes) -> bool:
    """Whether a body has too few brackets to be deep, which spares most of them a look at every value."""
    return body.count(b"{") + body.count(b"[") < DEEPEST


def _is_within(value: Any, depth: int) -> bool:
    """Whether a value is no deeper. It goes no deeper than that itself: what json reads may be too deep for Python."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth > 0 and all(_is_within(one, depth - 1) for one in inner)
