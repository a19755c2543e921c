"""What CreateKey and ReplicateKey do alike: a key that is new in its Region."""

from typing import Any

from kmscli.errors import TagException
from kmscli.keys.key import KEYS_QUOTA, Key
from kmscli.keys.policies import default_policy, set_policy
from kmscli.keys.tags import QUOTA, checked_tags, set_tags
from kmscli.operations.authorizing import authorize_alone
from kmscli.operations.call import Call
from kmscli.operations.members import Tag
from kmscli.operations.policy_rules import check_key_policy, check_lockout, check_policy
from kmscli.vault.transaction import Transaction


def check_new_key(transaction: Transaction, scope: str, policy: str | None, tags: list[Tag] | None) -> None:
    """Whether there may be one more key in an account and Region, with this policy and these tags.

    Raises LimitExceededException: there are as many as there may be. TagException, and what `check_policy` raises.
    """
    if policy is not None:
        check_policy(policy)
    if len(_checked(tags)) > QUOTA:
        raise TagException("Too many tags")
    count = transaction.tally(scope, "keys") + 1
    if count > KEYS_QUOTA:
        from kmscli.keys.quotas import refuse_beyond

        refuse_beyond(transaction, "keys", count, "You have")


def furnish(transaction: Transaction, key: Key, policy: str | None, tags: list[Tag] | None) -> str:
    """Give a new key its policy and its tags, and count it. Returns the policy."""
    policy = policy or default_policy(key.account, key.region)
    set_policy(transaction, key, policy)
    set_tags(transaction, key, _checked(tags))
    transaction.count(key.scope, "keys", 1)
    return policy


def check_furnished(call: Call, request: Any, key: Key) -> None:
    """See that the caller may give a new key its tags, and does not lock himself out of it.

    Raises AccessDeniedException, MalformedPolicyDocumentException.
    """
    if request.policy is not None:
        check_key_policy(call, request.policy)
    if request.tags:
        authorize_alone(call, request, "kms:TagResource", key.arn)
    check_lockout(call, request, key)


def _checked(tags: list[Tag] | None) -> dict[str, str]:
    return checked_tags([(tag.tag_key, tag.tag_value) for tag in tags or []])
