"""The roots of attestation documents that a lab vault trusts besides AWS's."""

from typing import Annotated, Any

import typer

from kmscli.cli.local._facts import show, show_rows
from kmscli.cli.local._lab_change import change_lab
from kmscli.cli.local._recipient import content_of
from kmscli.cli.local._vault_session import VaultSession, command
from kmscli.clock import iso8601
from kmscli.errors import ConfigurationError, UsageError
from kmscli.vault.opening import Opened
from kmscli.vault.transaction import Transaction

attestation_root = typer.Typer(
    help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)

AWS = "CN=aws.nitro-enclaves,OU=AWS,O=Amazon,C=US"


@command(attestation_root, "list")
def list_roots(session: VaultSession) -> None:
    """List the roots: fingerprint, kind, subject, and when it was added.

    AWS's own is trusted by every vault. All others are for tests, and the trail says so of each call that relies on
    one. One may be the vault's own, under which kmscli lab attestation-document signs.
    """
    facts = session.read(_roots)
    rows = [(root["Fingerprint"], root["Kind"], root["Subject"], root["Added"] or "") for root in facts["Roots"]]
    show_rows(facts, ("fingerprint", "kind", "subject", "added"), rows, session.output)


@command(attestation_root, "add")
def add(
    session: VaultSession,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The root's certificate, PEM or DER; - is stdin.")],
) -> None:
    """Trust documents under another root, in a lab vault: one that signs your own test documents."""
    from kmscli.crypto.attestation import NITRO_ROOT
    from kmscli.crypto.attestation_chain import BadChainError
    from kmscli.crypto.attestation_roots import root_of
    from kmscli.keys.attestation_roots import MOST, add_root, find_root, roots_of

    try:
        root = root_of(content_of(file, "FILE"))
    except BadChainError:
        raise UsageError(f"argument FILE: {file} holds no self-signed certificate of an authority") from None
    if root.fingerprint == NITRO_ROOT:
        raise ConfigurationError("This is AWS's root, which every vault trusts.")

    def change(transaction: Transaction, now: float) -> dict[str, Any]:
        if find_root(transaction, root.fingerprint):
            raise ConfigurationError(f"The vault trusts root {root.fingerprint} already.")
        if len(roots_of(transaction)) >= MOST:
            raise ConfigurationError(f"The vault trusts {MOST} roots already: remove one first.")
        add_root(transaction, root, now)
        return {"root": root.fingerprint, "subject": root.subject}

    change_lab(session, "AddAttestationRoot", change)
    facts = {"Fingerprint": root.fingerprint, "Subject": root.subject}
    show(facts, [("trusted", root.fingerprint), ("subject", root.subject)], session.output)


@command(attestation_root, "remove")
def remove(
    session: VaultSession,
    fingerprint: Annotated[
        str, typer.Argument(metavar="FINGERPRINT", help="The root's fingerprint, or how it begins.")
    ],
) -> None:
    """Trust documents under a root no more.

    If it is the vault's own its key is forgotten, and kmscli lab attestation-document makes another.
    """
    from kmscli.keys.attestation_roots import remove_root, roots_of

    removed: list[str] = []

    def change(transaction: Transaction, _: float) -> dict[str, Any]:
        found = [root for root in roots_of(transaction) if root.fingerprint.startswith(fingerprint)]
        if len(found) != 1:
            number = "several roots begin" if found else "no root begins"
            raise ConfigurationError(
                f"In the vault {number} with {fingerprint}.", mend="See which: kmscli lab attestation-root list"
            )
        remove_root(transaction, found[0])
        removed[:] = [found[0].fingerprint]
        return {"root": found[0].fingerprint, "subject": found[0].subject}

    change_lab(session, "RemoveAttestationRoot", change)
    show({"Removed": removed[0]}, [("trusted no more", removed[0])], session.output)


def _roots(opened: Opened) -> dict[str, Any]:
    from kmscli.crypto.attestation import NITRO_ROOT
    from kmscli.keys.attestation_roots import roots_of

    transaction = opened.vault.transaction()
    try:
        roots = roots_of(transaction)
    finally:
        transaction.close()
    ours = [
        {
            "Fingerprint": root.fingerprint,
            "Kind": "own" if root.own else "local-test",
            "Subject": root.subject,
            "Added": iso8601(root.added),
        }
        for root in roots
    ]
    return {"Roots": [{"Fingerprint": NITRO_ROOT, "Kind": "aws", "Subject": AWS, "Added": None}, *ours]}
