"""Credentials: whom an access key makes of a caller (design, "Who calls, and what fails how")."""

from collections.abc import Callable

from kmscli.authorization.caller import Caller
from kmscli.crypto.hashing import same
from kmscli.errors import ExpiredTokenException, InvalidSignatureException, UnrecognizedClientException
from kmscli.identities.access_keys import find_access_key, secret_of
from kmscli.identities.finding import find_role, principal_of_access_key
from kmscli.identities.sessions import Session, opened_session
from kmscli.vault.keyring import Keyring
from kmscli.vault.transaction import Transaction

Proof = Callable[[str], None]
"""Sees that whoever calls has a secret, which it is given. Raises InvalidSignatureException."""


class Claim:
    """An access key id and, of a session, its token. `prove`: sees that whoever claims to have it has the secret."""

    def __init__(self, key_id: str, token: str, prove: Proof) -> None:
        self.key_id = key_id
        self.token = token
        self.prove = prove


class Credentials:
    """An access key id with its secret and, of a session, its token. Shows neither."""

    def __init__(self, key_id: str, secret: str, token: str) -> None:
        self.key_id = key_id
        self.secret = secret
        self.token = token

    def __repr__(self) -> str:
        return f"Credentials({self.key_id})"

    def claim(self) -> Claim:
        """The claim of whoever says them."""
        return Claim(self.key_id, self.token, self._prove)

    def _prove(self, secret: str) -> None:
        if not same(secret.encode(), self.secret.encode()):
            raise InvalidSignatureException(InvalidSignatureException.MISMATCH)


def caller_with(claim: Claim, caller: Caller, transaction: Transaction, keyring: Keyring, now: float) -> Caller | None:
    """The caller as the principal that a claim is about; None: it is of no access key that the vault knows.

    `now`: the vault's time, by which sessions end. Raises InvalidSignatureException: the secret is another.
    ExpiredTokenException. UnrecognizedClientException: the session is another key's, or its role is gone.
    """
    if claim.token:
        return _in_session(claim, caller, transaction, keyring, now)
    found = _user_and_secret(transaction, claim.key_id)
    if found is None:
        return None
    arn, secret = found
    claim.prove(secret)
    return caller.become(arn, access_key=claim.key_id)


def _user_and_secret(transaction: Transaction, key_id: str) -> tuple[str, str] | None:
    """Whose an access key is, by ARN, and its secret."""
    known: tuple[str, str] | None = transaction.derived.get(("access key", key_id))
    if known is None:
        user = principal_of_access_key(transaction, key_id)
        key = find_access_key(transaction, key_id)
        if user and key:
            known = transaction.derived["access key", key_id] = user.arn, secret_of(transaction, key)
    return known


def _in_session(claim: Claim, caller: Caller, transaction: Transaction, keyring: Keyring, now: float) -> Caller | None:
    opened = opened_session(keyring, claim.token)
    if opened is None:
        return None
    session, secret = opened
    if session.access_key != claim.key_id:
        raise UnrecognizedClientException(UnrecognizedClientException.UNKNOWN)
    claim.prove(secret)
    _check_lasts(session, transaction, now)
    return caller.become(session.arn, access_key=session.access_key, session=session)


def _check_lasts(session: Session, transaction: Transaction, now: float) -> None:
    """Raises ExpiredTokenException. UnrecognizedClientException: the role is gone.

    One that was made anew under the same name is another, whose policies are not this session's.
    """
    if now >= session.expires:
        raise ExpiredTokenException("The security token included in the request is expired")
    account, name = session.role_arn.split(":", 5)[4], session.role_arn.rpartition("/")[2]
    role = find_role(transaction, account, name)
    if role is None or role.unique_id != session.role_id:
        raise UnrecognizedClientException(UnrecognizedClientException.UNKNOWN)
