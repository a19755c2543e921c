"""Sessions of roles: who has assumed a role, until when and with what; kept nowhere but in their own sealed tokens.

A session token is a sealed box, so that the vault keeps nothing of a session, and the credentials of one cannot be
parted. It is sealed under the vault's newest term: it lasts over a rekeying, and not over a purge.
"""

import binascii
import json
from typing import Any

from kmscli.crypto.aead import NotAuthenticError
from kmscli.identities.resource import random_base32
from kmscli.vault.keyring import Keyring, RekeyedError
from kmscli.vault.rows import packed, unpacked

_PURPOSE = "session token"
_FORMAT = b"\x01"


class Session:
    """A session of a role. `issued`, `expires`: seconds since the epoch.

    `policies`: those that bound it, each a name, an ARN (empty for an inline one) and a text. `tags`: its own, with
    those of the role; `transitive`: the names of tags that go on to the next role. `access_key`: its id.
    """

    def __init__(
        self,
        *,
        arn: str,
        role_arn: str,
        role_id: str,
        access_key: str,
        issued: int,
        expires: int,
        policies: list[list[str]],
        tags: dict[str, str],
        transitive: list[str],
        source_identity: str,
    ) -> None:
        self.arn = arn
        self.role_arn = role_arn
        self.role_id = role_id
        self.access_key = access_key
        self.issued = issued
        self.expires = expires
        self.policies = policies
        self.tags = tags
        self.transitive = transitive
        self.source_identity = source_identity


def new_session_key_id() -> str:
    """A random id of an access key that lasts as long as a session."""
    return f"ASIA{random_base32(16)}"


def session_token(keyring: Keyring, session: Session, secret: str) -> str:
    """The token of a session with its secret access key."""
    content = json.dumps(vars(session), separators=(",", ":")).encode()
    sealed = keyring.seal_value(_PURPOSE, packed(content, secret.encode()), _FORMAT)
    return binascii.b2a_base64(sealed, newline=False).decode()


def opened_session(keyring: Keyring, token: str) -> tuple[Session, str] | None:
    """A token's session and its secret access key; None: the vault gave no such token. Do not keep the secret."""
    try:
        sealed = binascii.a2b_base64(token, strict_mode=True)
        content, secret = unpacked(keyring.unseal_value(_PURPOSE, sealed, _FORMAT))
    except (NotAuthenticError, RekeyedError, ValueError):
        return None
    said: dict[str, Any] = json.loads(content)
    return Session(**said), secret.decode()
