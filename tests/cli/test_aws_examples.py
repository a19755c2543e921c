"""Every example in the AWS CLI's help pages of `aws kms`, run with `aws kms` replaced by `kmscli`."""

import shutil
from pathlib import Path

import pytest

from kmscli.operations.index import KMS
from tests.cli.aws_examples import GIVEN, NOT_YET, PRELUDE, examples, pages, script
from tests.operations.fixtures import empty_lab
from tests.operations.house import VAULT_KEY
from tests.robustness.machine import Machine

__all__ = ["empty_lab"]

EXAMPLES = examples()
PAGES = {page.stem for page in pages()}


def has(name: str) -> bool:
    """Whether an example is of an operation that is to be run."""
    return name.partition(" ")[0] not in NOT_YET


@pytest.mark.parametrize("name", [name for name in EXAMPLES if has(name)])
def test_an_example_works(own_home: Path, empty_lab: Path, name: str) -> None:
    """With what it assumes in place an example succeeds, or is refused as the table says and for the reason there."""
    assert name in GIVEN, f"a new example, to be looked at:\n{EXAMPLES[name]}"
    given = GIVEN[name]
    lines = f"{PRELUDE}{given.before}\n{script(EXAMPLES[name])}"
    vault = {"KMSCLI_VAULT": shutil.copy(empty_lab, own_home), "KMSCLI_VAULT_KEY": VAULT_KEY}
    ran = Machine(own_home).shell(lines, shell="/bin/bash", cwd=own_home, env=vault)
    if given.code:
        assert f"An error occurred ({given.code})" in ran.expect(254).err
    else:
        assert ran.expect().err == ""


def test_every_page_was_found() -> None:
    """The pages have the examples that they are known to have, and nothing is prepared for one that is gone."""
    assert set(GIVEN) == {name for name in EXAMPLES if has(name)}
    assert {name.partition(" ")[0] for name in EXAMPLES} == PAGES


def test_what_is_not_there_yet_is_listed() -> None:
    """Only the examples of operations that kmscli does not have are left out."""
    assert PAGES - set(KMS) == NOT_YET
    assert {name for name, given in GIVEN.items() if bool(given.code) != bool(given.why)} == set()
