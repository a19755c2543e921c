"""Operations of other services are a subset of theirs: what is declared is as botocore's model says."""

from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from kmscli import errors
from kmscli.cli.call import document
from kmscli.cli.skeleton import sample_response
from kmscli.operations.fields import Enum, Field, Integer, String
from kmscli.operations.index import SERVICES
from kmscli.operations.operation import Operation
from kmscli.operations.organization_errors import OrganizationError
from kmscli.operations.shapes import List, Shape, Structure
from tests.test_declarations import operations

OTHERS = [service for service in SERVICES if service != "kms"]
OPERATIONS = [operation for service in OTHERS for operation in operations(service)]
MODELS: dict[str, dict[str, Any]] = {service: Loader().load_service_model(service, "service-2") for service in OTHERS}
PAGES: dict[str, dict[str, Any]] = {
    service: Loader().load_service_model(service, "paginators-1")["pagination"] for service in OTHERS
}
KINDS = {"long": "integer"}
COMMON_ERRORS = {"AccessDenied": 403, "ValidationError": 400}
"""Codes that all such services answer with; their models do not list them."""

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.action)


def differences(
    shape: type[Shape], modelled: dict[str, Any], shapes: dict[str, Any], above: str, *, limits: bool
) -> list[str]:
    """What our shape says otherwise than the model's, by path. `limits`: those count, as they do in a request."""
    members = modelled["members"]
    unknown = [above + wire for wire in shape.fields if wire not in members]
    order = [wire for wire in members if wire in shape.fields]
    found = unknown + ([f"{above}: order"] if not unknown and order != list(shape.fields) else [])
    missing = [above + wire for wire in modelled.get("required", ()) if wire not in shape.fields]
    for wire in order:
        field = shape.fields[wire]
        found += differences_of(field, shapes[members[wire]["shape"]], shapes, above + wire, limits=limits)
        if field.is_required != (wire in modelled.get("required", ())):
            found.append(f"{above}{wire}: required")
    return found + missing


def differences_of(
    field: Field[Any], modelled: dict[str, Any], shapes: dict[str, Any], path: str, *, limits: bool
) -> list[str]:
    """What our field says otherwise than the model's."""
    if field.kind != KINDS.get(modelled["type"], modelled["type"]):
        return [f"{path}: {field.kind}, not {modelled['type']}"]
    found = [] if field.secret == modelled.get("sensitive", False) else [f"{path}: secret"]
    if isinstance(field, Enum):
        return found + ([] if list(field.choices) == modelled.get("enum") else [f"{path}: choices"])
    if limits and isinstance(field, String | List | Integer):
        said, theirs = (field.low or 0, field.high), (modelled.get("min", 0), modelled.get("max"))
        found += [] if said == theirs else [f"{path}: {said}, not {theirs}"]
    if limits and isinstance(field, String) and field.pattern != modelled.get("pattern", ""):
        found.append(f"{path}: pattern {modelled.get('pattern')}")
    if isinstance(field, Structure):
        found += differences(field.shape, modelled, shapes, f"{path}.", limits=limits)
    if isinstance(field, List):
        found += differences_of(field.member, shapes[modelled["member"]["shape"]], shapes, f"{path}[]", limits=limits)
    return found


@every_operation
def test_the_operation_is_one_of_its_service(operation: Operation) -> None:
    """An operation has the model's name, and the command that the AWS CLI makes of it, behind its service's name."""
    assert operation.name in MODELS[operation.service]["operations"]
    assert operation.command == f"{operation.service} {xform_name(operation.name, '-')}"


@every_operation
def test_the_members_are_as_in_the_model(operation: Operation) -> None:
    """Each member has the model's place, type, limits, choices and secrecy; none that is required is missing."""
    model = MODELS[operation.service]
    declared, shapes = model["operations"][operation.name], model["shapes"]
    nothing: dict[str, Any] = {"members": {}}
    asked = shapes[declared["input"]["shape"]] if "input" in declared else nothing
    answered = shapes[declared["output"]["shape"]] if "output" in declared else nothing
    assert differences(operation.request, asked, shapes, "", limits=True) == []
    if operation.response:
        assert differences(operation.response, answered, shapes, "", limits=False) == []


@pytest.mark.parametrize("error", errors.IdentityError.__subclasses__(), ids=lambda error: error.__name__)
def test_an_error_of_iam_is_one_of_its_model(error: type[errors.ServiceError]) -> None:
    """An error of IAM has the code and the HTTP status of its model, where that knows it."""
    shapes = [shape for service in ("iam", "sts") for shape in MODELS[service]["shapes"].values()]
    modelled = [shape["error"] for shape in shapes if "error" in shape]
    statuses = {each["code"]: each["httpStatusCode"] for each in modelled} | COMMON_ERRORS
    assert error.status == statuses[error.__name__]


@pytest.mark.parametrize("error", OrganizationError.__subclasses__(), ids=lambda error: error.__name__)
def test_an_error_of_organizations_is_one_of_its_model(error: type[errors.ServiceError]) -> None:
    """An error of Organizations has the code of its model, and the one HTTP status of its protocol."""
    assert MODELS["organizations"]["shapes"][error.__name__]["exception"]
    assert error.status == 400


@every_operation
def test_the_pages_are_as_in_the_model(operation: Operation) -> None:
    """A list is paginated by the model's members, and nothing else is."""
    modelled = PAGES[operation.service].get(operation.name)
    pages = operation.pages
    assert (pages is None) == (modelled is None)
    if pages and modelled:
        names = pages.result, pages.limit, pages.marker, pages.next_marker, pages.more
        keys = "result_key", "limit_key", "input_token", "output_token", "more_results"
        assert names == tuple(modelled.get(key, "") for key in keys)


@every_operation
def test_a_sample_answer_can_be_shown(operation: Operation) -> None:
    """What --generate-cli-skeleton output shows has every member, also those that are shown as more than text."""
    sample = sample_response(operation)
    shown = sample.members({"document": document}) if sample else {}
    assert list(shown) == list(operation.response.fields if operation.response else {})


@every_operation
def test_the_option_names_are_those_of_the_cli(operation: Operation) -> None:
    """A member's Python name is the AWS CLI's option with underscores."""
    fields = operation.request.fields
    assert [field.name for field in fields.values()] == [xform_name(wire) for wire in fields]


@every_operation
def test_the_operation_explains_itself(operation: Operation) -> None:
    """The docstring opens with one sentence on a line of its own, and each member of the request has help."""
    assert operation.help.splitlines()[0].endswith(".")
    assert [wire for wire, field in operation.request.fields.items() if not field.help.endswith((".", "?"))] == []
