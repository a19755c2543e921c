"""Every example in the AWS CLI's help pages of `aws kms`, run with `aws kms` replaced by `kmscli`."""

import shutil
from pathlib import Path

import pytest

from kmscli.operations.index import KMS
from tests.cli.aws_examples import GIVEN, PRELUDE, examples, pages, script
from tests.operations.fixtures import empty_lab
from tests.operations.house import VAULT_KEY
from tests.robustness.machine import Machine

__all__ = ["empty_lab"]

EXAMPLES = examples()
PAGES = {page.stem for page in pages()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_works(own_home: Path, empty_lab: Path, name: str) -> None:
    """With what it assumes in place an example succeeds, or is refused as the table says and for the reason there."""
    assert name in GIVEN, f"a new example, to be looked at:\n{EXAMPLES[name]}"
    follow(Machine(own_home), empty_lab, name)


@pytest.mark.long
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_works_through_an_agent(
    own_home: Path, runtime_with_agent: Path, empty_lab: Path, name: str
) -> None:
    """The same where an agent stands in."""
    follow(Machine(own_home, runtime_with_agent), empty_lab, name)


def follow(machine: Machine, empty_lab: Path, name: str) -> None:
    """Run an example, and see what comes of it."""
    given = GIVEN[name]
    lines = f"{PRELUDE}{given.before}\n{script(EXAMPLES[name])}"
    vault = {"KMSCLI_VAULT": shutil.copy(empty_lab, machine.home), "KMSCLI_VAULT_KEY": VAULT_KEY}
    ran = machine.shell(lines, shell="/bin/bash", cwd=machine.home, env=vault)
    if given.code:
        assert f"An error occurred ({given.code})" in ran.expect(254).err
    else:
        assert ran.expect().err == ""


def test_every_page_was_found() -> None:
    """The pages have the examples that they are known to have, and nothing is prepared for one that is gone."""
    assert set(GIVEN) == set(EXAMPLES)
    assert {name.partition(" ")[0] for name in EXAMPLES} == PAGES


def test_every_page_is_of_an_operation() -> None:
    """No page is left out, and each refusal has its reason in the table."""
    assert PAGES - set(KMS) == set()
    assert {name for name, given in GIVEN.items() if bool(given.code) != bool(given.why)} == set()
