"""The inline policies of users, roles and groups."""

from kmscli.errors import DeleteConflict, LimitExceeded, NoSuchEntity
from kmscli.identities.identity import Identity
from kmscli.identities.resource import save
from kmscli.operations.call import Call
from kmscli.operations.identity_documents import check_document, length_of


def put_policy(call: Call, identity: Identity, name: str, text: str) -> None:
    """Give an identity a policy, in place of the one of this name. Raises MalformedPolicyDocument, LimitExceeded."""
    check_document(text)
    policies = {**identity.policies, name: text}
    if length_of(policies.values()) > identity.longest:
        whose = f"{identity.word} {identity.name}"
        raise LimitExceeded(f"Maximum policy size of {identity.longest} bytes exceeded for {whose}")
    save(call.transaction, identity.changed(policies=policies))


def policy_named(identity: Identity, name: str) -> str:
    """The text of an identity's policy. Raises NoSuchEntity."""
    text = identity.policies.get(name)
    if text is None:
        raise NoSuchEntity(f"The {identity.word} policy with name {name} cannot be found.")
    return text


def delete_policy(call: Call, identity: Identity, name: str) -> None:
    """Take a policy from an identity. Raises NoSuchEntity."""
    policy_named(identity, name)
    policies = {other: text for other, text in identity.policies.items() if other != name}
    save(call.transaction, identity.changed(policies=policies))


def check_bare(identity: Identity) -> None:
    """Raises DeleteConflict: an identity still has policies."""
    if identity.attached:
        raise DeleteConflict("Cannot delete entity, must detach all policies first.")
    if identity.policies:
        raise DeleteConflict("Cannot delete entity, must delete policies first.")
