import importlib
import json
import pkgutil
from typing import Any

import pytest
from ruamel.yaml import YAML

import kmscli.operations.kms
from kmscli.cli.argv import read
from kmscli.cli.skeleton import request_json, request_yaml, sample_response
from kmscli.operations.fields import Blob, Boolean, Enum, Integer, String, Timestamp
from kmscli.operations.operation import Operation, operation
from kmscli.operations.shapes import List, Map, Request, Response, Shape, Structure


class Tag(Shape):
    """A tag."""

    tag_key = String(help="Its key. Case matters.").required()
    tag_value = String()


class Constraints(Shape):
    """A structure of structures."""

    subset = Map(help="A map.")
    tags = List(Structure(Tag))
    inner = Structure(Tag)


class SealRequest(Request):
    """A request with a member of every kind."""

    key_id = String(help="The key, by id or ARN. More of it.").required()
    plaintext = Blob(secret=True, help="What to seal")
    names = List(String(), help="Names.")
    operations = List(Enum("Encrypt", "Decrypt"))
    tags = List(Structure(Tag))
    context = Map()
    constraints = Structure(Constraints)
    spec = Enum("AES_256", "AES_128", help="The length.")
    number_of_bytes = Integer()
    valid_to = Timestamp()
    dry_run = Boolean()


class SealResponse(Response):
    """An answer with a member of every kind."""

    key_id = String()
    ciphertext_blob = Blob()
    names = List(String())
    context = Map()
    inner = Structure(Tag)
    tags = List(Structure(Tag))
    spec = Enum("AES_256")
    size = Integer()
    created = Timestamp()
    enabled = Boolean()


@operation()
def seal(request: SealRequest) -> SealResponse:
    """Seal."""
    return SealResponse(key_id=request.key_id)


@operation()
def forget(request: SealRequest) -> None:
    """Forget."""
    del request


EMPTY_TAG = {"TagKey": "", "TagValue": ""}

AS_JSON = {
    "KeyId": "",
    "Plaintext": None,
    "Names": [""],
    "Operations": ["Encrypt"],
    "Tags": [EMPTY_TAG],
    "Context": {"KeyName": ""},
    "Constraints": {"Subset": {"KeyName": ""}, "Tags": [EMPTY_TAG], "Inner": EMPTY_TAG},
    "Spec": "AES_256",
    "NumberOfBytes": 0,
    "ValidTo": "1970-01-01T00:00:00",
    "DryRun": True,
}

AS_YAML = """\
KeyId: ''  # [REQUIRED] The key, by id or ARN.
Plaintext: !!binary ''  # What to seal.
Names:  # Names.
- ''
Operations:
- Encrypt  # Valid values are: Encrypt, Decrypt.
Tags:
- TagKey: ''  # [REQUIRED] Its key.
  TagValue: ''
Context:
  KeyName: ''
Constraints:
  Subset:  # A map.
    KeyName: ''
  Tags:
  - TagKey: ''  # [REQUIRED] Its key.
    TagValue: ''
  Inner:
    TagKey: ''  # [REQUIRED] Its key.
    TagValue: ''
Spec: AES_256  # The length. Valid values are: AES_256, AES_128.
NumberOfBytes: 0
ValidTo: '1970-01-01T00:00:00'
DryRun: true
"""

SAMPLE = {
    "KeyId": "KeyId",
    "CiphertextBlob": b"CiphertextBlob",
    "Names": ["Names"],
    "Context": {"KeyName": "Context"},
    "Inner": {"TagKey": "TagKey", "TagValue": "TagValue"},
    "Tags": [{"TagKey": "TagKey", "TagValue": "TagValue"}],
    "Spec": "AES_256",
    "Size": 0,
    "Created": 0.0,
    "Enabled": True,
}


def operations() -> list[Operation]:
    """All KMS operations that are declared."""
    names = [module.name for module in pkgutil.iter_modules(kmscli.operations.kms.__path__)]
    return [getattr(importlib.import_module(f"kmscli.operations.kms.{name}"), name) for name in names]


every_operation = pytest.mark.parametrize("operation", [seal, *operations()], ids=lambda operation: operation.name)


def loaded(text: str) -> Any:
    """What YAML says."""
    return YAML(typ="safe", pure=True).load(text)


def test_a_request_as_json() -> None:
    """A skeleton has every member, in the model's order, with an empty value of its kind."""
    assert request_json(seal) == json.dumps(AS_JSON, indent=4) + "\n"


def test_a_request_as_yaml() -> None:
    """A skeleton in YAML says of each member whether it is required, what it is and what it may be."""
    assert request_yaml(seal) == AS_YAML
    assert loaded(AS_YAML) == AS_JSON | {"Plaintext": b""}


def test_a_sample_answer() -> None:
    """A sample answer has every member; its texts are their members' names."""
    response = sample_response(seal)
    assert response is not None
    assert response.members({}) == SAMPLE
    assert sample_response(forget) is None


def without_blobs(value: Any) -> Any:
    """A request with its empty blobs as JSON spells them."""
    if isinstance(value, dict):
        return {key: without_blobs(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_blobs(item) for item in value]
    return None if value == b"" else value


@every_operation
def test_the_two_skeletons_are_one(operation: Operation) -> None:
    """JSON and YAML hold the same request, but for empty blobs, which YAML can say."""
    assert without_blobs(loaded(request_yaml(operation)) or {}) == without_blobs(json.loads(request_json(operation)))


@every_operation
def test_a_skeleton_can_be_filled_in(operation: Operation) -> None:
    """A skeleton with values in it is a request with every member."""
    text = (
        request_json(operation)
        .replace('""', '"a text of some length, as long as the longest that a member must be at least"')
        .replace(": 0", ": 100")
        .replace("null", '"eA=="')
    )
    assert list(read(operation, ["--cli-input-json", text], {}, bytes).raw) == list(operation.request.fields)


@every_operation
def test_sample_answers_have_all_members(operation: Operation) -> None:
    """A sample has the declared members, and no other."""
    response = sample_response(operation)
    members = response.members({}) if response else {}
    assert list(members) == list(operation.response.fields if operation.response else ())
