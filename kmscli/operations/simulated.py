"""Who would call in IAM's policy simulator, and the policies that would have a say."""

from collections.abc import Sequence

from kmscli.authorization.decision import BOUNDARY, RESOURCE
from kmscli.authorization.document import Document, MalformedDocumentError, parsed
from kmscli.authorization.evaluation import Source
from kmscli.authorization.principals import Principal
from kmscli.errors import InvalidInput
from kmscli.names import is_account, session_arn

CALLERS = ("user", "role", "group")


class Simulated(Source):
    """A policy with its text."""

    def __init__(self, kind: str, text: str, name: str) -> None:
        super().__init__(kind, _document(text, names_principals=kind == RESOURCE), name=name)
        self.text = text


def given_policies(kind: str, texts: Sequence[str] | None, name: str) -> list[Simulated]:
    """Policies that a request gives, called by the member and their number in it. Raises InvalidInput."""
    return [Simulated(kind, text, f"{name}.{number}") for number, text in enumerate(texts or [], start=1)]


def given_boundary(texts: Sequence[str] | None) -> Simulated | None:
    """The permissions boundary that a request gives. Raises InvalidInput: several, or it is none."""
    if not texts:
        return None
    if len(texts) > 1:
        raise InvalidInput("Only one permissions boundary policy can be specified.")
    return given_policies(BOUNDARY, texts, "PermissionsBoundaryPolicyInputList")[0]


def given_resource_policy(text: str | None, caller: str | None) -> list[Simulated] | None:
    """The policy that a request gives to each resource. Raises InvalidInput: it is none, or nobody is to call."""
    if text is None:
        return None
    if caller is None:
        raise InvalidInput("CallerArn is required when a ResourcePolicy is specified.")
    return [Simulated(RESOURCE, text, "ResourcePolicy")]


def check_caller(arn: str) -> None:
    """Raises InvalidInput: not the ARN of a user, a role or a group."""
    parts = arn.split(":", 5)
    kind, _, name = parts[5].partition("/") if len(parts) == 6 else ("", "", "")
    if parts[0] != "arn" or parts[2:4] != ["iam", ""] or not is_account(parts[4]) or kind not in CALLERS or not name:
        raise InvalidInput(f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")


def caller_of(arn: str, tags: dict[str, str]) -> Principal:
    """Who would call, by an ARN that was checked. A role calls in a session."""
    account, resource = arn.split(":", 5)[4:]
    name = resource.rpartition("/")[2]
    if resource.startswith("role/"):
        return Principal(session_arn(arn, "simulated"), account=account, kind="AssumedRole", role=arn, tags=tags)
    return Principal(arn, account=account, kind="User", name=name, tags=tags)


def _document(text: str, *, names_principals: bool) -> Document:
    try:
        return parsed(text, names_principals=names_principals)
    except MalformedDocumentError as error:
        raise InvalidInput(str(error)) from None
