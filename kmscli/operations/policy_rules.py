"""What PutKeyPolicy and CreateKey ask of a policy before it is stored (reference, kms-semantics 5.1, 5.3, 5.4)."""

from typing import Any

from kmscli.errors import (
    LimitExceededException,
    MalformedPolicyDocumentException,
    NotFoundException,
    ValidationException,
)
from kmscli.keys.key import Key
from kmscli.keys.policies import LONGEST, policy_of
from kmscli.operations.call import Call
from kmscli.operations.identity_presence import is_there

DEFAULT = "default"
SHARED = "AWS_RAM"
"""The policy that Resource Access Manager keeps."""
LOCKOUT = "The new key policy will not allow you to update the key policy in the future."


def check_policy_name(name: str) -> None:
    """Raises NotFoundException: there is no policy of this name."""
    if name != DEFAULT:
        raise NotFoundException("No such policy exists")


def check_writable(name: str) -> None:
    """Raises ValidationException, NotFoundException: a policy that cannot be put."""
    if name == SHARED:
        raise ValidationException("The AWS_RAM policy can only be managed by the RAM service")
    check_policy_name(name)


def check_key_policy(call: Call, text: str) -> None:
    """See that a text is a key policy, and that whom it names is there, in accounts that hold identities (5.4).

    Raises as `check_policy` does.
    """
    check_policy(text)
    from kmscli.authorization.document import INVALID_PRINCIPAL, parsed

    for statement in parsed(text, names_principals=True).statements:
        for name in statement.principal.by_kind.get("AWS", ()) if statement.principal else ():
            if not is_there(call.transaction, name):
                raise MalformedPolicyDocumentException(INVALID_PRINCIPAL)


def check_policy(text: str) -> None:
    """Raises LimitExceededException: too long. MalformedPolicyDocumentException: no key policy (5.3, 5.4)."""
    from kmscli.authorization.document import MalformedDocumentError, parsed

    if len(text.encode()) > LONGEST:
        raise LimitExceededException(f"The policy is longer than {LONGEST} bytes.")
    try:
        parsed(text, names_principals=True)
    except MalformedDocumentError as error:
        raise MalformedPolicyDocumentException(str(error)) from None


def check_lockout(call: Call, request: Any, key: Key) -> None:
    """See that a policy leaves its author able to put another one, unless he says that it need not (5.5).

    Raises MalformedPolicyDocumentException.
    """
    if request.policy is None and call.caller.is_root:
        return
    if request.bypass_policy_lockout_safety_check:
        return
    from kmscli.operations.weighing import may_put_policy

    if not may_put_policy(call, request, key, request.policy or policy_of(call.transaction, key)):
        raise MalformedPolicyDocumentException(LOCKOUT)
