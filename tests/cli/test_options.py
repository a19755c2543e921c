import importlib
import pkgutil
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

import kmscli.operations.kms
from kmscli.cli.options import (
    DOCUMENT,
    GLOBAL,
    NOTHING_CHOSEN,
    OWN,
    PAGING,
    SKELETON,
    global_options,
    member_options,
    operation_options,
    option_name,
)
from kmscli.operations.operation import Operation

MODEL: dict[str, Any] = Loader().load_service_model("kms", "service-2")
PAGES: dict[str, Any] = Loader().load_service_model("kms", "paginators-1")["pagination"]

AWS_GLOBAL = (
    "--debug --endpoint-url --no-verify-ssl --no-paginate --output --query --profile --region --version --color "
    "--no-sign-request --ca-bundle --cli-read-timeout --cli-connect-timeout --cli-binary-format --no-cli-pager "
    "--cli-auto-prompt --no-cli-auto-prompt --cli-error-format"
)


def operations() -> list[Operation]:
    """All KMS operations that are declared."""
    names = [module.name for module in pkgutil.iter_modules(kmscli.operations.kms.__path__)]
    return [getattr(importlib.import_module(f"kmscli.operations.kms.{name}"), name) for name in names]


every_operation = pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)


def test_option_names_are_those_of_the_cli() -> None:
    """Every member of the whole KMS model has the option that the AWS CLI gives it."""
    wires = {wire for shape in MODEL["shapes"].values() for wire in shape.get("members", ())}
    assert {wire: option_name(wire) for wire in wires} == {wire: f"--{xform_name(wire, '-')}" for wire in wires}


def test_the_global_options_are_those_of_the_cli() -> None:
    """The global options are AWS CLI v2's, all of them and no other."""
    assert " ".join(option.name for option in GLOBAL) == AWS_GLOBAL


def test_every_option_says_what_it_is() -> None:
    """Options have help, and names and keys of their own."""
    options = [*GLOBAL, *OWN, *DOCUMENT, *PAGING, SKELETON]
    assert all(option.help.endswith(".") for option in options)
    assert len({option.name for option in options}) == len(NOTHING_CHOSEN) == len(options)
    assert set(NOTHING_CHOSEN.values()) == {None}


@every_operation
def test_the_options_are_those_of_the_model(operation: Operation) -> None:
    """An operation has an option for each member of the model, in its order; a flag has its opposite."""
    shape = MODEL["shapes"][MODEL["operations"][operation.name]["input"]["shape"]]
    expected = []
    for wire, member in shape["members"].items():
        name = xform_name(wire, "-")
        is_flag = MODEL["shapes"][member["shape"]]["type"] == "boolean"
        expected += [f"--{name}", f"--no-{name}"] if is_flag else [f"--{name}"]
    options = member_options(operation)
    assert [option.name for option in options] == expected
    assert {option.key for option in options if option.required} == set(shape.get("required", ()))


@every_operation
def test_paging_options_are_where_pages_are(operation: Operation) -> None:
    """A paginated operation has the paging options, and hides the members that they stand for."""
    options = operation_options(operation)
    is_paged = operation.name in PAGES
    assert is_paged == all(option in options for option in PAGING) == any(option in options for option in PAGING)
    hidden = {option.name for option in options if option.hidden}
    assert hidden == ({"--limit", "--marker"} if is_paged else set())


@every_operation
def test_raw_bytes_come_out_where_there_are_some(operation: Operation) -> None:
    """`--plaintext-out` and `--ciphertext-out` are options of the operations that answer such bytes, and no others."""
    shape = MODEL["operations"][operation.name].get("output", {}).get("shape")
    answers = MODEL["shapes"][shape]["members"] if shape else {}
    names = {option.name for option in global_options(operation)}
    assert ("--plaintext-out" in names, "--ciphertext-out" in names) == (
        "Plaintext" in answers,
        "CiphertextBlob" in answers,
    )


@every_operation
def test_no_option_has_two_meanings(operation: Operation) -> None:
    """No option of an operation, of AWS's globals and of kmscli's own has another's name."""
    names = [option.name for option in (*operation_options(operation), *GLOBAL, *OWN)]
    assert len(names) == len(set(names))
