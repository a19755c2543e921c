"""The roots of attestation documents that a lab vault trusts besides AWS's: what is attested under them is a test.

One may be the vault's own, with which `kmscli lab attestation-document` signs; its private key is the row's secret.
"""

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from kmscli.clock import DAY
from kmscli.vault.transaction import Entry, Kind, Transaction

if TYPE_CHECKING:
    from kmscli.crypto.attestation_making import Authority
    from kmscli.crypto.attestation_roots import Root

ROOTS = "roots"
MOST = 100


class AttestationRoot:
    """A root. `fingerprint`: SHA-256 of the certificate, hex. `certificate`: DER in base64. `own`: has a secret."""

    def __init__(self, fingerprint: str, *, subject: str, certificate: str, added: float, own: bool) -> None:
        self.fingerprint = fingerprint
        self.subject = subject
        self.certificate = certificate
        self.added = added
        self.own = own


ATTESTATION_ROOT: Kind[AttestationRoot] = Kind(40, "attestation root", lambda value: AttestationRoot(**value), vars)


def find_root(transaction: Transaction, fingerprint: str) -> AttestationRoot | None:
    """A trusted root by its fingerprint."""
    return transaction.get(ATTESTATION_ROOT, ROOTS, fingerprint)


def roots_of(transaction: Transaction) -> list[AttestationRoot]:
    """All trusted roots, oldest first."""
    entries: list[Entry] = transaction.page(ATTESTATION_ROOT, ROOTS, b"", MOST)
    return sorted((entry.value for entry in entries), key=lambda root: (root.added, root.fingerprint))


def add_root(transaction: Transaction, root: "Root", now: float, secret: bytes | None = None) -> None:
    """Trust a root. `secret`: its private key, if it is to be the vault's own."""
    added = AttestationRoot(
        root.fingerprint,
        subject=root.subject,
        certificate=b64encode(root.certificate).decode(),
        added=now,
        own=secret is not None,
    )
    transaction.put(ATTESTATION_ROOT, ROOTS, root.fingerprint, added, secret=secret)


def remove_root(transaction: Transaction, root: AttestationRoot) -> None:
    """Trust a root no more, and forget its private key."""
    transaction.delete(ATTESTATION_ROOT, ROOTS, root.fingerprint, shred=root.own)


def own_root(transaction: Transaction, now: float) -> tuple["Authority", str]:
    """The vault's own root, with its key, and its fingerprint.

    It is made, and trusted, if there is none, or, where a lab's clock has come so far, if that expires.
    """
    from kmscli.crypto.attestation_making import ROOT_LIFETIME, Authority, new_root
    from kmscli.crypto.attestation_roots import Root

    for known in roots_of(transaction):
        if known.own and now + DAY < known.added + ROOT_LIFETIME:
            secret = transaction.secret(ATTESTATION_ROOT, ROOTS, known.fingerprint)
            return Authority(b64decode(known.certificate), secret), known.fingerprint
    made = new_root(now)
    root = Root(made.certificate)
    add_root(transaction, root, now, made.secret)
    return made, root.fingerprint
