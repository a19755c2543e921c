"""What AWS Organizations asks of a policy before it stores it.

Source: AWS Organizations User Guide, "SCP syntax", "RCP syntax", "Quotas and service limits".
"""

from collections.abc import Iterator

from kmscli.authorization.document import MalformedDocumentError, Statement, parsed
from kmscli.authorization.principals import AWS, EVERYONE
from kmscli.limits.organizations import RESOURCE_CONTROL
from kmscli.operations.organization_errors import ConstraintViolationException, MalformedPolicyDocumentException

LONGEST = 5120


def check_content(text: str, type: str) -> None:
    """Raises MalformedPolicyDocumentException: no policy of its type; ConstraintViolationException: too long."""
    if len(text) > LONGEST:
        raise ConstraintViolationException("You have exceeded the maximum policy size.")
    controls_resources = type == RESOURCE_CONTROL
    try:
        statements = parsed(text, names_principals=controls_resources).statements
    except MalformedDocumentError as error:
        raise MalformedPolicyDocumentException(mend=str(error)) from None
    for statement in statements:
        for fault in (*_faults(statement), *(_faults_of_control(statement) if controls_resources else ())):
            raise MalformedPolicyDocumentException(mend=fault)


def _faults(statement: Statement) -> Iterator[str]:
    if not (statement.action.values and statement.resource.values):
        yield "Each statement must have actions and resources."
    if not all(action == "*" or ":" in action.strip(":") for action in statement.action.values):
        yield "An action is a service and an operation, as in kms:Decrypt, or *."


def _faults_of_control(statement: Statement) -> Iterator[str]:
    """What is asked of resource control policies alone."""
    if statement.allows:
        yield "A resource control policy can only deny: p-RCPFullAWSAccess allows all that is not denied."
    principal = statement.principal
    if principal is None or principal.negated or principal.by_kind != {AWS: [EVERYONE]}:
        yield 'The Principal of a resource control policy is "*"; who is meant, a Condition says.'
    if statement.action.negated or "*" in statement.action.values:
        yield "A resource control policy names services in its actions, and has no NotAction."
