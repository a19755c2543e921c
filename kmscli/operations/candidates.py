"""The principals that may be meant where a key is spoken of: by its policy, by its grants, or by being in the vault.

Each is told by one name and calls by another: for a role a session of it calls, one that no policy can name. Two stand
for those whom nothing names, so that a statement about everybody shows: any other user of the key's account, and the
root user of any other account. The `*` in their names is no character of a real one.
"""

from collections.abc import Iterator

from kmscli.authorization.document import MalformedDocumentError, parsed
from kmscli.authorization.principals import AWS, SERVICE, is_principal_arn
from kmscli.identities.roles import Role
from kmscli.identities.users import User
from kmscli.keys.grants import Grant, grants_of
from kmscli.keys.key import Key
from kmscli.keys.policies import policy_of
from kmscli.names import identity_arn, is_account, partition_of, root_arn, session_arn
from kmscli.vault.transaction import Transaction

SESSION = "*"
"""The name of the session that stands for all of a role's."""
OF_ACCOUNT = frozenset(("kms:calleraccount", "aws:principalaccount"))
OF_PRINCIPAL = OF_ACCOUNT | {
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principaltype",
    "aws:username",
}
"""Condition keys that say who calls."""


def candidates(transaction: Transaction, key: Key) -> list[str]:
    """Those to decide on: root users first, then whoever else, then those who stand for all others. Services are told
    by their names, all others by their ARNs.
    """
    named = {*_in_policy(transaction, key), *_in_grants(transaction, key)}
    named.update(entity.arn for entity in transaction.every(User.kind, Role.kind))
    accounts = {one.split(":")[4] for one in named if one.startswith("arn:")} - {key.account}
    roots = [root_arn(account, key.region) for account in (key.account, *sorted(accounts))]
    partition = partition_of(key.region)
    others = [identity_arn(partition, key.account, "user", "/", "*"), f"arn:{partition}:iam::*:root"]
    return list(dict.fromkeys([*roots, *sorted(named), *others]))


def calling(candidate: str) -> str:
    """As whom a candidate calls."""
    return session_arn(candidate, SESSION) if ":role/" in candidate else candidate


def fixed_for(caller: str) -> frozenset[str]:
    """The condition keys whose values no request of a candidate's can change; `caller`: as whom he calls.

    Whoever stands for an account's other users is any of them, but in no other account.
    """
    return OF_ACCOUNT if caller.endswith(":user/*") else OF_PRINCIPAL


def _in_policy(transaction: Transaction, key: Key) -> Iterator[str]:
    try:
        document = parsed(policy_of(transaction, key), names_principals=True)
    except MalformedDocumentError:
        return
    for statement in document.statements:
        by_kind = statement.principal.by_kind if statement.principal else {}
        yield from by_kind.get(SERVICE, ())
        said = (value for condition in statement.conditions for value in condition.values)
        for one in (*by_kind.get(AWS, ()), *said):
            if is_account(one):
                yield root_arn(one, key.region)
            elif is_principal_arn(one):
                yield one


def _in_grants(transaction: Transaction, key: Key) -> Iterator[str]:
    after = b""
    while entries := grants_of(transaction, key, after):
        for entry in entries:
            grant: Grant = entry.value
            yield grant.grantee
        after = entries[-1].id
