"""A decision as a tree: each policy and grant consulted, each statement, and what of it did not fit."""

import json
from io import StringIO
from typing import Any

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from kmscli.cli.output.printable import printable

ALLOWED = "allowed"
BOUNDARY = "permissions boundary"
WORDS = {ALLOWED: "allowed", "explicitDeny": "denied by a statement", "implicitDeny": "denied: nothing allows it"}


def as_tree(told: dict[str, Any], *, terminal: bool) -> str:
    """An explanation as text, a tree a decision. On a `terminal` in colours, with what may not be shown escaped."""
    written = StringIO()
    console = Console(file=written, width=200, force_terminal=terminal, highlight=False, soft_wrap=True)
    for decision in told["Decisions"]:
        console.print(_decision(decision, terminal=terminal))
    error = told.get("Error")
    if error and told["Decision"] in (ALLOWED, "notDecided"):
        console.print(Text(printable(f"{error['Code']}: {error['Message'] or ''}", terminal=terminal)))
    if not told["Decisions"] and not error:
        console.print("Nothing was decided: every principal may do this.")
    return "".join(f"{line.rstrip()}\n" for line in written.getvalue().splitlines())


def _decision(decision: dict[str, Any], *, terminal: bool) -> Tree:
    outcome = decision["Decision"]
    asked = f"{decision['Principal']} {decision['Action']} on {decision['Resource']}"
    tree = Tree(
        _text(f"{WORDS[outcome]}: {asked}", terminal=terminal, style="bold green" if outcome == ALLOWED else "bold red")
    )
    tree.add(_text(f"decided by: {_decided(decision)}", terminal=terminal))
    for policy in decision["Policies"]:
        branch = tree.add(_text(f"{_policy(policy)} {policy.get('Arn', '')}".rstrip(), terminal=terminal))
        for statement in policy["Statements"]:
            branch.add(_statement(statement, terminal=terminal))
    for grant in decision.get("Grants", ()):
        tree.add(_grant(grant, terminal=terminal))
    return tree


def _decided(decision: dict[str, Any]) -> str:
    by = decision["DecidedBy"]
    if "GrantId" in by:
        return f"grant {by['GrantId']}"
    if "Statement" in by:
        return f"the statement {json.dumps(by['Statement'], ensure_ascii=False)} of the {by['Policy'] or by['Kind']}"
    if decision["Decision"] == ALLOWED:
        return str(by["Kind"])
    return f"no {by['Kind']} allows it" if by["Kind"] == BOUNDARY else f"no {by['Kind']} policy allows it"


def _policy(policy: dict[str, Any]) -> str:
    name, kind = policy["Name"], policy["Kind"]
    return str(name or kind) if name.startswith(kind) or not name else f"{name} ({kind})"


def _statement(statement: dict[str, Any], *, terminal: bool) -> Tree:
    style = ("green" if statement["Effect"] == "Allow" else "red") if statement["Matched"] else "dim"
    named = json.dumps(statement["Statement"], ensure_ascii=False)
    word = "matches" if statement["Matched"] else "does not match"
    if "By" in statement:
        word += f", by {statement['By']}"
    tree = Tree(_text(f"{statement['Effect']} {named}: {word}", terminal=terminal, style=style))
    _add_failed(tree, statement.get("Failed"), "Policy", terminal=terminal)
    return tree


def _grant(grant: dict[str, Any], *, terminal: bool) -> Tree:
    style, word = ("green", "matches") if grant["Matched"] else ("dim", "does not match")
    tree = Tree(_text(f"grant {grant['GrantId']} to {grant['Grantee']}: {word}", terminal=terminal, style=style))
    _add_failed(tree, grant.get("Failed"), "Grant", terminal=terminal)
    return tree


def _add_failed(tree: Tree, failed: dict[str, Any] | None, of: str, *, terminal: bool) -> None:
    """What did not fit, if something did not. `of`: whether it is a policy's or a grant's."""
    if failed:
        tree.add(_text(f"{failed['Element']} of the {of.lower()}: {_value(failed[of])}", terminal=terminal))
        for name, value in failed.get("Variables", {}).items():
            tree.add(_text(f"where {name} is {_value(value)}", terminal=terminal))
        tree.add(_text(f"of the request: {_value(failed['Request'])}", terminal=terminal))


def _value(value: Any) -> str:
    if value is None:
        return "absent"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(text: str, *, terminal: bool, style: str = "") -> Text:
    return Text(printable(text, terminal=terminal), style=style if terminal else "")
