"""ReEncrypt."""

from kmscli.keys.key import Key
from kmscli.keys.specs import ENCRYPT_DECRYPT, check_algorithm
from kmscli.keys.states import USABLE
from kmscli.keystores.in_vault import decrypted, encrypted
from kmscli.operations.call import Call
from kmscli.operations.ciphertext_rules import check_ciphertext
from kmscli.operations.fields import Blob, String
from kmscli.operations.members import (
    CiphertextBlob,
    DryRun,
    DryRunModifiers,
    EncryptionAlgorithm,
    EncryptionContext,
    GrantTokens,
    KeyId,
)
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class ReEncryptRequest(Request):
    """What ReEncrypt is asked."""

    ciphertext_blob = CiphertextBlob("What to encrypt again.")
    source_encryption_context = EncryptionContext("The encryption context that it was encrypted with.").feeds(
        action="ReEncryptFrom"
    )
    source_key_id = KeyId("The key that must have encrypted it. A symmetric ciphertext names its key by itself.")
    destination_key_id = KeyId("The key to encrypt it under.").required()
    destination_encryption_context = EncryptionContext("The encryption context to bind the new ciphertext to.").feeds(
        action="ReEncryptTo"
    )
    source_encryption_algorithm = (
        EncryptionAlgorithm("How it was encrypted.").feeds(action="ReEncryptFrom").default("SYMMETRIC_DEFAULT")
    )
    destination_encryption_algorithm = (
        EncryptionAlgorithm("How to encrypt it.").feeds(action="ReEncryptTo").default("SYMMETRIC_DEFAULT")
    )
    grant_tokens = GrantTokens()
    dry_run = DryRun()
    dry_run_modifiers = DryRunModifiers()

    def rules(self) -> None:
        """A ciphertext, unless a dry run says that there need be none."""
        check_ciphertext(
            self.ciphertext_blob,
            self.source_key_id,
            self.source_encryption_algorithm,
            dry_run=self.dry_run,
            modifiers=self.dry_run_modifiers,
        )


class ReEncryptResponse(Response):
    """What ReEncrypt answers."""

    ciphertext_blob = Blob(1, 6144)
    source_key_id = String(1, 2048)
    key_id = String(1, 2048)
    source_encryption_algorithm = EncryptionAlgorithm()
    destination_encryption_algorithm = EncryptionAlgorithm()
    source_key_material_id = String(64, 64, pattern="^[a-f0-9]+$")
    destination_key_material_id = String(64, 64, pattern="^[a-f0-9]+$")


@operation(
    targets=[
        Target(
            "source_key_id",
            ciphertext="ciphertext_blob",
            aliases=True,
            action="ReEncryptFrom",
            usage=ENCRYPT_DECRYPT,
            states=USABLE,
            logs_arn=True,
        ),
        Target(
            "destination_key_id",
            aliases=True,
            action="ReEncryptTo",
            usage=ENCRYPT_DECRYPT,
            states=USABLE,
            logs_arn=True,
        ),
    ],
    read_only=True,
    lengthy="source_encryption_algorithm",
)
def re_encrypt(call: Call, request: ReEncryptRequest, source: Key, destination: Key) -> ReEncryptResponse:
    """Decrypt a ciphertext and encrypt it under another key or context. The plaintext is never shown."""
    before, after = request.source_encryption_algorithm, request.destination_encryption_algorithm
    check_algorithm(before, source.spec, ENCRYPT_DECRYPT)
    check_algorithm(after, destination.spec, ENCRYPT_DECRYPT)
    if request.ciphertext_blob is None or request.dry_run_modifiers:
        return ReEncryptResponse()
    context, given = request.source_encryption_context, request.ciphertext_blob
    opened = decrypted(call.transaction, source, before, context, given, once=call.once)
    blob = encrypted(call.transaction, destination, after, request.destination_encryption_context, opened.plaintext)
    made_with = destination.shown_material_id
    call.show_material(sourceKeyMaterialId=opened.material_id, destinationKeyMaterialId=made_with)
    return ReEncryptResponse(
        ciphertext_blob=blob,
        source_key_id=source.arn,
        key_id=destination.arn,
        source_encryption_algorithm=before,
        destination_encryption_algorithm=after,
        source_key_material_id=opened.material_id,
        destination_key_material_id=made_with,
    )
