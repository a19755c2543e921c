"""Every declared operation says what botocore's newest KMS model says. The model is the oracle, not the source."""

import importlib
import pkgutil
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from kmscli import errors
from kmscli.operations.fields import Blob, Enum, Field, Integer, String
from kmscli.operations.operation import Operation
from kmscli.operations.shapes import List, Shape, Structure

MODEL: dict[str, Any] = Loader().load_service_model("kms", "service-2")
PAGES: dict[str, Any] = Loader().load_service_model("kms", "paginators-1")["pagination"]
SHAPES: dict[str, Any] = MODEL["shapes"]

DIFFERENCES: dict[tuple[str, str], tuple[dict[str, Any], str]] = {}
"""Deliberate ones: (shape, member) → what we declare instead of the model, and why."""

OWN_ERRORS = {
    "AccessDeniedException": "common to all services; the KMS model does not list it",
    "ExpiredTokenException": "common to all services; the KMS model does not list it",
    "IncompleteSignatureException": "common to all services; the KMS model does not list it",
    "InvalidSignatureException": "common to all services; the KMS model does not list it",
    "MissingAuthenticationTokenException": "common to all services; the KMS model does not list it",
    "NotAuthorizedException": "common to all services; the KMS model does not list it",
    "SerializationException": "answered by the protocol, before the service",
    "ThrottlingException": "common to all services; the KMS model does not list it",
    "UnrecognizedClientException": "common to all services; the KMS model does not list it",
    "UnknownOperationException": "answered by the protocol, before the service",
    "ValidationException": "common to all services; the KMS model does not list it",
}

NO_CLUSTER = "no CloudHSM cluster is known so far, so a key store's cluster is never found"
NO_PROXY = "no proxy of an external key store is reached so far, so nothing is known of its answers"
NO_SERVICE = "a VPC endpoint service is looked at by nobody so far"
NEVER_RAISED = {
    "CloudHsmClusterInUseException": NO_CLUSTER,
    "CloudHsmClusterInvalidConfigurationException": NO_CLUSTER,
    "CloudHsmClusterNotActiveException": NO_CLUSTER,
    "CloudHsmClusterNotRelatedException": NO_CLUSTER,
    "CustomKeyStoreHasCMKsException": "no key store can be connected so far, so none has keys",
    "DependencyTimeoutException": "no operation so far depends on another system",
    "IncorrectTrustAnchorException": NO_CLUSTER,
    "KeyUnavailableException": "no key store with keys so far can be away",
    "XksKeyAlreadyInUseException": NO_PROXY,
    "XksKeyInvalidConfigurationException": NO_PROXY,
    "XksKeyNotFoundException": NO_PROXY,
    "XksProxyIncorrectAuthenticationCredentialException": NO_PROXY,
    "XksProxyInvalidConfigurationException": NO_PROXY,
    "XksProxyInvalidResponseException": NO_PROXY,
    "XksProxyVpcEndpointServiceInvalidConfigurationException": NO_SERVICE,
    "XksProxyVpcEndpointServiceNotFoundException": NO_SERVICE,
}


def operations(service: str) -> list[Operation]:
    """All that are declared, one a module."""
    package = f"kmscli.operations.{service}"
    names = [module.name for module in pkgutil.iter_modules(importlib.import_module(package).__path__)]
    return [getattr(importlib.import_module(f"{package}.{name}"), name) for name in names]


OPERATIONS = operations("kms")
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
every_side = pytest.mark.parametrize("side", ["request", "response"])


Said = dict[str, dict[str, Any]]
"""What is said of each member of a shape, by its path (`Tags[].TagKey`), in order."""


def declared(shape: type[Shape], above: str = "") -> Said:
    """What our shape says."""
    said: Said = {}
    for wire, field in shape.fields.items():
        said |= declared_field(field, above + wire)
        said[above + wire]["required"] = field.is_required
    return said


def declared_field(field: Field[Any], path: str) -> Said:
    """What a field says, as the model would write it, and what is said of what is in it."""
    said: dict[str, Any] = {"type": field.kind, "secret": field.secret}
    if isinstance(field, String | Blob | List | Integer):
        said |= {"min": field.low or 0, "max": field.high}
    if isinstance(field, String):
        said["pattern"] = field.pattern or None
    if isinstance(field, Enum):
        said["enum"] = list(field.choices)
    inner: Said = declared(field.shape, f"{path}.") if isinstance(field, Structure) else {}
    if isinstance(field, List):
        inner = declared_field(field.member, f"{path}[]")
    return {path: said} | inner


