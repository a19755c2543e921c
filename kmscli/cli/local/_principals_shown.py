"""How `kmscli who-can` shows who may: a line a principal and way."""

import json

from kmscli.cli.local._facts import show_rows
from kmscli.operations.who_can import Told

TITLES = ("Principal", "By", "Within", "Depends on")
NOTHING = "-"


def show_principals(told: Told, output: str) -> None:
    """Write who may do an action on a key, in an output format."""
    show_rows(told, TITLES, [row(principal) for principal in told["Principals"]], output)


def row(principal: Told) -> list[str]:
    """A principal as the cells of a line."""
    within = ", ".join(named(bound) for bound in principal.get("Bounds", ()))
    depends = [f"{word.lower()} {condition(one)}" for word in ("If", "Unless") for one in principal.get(word, ())]
    return [principal["Principal"], allowed_by(principal["By"]), within or NOTHING, " and ".join(depends) or NOTHING]


def allowed_by(by: Told) -> str:
    """What allows: `grant ID`, `key policy "Sid"`, or an identity policy with what leaves it to that."""
    if "Statement" not in by:
        return f"grant {by['GrantId']}"
    if "Delegation" in by:
        return f"{named(by)}, left to it by the {named(by['Delegation'])}"
    return f"{named(by)}, left to it by the grant {by['GrantId']}" if "GrantId" in by else named(by)


def named(statement: Told) -> str:
    """A statement by its policy and its Sid."""
    return f"{statement['Policy']} {json.dumps(statement['Statement'], ensure_ascii=False)}"


def condition(one: Told) -> str:
    """A condition of a statement, or the constraints of a grant, as they are written."""
    return json.dumps(one["Condition"] if "Condition" in one else one["Constraints"], ensure_ascii=False)
