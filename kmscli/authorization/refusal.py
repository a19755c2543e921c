"""How a denial is worded: AWS's AccessDeniedException messages, which hide what AWS hides (reference, 6.5)."""

from kmscli.authorization.decision import BOUNDARY, ENDPOINT, RESOURCE, Decision
from kmscli.authorization.evaluation import Question
from kmscli.authorization.hidden import BY_CIPHERTEXT, HIDDEN

UNNAMED = (RESOURCE, ENDPOINT)
"""Kinds of policies whose ARN a refusal never says."""


def denial(question: Question, decision: Decision, named: str) -> str:
    """What a caller is told. `named`: the resource as he may see it; "" if only a ciphertext names it."""
    on = f"on resource: {named}" if named else BY_CIPHERTEXT
    why = HIDDEN if decision.hides or not named else reason(question.action, decision)
    return f"User: {question.principal.arn} is not authorized to perform: {question.action} {on} {why}"


def reason(action: str, decision: Decision) -> str:
    """The end of a message: which kind of policy denies, and how."""
    if not decision.explicit:
        kind = decision.by if decision.by == BOUNDARY else f"{decision.by} policy"
        return f"because no {kind} allows the {action} action"
    article = "an" if decision.by[0] in "aeiou" else "a"
    kind = decision.by if decision.by == BOUNDARY else f"{decision.by} policy"
    arn = decision.verdict.source.arn if decision.verdict and decision.by not in UNNAMED else ""
    return f"with an explicit deny in {article} {kind}" + (f": {arn}" if arn else "")