def modelled(name: str, above: str = "") -> Said:
    """What the model says, in the same words, deliberate differences applied."""
    said: Said = {}
    for wire, member in SHAPES[name]["members"].items():
        said |= modelled_shape(member["shape"], above + wire)
        said[above + wire]["required"] = wire in SHAPES[name].get("required", ())
        said[above + wire] |= DIFFERENCES.get((name, wire), ({}, ""))[0]
    return said


def modelled_shape(name: str, path: str) -> Said:
    """What the model says of one shape, and of what is in it."""
    shape = SHAPES[name]
    kind = {"long": "integer"}.get(shape["type"], shape["type"])
    said: dict[str, Any] = {"type": kind, "secret": shape.get("sensitive", False)}
    if "enum" in shape:
        said["enum"] = shape["enum"]
    elif kind in ("string", "blob", "list", "integer"):
        said |= {"min": shape.get("min", 0), "max": shape.get("max")}
    if kind == "string" and "enum" not in shape:
        said["pattern"] = shape.get("pattern")
    inner: Said = modelled(name, f"{path}.") if kind == "structure" else {}
    if kind == "list":
        inner = modelled_shape(shape["member"]["shape"], f"{path}[]")
    return {path: said} | inner


def side_of(operation: Operation, side: str) -> tuple[type[Shape] | None, str | None]:
    """Our shape and the name of the model's, of a request or a response."""
    model = MODEL["operations"][operation.name]
    if side == "request":
        return operation.request, model["input"]["shape"]
    return operation.response, model.get("output", {}).get("shape")


@every_operation
def test_the_operation_is_one_of_the_model(operation: Operation) -> None:
    """An operation has the model's name, and the command that the AWS CLI makes of it."""
    assert operation.name in MODEL["operations"]
    assert operation.command == xform_name(operation.name, "-")
    assert operation.service == "kms"


@every_operation
@every_side
def test_the_members_are_those_of_the_model(operation: Operation, side: str) -> None:
    """Requests and responses have the model's members, in its order, with its types, limits, choices and secrecy."""
    shape, name = side_of(operation, side)
    ours, theirs = declared(shape) if shape else {}, modelled(name) if name else {}
    assert list(ours) == list(theirs)
    assert ours == theirs


@every_operation
def test_the_option_names_are_those_of_the_cli(operation: Operation) -> None:
    """A member's Python name is the AWS CLI's option with underscores."""
    assert [field.name for field in operation.request.fields.values()] == [
        xform_name(wire) for wire in operation.request.fields
    ]


@every_operation
def test_the_pages_are_those_of_the_model(operation: Operation) -> None:
    """An operation is paginated if the model says so, by the same result member."""
    assert (operation.pages.result if operation.pages else None) == PAGES.get(operation.name, {}).get("result_key")


@every_operation
def test_the_operation_explains_itself(operation: Operation) -> None:
    """The docstring opens with one sentence on a line of its own, and each member of the request has help."""
    assert operation.help.splitlines()[0].endswith(".")
    assert [wire for wire, field in operation.request.fields.items() if not field.help.endswith((".", "?"))] == []


@every_operation
def test_every_error_of_the_model_has_its_class(operation: Operation) -> None:
    """Each error that the model lists for the operation can be raised, those aside that nothing here can cause."""
    listed = {error["shape"] for error in MODEL["operations"][operation.name].get("errors", ())}
    assert {name for name in listed - NEVER_RAISED.keys() if not hasattr(errors, name)} == set()


def test_the_error_classes_are_those_of_the_model() -> None:
    """There is no service error that the model does not know, those aside that come from below the service."""
    classes = errors.ServiceError.__subclasses__()
    ours = {error.__name__ for error in classes if not error.__subclasses__()}  # which those of other services have
    assert ours - SHAPES.keys() == OWN_ERRORS.keys()


def test_what_is_never_raised_has_no_class() -> None:
    """An error that can be raised after all leaves the table of those that cannot."""
    assert [name for name in NEVER_RAISED if hasattr(errors, name)] == []


def test_the_differences_are_still_differences() -> None:
    """A deliberate difference that the model has caught up with is removed from the table."""
    for (shape, member), (instead, _reason) in DIFFERENCES.items():
        said = modelled_shape(SHAPES[shape]["members"][member]["shape"], member)[member]
        assert instead != {name: said.get(name) for name in instead}
