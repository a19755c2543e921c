"""What AWS Organizations answers instead, by the names and mostly in the words of its API model."""

from kmscli.errors import ServiceError


class OrganizationError(ServiceError):
    """An answer of Organizations. `text`: what it says where it always says the same."""

    text = ""

    def __init__(self, message: str = "", *, mend: str = "") -> None:
        super().__init__(message or self.text, mend=mend)


class AWSOrganizationsNotInUseException(OrganizationError):
    """The caller's account is in no organization."""

    text = "Your account is not a member of an organization."


class AccessDeniedException(OrganizationError):
    """Only the management account may do this."""

    text = "You don't have permissions to access this resource."


class AccountNotFoundException(OrganizationError):
    """No such account in the organization."""

    text = "You specified an account that doesn't exist."


class AlreadyInOrganizationException(OrganizationError):
    """The account is in an organization already."""

    text = "The provided account is already a member of an organization."


class ChildNotFoundException(OrganizationError):
    """No such unit or account in the organization."""

    text = "You specified a child that doesn't exist."


class ConstraintViolationException(OrganizationError):
    """A quota, or a lower limit."""


class CreateAccountStatusNotFoundException(OrganizationError):
    """No such request to create an account."""

    text = "You specified a create account request that doesn't exist."


class DestinationParentNotFoundException(OrganizationError):
    """No such root or unit to move to."""

    text = "You specified a destination parent that doesn't exist."


class DuplicateAccountException(OrganizationError):
    """The account is where it is to be moved."""

    text = "That account is already present in the specified destination."


class DuplicateOrganizationalUnitException(OrganizationError):
    """The parent has a unit of this name."""

    text = "An OU with the same name already exists."


class DuplicatePolicyAttachmentException(OrganizationError):
    """The policy is attached there already."""

    text = "A policy with the specified name and type already exists."


class DuplicatePolicyException(OrganizationError):
    """There is a policy of this name and type."""

    text = "A policy with the specified name and type already exists."


class DuplicateHandshakeException(OrganizationError):
    """The account is invited already."""

    text = "A handshake with the same action and target already exists."


class HandshakeAlreadyInStateException(OrganizationError):
    """The invitation is accepted already."""

    text = "The specified handshake is already in the requested state."


class HandshakeConstraintViolationException(OrganizationError):
    """The account cannot be in this organization."""


class HandshakeNotFoundException(OrganizationError):
    """No such invitation of the caller's account."""

    text = "You specified a handshake that doesn't exist."


class InvalidHandshakeTransitionException(OrganizationError):
    """The invitation has expired."""

    text = "You can't perform the operation on the handshake in its current state."


class InvalidInputException(OrganizationError):
    """A member's value makes no sense."""


class MalformedPolicyDocumentException(OrganizationError):
    """The policy is not one, or not of its type."""

    text = "The provided policy document does not meet the requirements of the specified policy type."


class MasterCannotLeaveOrganizationException(OrganizationError):
    """The management account stays."""

    text = "You can't remove a management account from an organization."


class OrganizationNotEmptyException(OrganizationError):
    """There are other accounts than the management account."""

    text = "To delete an organization you must first remove all member accounts (except the master)."


class OrganizationalUnitNotEmptyException(OrganizationError):
    """There are accounts or units in it."""

    text = "The specified OU is not empty. Remove all accounts and child OUs and try the operation again."


class OrganizationalUnitNotFoundException(OrganizationError):
    """No such unit in the organization."""

    text = "You specified an organizational unit that doesn't exist."


class ParentNotFoundException(OrganizationError):
    """No such root or unit in the organization."""

    text = "You specified a parent that doesn't exist."


class PolicyInUseException(OrganizationError):
    """The policy is attached to something."""

    text = "The policy is attached to one or more entities. You must detach it before performing this operation."


class PolicyNotAttachedException(OrganizationError):
    """The policy is not attached there."""

    text = "The policy isn't attached to the specified target in the specified root."


class PolicyNotFoundException(OrganizationError):
    """No such policy in the organization."""

    text = "You specified a policy that doesn't exist."


class PolicyTypeAlreadyEnabledException(OrganizationError):
    """Policies of this type have effect already."""

    text = "The specified policy type is already enabled."


class PolicyTypeNotAvailableForOrganizationException(OrganizationError):
    """Policies of this type cannot have effect in this organization."""

    text = "You can't use the specified policy type with the feature set currently enabled for this organization."


class PolicyTypeNotEnabledException(OrganizationError):
    """Policies of this type have no effect in this organization."""

    text = "This operation can be performed only for enabled policy types."


class RootNotFoundException(OrganizationError):
    """No such root in the organization."""

    text = "You specified a root that doesn't exist."


class SourceParentNotFoundException(OrganizationError):
    """The account is not where it is to be moved from."""

    text = "You specified a source parent that doesn't exist."


class TargetNotFoundException(OrganizationError):
    """No such root, unit or account in the organization."""

    text = "You specified a target that doesn't exist."
