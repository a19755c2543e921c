"""One policy against one question: which statements match, and for each other one what did not.

The explanation is what the decision itself noted: `unmatched` names the element on which a statement failed, with the
part of the policy and the request's value, and whoever asks for no explanation drops that.
"""

from collections.abc import Iterator
from typing import Any

from kmscli.authorization.conditions import Condition
from kmscli.authorization.context import Context
from kmscli.authorization.document import Document, Statement, Words
from kmscli.authorization.principals import Named, Principal
from kmscli.authorization.variables import expanded
from kmscli.authorization.wildcards import Pattern, matches

ANY_ONE = "whoever calls"
"""How a statement matches that does not say whom it is about."""


class Question:
    """May this principal do this to this resource? `owner`: the account that the resource belongs to."""

    def __init__(self, principal: Principal, action: str, resource: str, owner: str, context: Context) -> None:
        self.principal = principal
        self.action = action
        self.resource = resource
        self.owner = owner
        self.context = context


class Source:
    """A policy with where it comes from.

    `kind`: "resource-based", "identity-based", "service control", "resource control", "VPC endpoint", "session" or
    "permissions boundary". `arn`: of a managed one, for messages. `name`: for people. `about`: the key policy's own
    key: in it, the resource `*` is that key.
    """

    def __init__(self, kind: str, document: Document, *, name: str = "", arn: str = "") -> None:
        self.kind = kind
        self.document = document
        self.name = name
        self.arn = arn


class Mismatch:
    """Why a statement did not match: the part of it that asks for something else, and what the request has."""

    def __init__(self, part: Named | Words | Condition, given: Any) -> None:
        self.part = part
        self.given = given


class Looked:
    """What became of a statement: `how` it named the principal, or the `mismatch`."""

    def __init__(self, statement: Statement, how: str, mismatch: Mismatch | None) -> None:
        self.statement = statement
        self.how = how
        self.mismatch = mismatch


class Verdict:
    """What a policy says: the statement that denies, and those that allow, by how they name the principal."""

    def __init__(self, source: Source, looked: list[Looked]) -> None:
        self.source = source
        self.looked = looked
        matched = [one for one in looked if one.mismatch is None]
        self.denies = next((one.statement for one in matched if not one.statement.allows), None)
        self.allows: dict[str, Statement] = {}
        for one in matched:
            if one.statement.allows:
                self.allows.setdefault(one.how, one.statement)


def evaluate(source: Source, question: Question) -> Verdict:
    """What a policy says to a question."""
    document = source.document
    return Verdict(source, [_look(statement, question, document) for statement in document.statements])


def _look(statement: Statement, question: Question, document: Document) -> Looked:
    principal = statement.principal
    how = ANY_ONE if principal is None else principal.names(question.principal)
    if principal is not None and not how:
        return Looked(statement, "", Mismatch(principal, question.principal.arn))
    return Looked(statement, how, unmatched(statement, question, has_variables=document.has_variables))


def unmatched(statement: Statement, question: Question, *, has_variables: bool) -> Mismatch | None:
    """The first element of a statement, after its principal, that does not fit a question."""
    if not _names_action(statement.action, question.action):
        return Mismatch(statement.action, question.action)
    if not _names_resource(statement.resource, question, has_variables=has_variables):
        return Mismatch(statement.resource, question.resource)
    for condition in statement.conditions:
        if not condition.holds(question.context, has_variables=has_variables):
            given = question.context.get(condition.key)
            return Mismatch(condition, None if given is None else list(given))
    return None


def _names_action(words: Words, action: str) -> bool:
    wanted = action.lower()
    return words.given and any(matches(pattern, wanted) for pattern in words.patterns) != words.negated


def _names_resource(words: Words, question: Question, *, has_variables: bool) -> bool:
    patterns = _expanded(words, question.context) if has_variables else words.patterns
    return words.given and any(matches(pattern, question.resource) for pattern in patterns) != words.negated


def _expanded(words: Words, context: Context) -> Iterator[Pattern]:
    """The patterns with what their variables stand for; without those of which one stands for nothing."""
    for value, plain in zip(words.values, words.patterns, strict=True):
        pattern = expanded(value, context) if "${" in value else plain
        if pattern is not None:
            yield pattern
