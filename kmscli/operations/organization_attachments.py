"""Attaching the policies of an organization to its root, units and accounts, and detaching them."""

from kmscli.limits.nodes import Node, all_nodes, save_node
from kmscli.limits.organizations import RESOURCE_CONTROL, Organization
from kmscli.limits.policies import FULL_ACCESS, Policy, attached_to, count_use
from kmscli.operations.organization_errors import (
    ConstraintViolationException,
    DuplicatePolicyAttachmentException,
    InvalidInputException,
    PolicyNotAttachedException,
    PolicyTypeNotEnabledException,
)
from kmscli.vault.transaction import Transaction

MOST = 5
"""How many policies of a type may be attached to one thing (AWS Organizations User Guide, quotas)."""


def attach(transaction: Transaction, organization: Organization, policy: Policy, node: Node) -> None:
    """Attach a policy.

    Raises PolicyTypeNotEnabledException, DuplicatePolicyAttachmentException, ConstraintViolationException.
    """
    if policy.type not in organization.enabled:
        raise PolicyTypeNotEnabledException
    attached = attached_to(node, organization, policy.type)
    if policy.policy_id in attached:
        raise DuplicatePolicyAttachmentException
    if len(attached) >= MOST:
        raise ConstraintViolationException("You have attached the maximum number of policies to the specified target.")
    _save(transaction, node, policy.type, [*attached, policy.policy_id])
    count_use(transaction, organization.organization_id, policy.policy_id, 1)


def detach(transaction: Transaction, organization: Organization, policy: Policy, node: Node) -> None:
    """Detach a policy. Raises PolicyNotAttachedException, InvalidInputException, ConstraintViolationException."""
    attached = attached_to(node, organization, policy.type)
    if policy.policy_id not in attached:
        raise PolicyNotAttachedException
    if policy is FULL_ACCESS[RESOURCE_CONTROL]:
        raise InvalidInputException("You can't detach this AWS Managed Policy.")
    if len(attached) == 1:
        raise ConstraintViolationException(
            "You cannot remove the last policy attached to the specified target. "
            "You must have at least one attached at all times."
        )
    _save(transaction, node, policy.type, [each for each in attached if each != policy.policy_id])
    count_use(transaction, organization.organization_id, policy.policy_id, -1)


def detach_type(transaction: Transaction, organization: Organization, type: str) -> None:
    """Detach all policies of a type from everything."""
    for node in all_nodes(transaction, organization.organization_id):
        if type in node.policies:
            _detach_type(transaction, node, type)
            save_node(transaction, node.changed(policies=_without(node, type)))


def detach_all(transaction: Transaction, node: Node) -> None:
    """Note that what is about to go has no policies any more."""
    for type in node.policies:
        _detach_type(transaction, node, type)


def _detach_type(transaction: Transaction, node: Node, type: str) -> None:
    for policy_id in node.policies[type]:
        count_use(transaction, node.organization, policy_id, -1)


def _save(transaction: Transaction, node: Node, type: str, attached: list[str]) -> None:
    """Write what is attached, but for what always is; nothing where it is what it is by default."""
    always = [FULL_ACCESS[type].policy_id]
    own = [each for each in attached if each not in always] if type == RESOURCE_CONTROL else attached
    by_default = [] if type == RESOURCE_CONTROL else always
    policies = _without(node, type) | ({} if own == by_default else {type: own})
    save_node(transaction, node.changed(policies=policies))


def _without(node: Node, type: str) -> dict[str, list[str]]:
    return {each: ids for each, ids in node.policies.items() if each != type}
