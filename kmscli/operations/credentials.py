"""Credentials: whom an access key makes of a caller (design, "Who calls, and what fails how")."""

from kmscli.authorization.caller import Caller
from kmscli.crypto.hashing import same
from kmscli.errors import ExpiredTokenException, InvalidSignatureException, UnrecognizedClientException
from kmscli.identities.access_keys import find_access_key, secret_of
from kmscli.identities.finding import find_role, principal_of_access_key
from kmscli.identities.sessions import Session, opened_session
from kmscli.vault.keyring import Keyring
from kmscli.vault.transaction import Transaction

UNKNOWN = "The security token included in the request is invalid."


class Credentials:
    """An access key id with its secret and, of a session, its token. Shows neither."""

    def __init__(self, key_id: str, secret: str, token: str) -> None:
        self.key_id = key_id
        self.secret = secret
        self.token = token

    def __repr__(self) -> str:
        return f"Credentials({self.key_id})"


def caller_with(
    credentials: Credentials, caller: Caller, transaction: Transaction, keyring: Keyring, now: float
) -> Caller | None:
    """The caller as the principal that credentials name; None: they are none that the vault knows.

    Raises InvalidSignatureException: the secret is another. ExpiredTokenException. UnrecognizedClientException: the
    role of the session is gone.
    """
    if credentials.token:
        return _of_session(credentials, caller, transaction, keyring, now)
    user = principal_of_access_key(transaction, credentials.key_id)
    key = find_access_key(transaction, credentials.key_id)
    if user is None or key is None:
        return None
    _check(secret_of(transaction, key), credentials)
    return caller.become(user.arn, access_key=credentials.key_id)


def _of_session(
    credentials: Credentials, caller: Caller, transaction: Transaction, keyring: Keyring, now: float
) -> Caller | None:
    opened = opened_session(keyring, credentials.token)
    if opened is None:
        return None
    session, secret = opened
    if session.access_key != credentials.key_id:
        raise _other_secret()
    _check(secret, credentials)
    return caller_in(session, caller, transaction, now)


def caller_in(session: Session, caller: Caller, transaction: Transaction, now: float) -> Caller:
    """The caller in a session. Raises ExpiredTokenException.

    UnrecognizedClientException: its role is gone. One that was made anew under the same name is another, whose policies
    are not this session's.
    """
    if now >= session.expires:
        raise ExpiredTokenException("The security token included in the request is expired")
    account, name = session.role_arn.split(":", 5)[4], session.role_arn.rpartition("/")[2]
    role = find_role(transaction, account, name)
    if role is None or role.unique_id != session.role_id:
        raise UnrecognizedClientException(UNKNOWN)
    return caller.become(session.arn, access_key=session.access_key, session=session)


def _check(secret: str, credentials: Credentials) -> None:
    if not same(secret.encode(), credentials.secret.encode()):
        raise _other_secret()


def _other_secret() -> InvalidSignatureException:
    return InvalidSignatureException(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details."
    )
