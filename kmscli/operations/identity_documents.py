"""What IAM asks of a policy before it stores it, and how long the policies of an identity may be.

Source: the IAM User Guide, "IAM JSON policy elements reference" and "IAM and AWS STS quotas".
"""

from collections.abc import Iterable, Sequence

from kmscli.authorization.document import SYNTAX, Document, MalformedDocumentError, Statement, Words, parsed
from kmscli.authorization.principals import AWS
from kmscli.errors import MalformedPolicyDocument
from kmscli.operations.call import Call
from kmscli.operations.identity_presence import is_there


def check_document(text: str) -> None:
    """Raises MalformedPolicyDocument: no policy of an identity."""
    statements = _parsed(text, names_principals=False).statements
    _check_ids([statement.sid for statement in statements if statement.sid])
    for statement in statements:
        _check_statement(statement)


def check_trust(call: Call, text: str) -> None:
    """Raises MalformedPolicyDocument: no policy that says who may assume a role."""
    for statement in _parsed(text, names_principals=True).statements:
        if statement.resource.given:
            raise MalformedPolicyDocument("Has prohibited field Resource")
        if not (statement.action.given and statement.action.values):
            raise MalformedPolicyDocument("Policy statement must contain actions.")
        if not all(action.lower().startswith("sts:") for action in statement.action.values):
            raise MalformedPolicyDocument("AssumeRole policy may only specify STS AssumeRole actions.")
        named = statement.principal.by_kind.get(AWS, ()) if statement.principal else ()
        for principal in named:
            if not is_there(call.transaction, principal):
                raise MalformedPolicyDocument(f'Invalid principal in policy: "AWS":"{principal}"')


def length_of(texts: Iterable[str]) -> int:
    """How long policies are together: white space does not count."""
    return sum(len("".join(text.split())) for text in texts)


def _parsed(text: str, *, names_principals: bool) -> Document:
    try:
        return parsed(text, names_principals=names_principals)
    except MalformedDocumentError as error:
        said = str(error)
        raise MalformedPolicyDocument("Syntax errors in policy." if said == SYNTAX else said) from None


def _check_ids(ids: Sequence[str]) -> None:
    if not all(sid.isascii() and sid.isalnum() for sid in ids):
        raise MalformedPolicyDocument(
            "Statement IDs (SID) must be alpha-numeric. "
            "Check that your input satisfies the regular expression [0-9A-Za-z]*"
        )
    if len(set(ids)) < len(ids):
        raise MalformedPolicyDocument("Statement IDs (SID) in a single policy must be unique.")


def _check_statement(statement: Statement) -> None:
    if not (statement.action.given and statement.action.values):
        raise MalformedPolicyDocument("Policy statement must contain actions.")
    if not (statement.resource.given and statement.resource.values):
        raise MalformedPolicyDocument("Policy statement must contain resources.")
    _check_actions(statement.action)
    for resource in statement.resource.values:
        if resource != "*" and not (resource.startswith("arn:") and resource.count(":") >= 5):
            raise MalformedPolicyDocument(f'Resource {resource} must be in ARN format or "*".')


def _check_actions(actions: Words) -> None:
    if not all(action == "*" or action.partition(":")[2] for action in actions.values):
        raise MalformedPolicyDocument("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
