"""What if: the statements that hold a principal up by their conditions alone, and the decision without those.

The decision that would be is made like any other, on policies in which such a statement asks for no condition, if it
allows, or is left out, if it denies. Nothing here is on the road of a call.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import Any

from kmscli.authorization.conditions import Condition
from kmscli.authorization.decision import Decision, Policies, decide
from kmscli.authorization.document import Document, Statement
from kmscli.authorization.evaluation import Question, Source

SIZES = (1, 2)
"""How many statements are supposed at once before all are."""


class Holdup:
    """A statement that would not hold the principal up if its `conditions` were met; of a denial, if they were not.

    `fixed`: condition keys, in small letters, whose values are the same in every request that the principal can make.
    """

    def __init__(self, source: Source, statement: Statement, question: Question, fixed: Collection[str]) -> None:
        self.source = source
        self.statement = statement
        variables = source.document.has_variables
        decisive = [
            condition
            for condition in statement.conditions
            if condition.holds(question.context, has_variables=variables) != statement.allows
        ]
        self.conditions = [condition for condition in decisive if condition.key.lower() not in fixed]
        self.can_change = self.conditions == decisive if statement.allows else bool(self.conditions)

    def shown(self) -> dict[str, Any]:
        """The conditions as a policy writes them, by operator and key."""
        written: dict[str, dict[str, list[str]]] = {}
        for condition in self.conditions:
            written.setdefault(condition.operator, {})[condition.key] = list(condition.values)
        return written


Supposed = tuple[Sequence[Holdup], Decision]
"""What is supposed, and what would be decided then."""


def suppositions(
    question: Question, policies: Policies, denied: Decision, fixed: Collection[str]
) -> Iterator[Supposed]:
    """The fewest conditions with which a question that was denied would be allowed, each way that there is.

    `fixed`: as a `Holdup` has it.
    """
    holdups = [holdup for holdup in _holdups(question, denied, fixed) if holdup.can_change]
    for size in dict.fromkeys((*SIZES, len(holdups))):
        found = False
        for chosen in combinations(holdups, size):
            decision = decide(question, _without(policies, {holdup.statement for holdup in chosen}))
            if decision.allowed:
                found = True
                yield chosen, decision
        if found:
            return


def _holdups(question: Question, denied: Decision, fixed: Collection[str]) -> Iterator[Holdup]:
    for verdict in denied.verdicts:
        for looked in verdict.looked:
            statement, mismatch = looked.statement, looked.mismatch
            if statement.allows:
                holds_up = mismatch is not None and isinstance(mismatch.part, Condition)
            else:
                holds_up = mismatch is None and bool(statement.conditions)
            if holds_up:
                yield Holdup(verdict.source, statement, question, fixed)


def _without(policies: Policies, supposed: Collection[Statement]) -> Policies:
    def change(source: Source) -> Source:
        statements = [
            _unconditional(statement) if statement in supposed else statement
            for statement in source.document.statements
            if statement.allows or statement not in supposed
        ]
        document = Document(statements, has_variables=source.document.has_variables)
        return Source(source.kind, document, name=source.name, arn=source.arn)

    return policies.each(change)


def _unconditional(statement: Statement) -> Statement:
    return Statement(**{**vars(statement), "conditions": []})
