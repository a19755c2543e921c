"""For lab vaults: what else only AWS's machines have, such as attestation documents to test with."""

from base64 import b64decode
from binascii import Error as NotBase64Error
from typing import Annotated, Any

import typer

from kmscli.cli.local._attestation_root import attestation_root
from kmscli.cli.local._facts import show
from kmscli.cli.local._lab_change import change_lab
from kmscli.cli.local._recipient import content_of, keys_of, measurements, new_files, private_key_in
from kmscli.cli.local._vault_session import VaultSession, command
from kmscli.cli.session import warn
from kmscli.errors import KmscliError, UsageError
from kmscli.vault.transaction import Transaction

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(attestation_root, name="attestation-root")

LONGEST_MODULE_ID = 256
BER_SEQUENCE = b"0"
"""The byte that binary answers begin with, and that base64 never does."""


@command(app, "attestation-document")
def attestation_document(
    session: VaultSession,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to write the document.")],
    *,
    private_key: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="The recipient's RSA private key; made, for you alone, if it is not there."),
    ] = None,
    public_key: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="The recipient's RSA public key, where another has the private one."),
    ] = None,
    pcr: Annotated[
        list[str] | None, typer.Option(metavar="N=HEX", help="A measurement; may be given several times.")
    ] = None,
    module_id: Annotated[str, typer.Option(metavar="ID", help="The id of the module that attests.")] = (
        "i-0123456789abcdef0-enc0123456789abcdef"
    ),
    nitro_tpm: Annotated[
        bool, typer.Option("--nitro-tpm", help="A document as an instance with NitroTPM makes it, not an enclave.")
    ] = False,
) -> None:
    """Make an attestation document to test with, in a lab vault: it goes with --recipient, for five minutes.

    It is signed under a root of the vault's own, which the vault makes, keeps and trusts from then on. Measurements
    that are not given are zero; a warning says so where all of an enclave's are, as in debug mode. The answer of a call
    with --recipient is opened by kmscli lab open-for-recipient, or by openssl cms -decrypt.
    """
    if not (0 < len(module_id) <= LONGEST_MODULE_ID and module_id.isprintable()):
        raise UsageError(f"argument --module-id: an id has 1 to {LONGEST_MODULE_ID} printable characters")
    pcrs = measurements(pcr or [], 24 if nitro_tpm else 16)
    spki, new_private_key = keys_of(private_key, public_key)
    made: list[bytes] = []

    def change(transaction: Transaction, now: float) -> dict[str, Any]:
        from kmscli.crypto.attestation_making import document
        from kmscli.keys.attestation_roots import own_root

        root, fingerprint = own_root(transaction, now)
        made[:] = [document(root, now, module_id=module_id, pcrs=pcrs, is_tpm=nitro_tpm, public_key=spki)]
        return {"moduleId": module_id, "root": fingerprint}

    outputs = [file, *([private_key] if private_key and new_private_key else [])]
    with new_files(outputs) as files:
        change_lab(session, "MakeAttestationDocument", change)
        for output, content in zip(files, (made[0], new_private_key), strict=False):
            output.write(content)
    if not (nitro_tpm or any(map(any, pcrs.values()))):
        warn("All measurements are zero, as of an enclave in debug mode: no condition on real ones matches. See --pcr.")
    if file == "-":
        return
    facts = {"Document": file, "ModuleId": module_id, "PrivateKey": private_key, "MadePrivateKey": len(outputs) > 1}
    lines = [("made document", file), ("module id", module_id)]
    show(facts, [*lines, *(("made private key", path) for path in outputs[1:])], session.output)


@app.command("open-for-recipient")
def open_for_recipient(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The CiphertextForRecipient, binary or in base64; - is stdin.")
    ],
    *,
    private_key: Annotated[str, typer.Option(metavar="PATH", help="The recipient's RSA private key.")],
    plaintext_out: Annotated[
        str, typer.Option(metavar="PATH", help="Where to write the plaintext as it is: by default to stdout.")
    ] = "-",
) -> None:
    """Open an answer that was encrypted for an attested recipient.

    Needs no vault. What the enclave SDK does inside an enclave.
    """
    from kmscli.crypto.enveloped_reading import NotForThisKeyError, opened

    key = private_key_in(private_key)
    content = content_of(file, "FILE")
    with new_files([plaintext_out]) as [output]:
        try:
            output.write(opened(key, content if content.startswith(BER_SEQUENCE) else b64decode(content)))
        except (NotForThisKeyError, NotBase64Error):
            raise KmscliError(f"{file} holds no answer for the recipient with this private key.") from None
