"""Decrypt."""

from kmscli.keys.key import Key
from kmscli.keys.specs import ENCRYPT_DECRYPT, check_algorithm
from kmscli.keys.states import USABLE
from kmscli.keystores.in_vault import decrypted
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
    Recipient,
)
from kmscli.operations.operation import Target, operation
from kmscli.operations.recipient import answered, attested, check_recipient
from kmscli.operations.shapes import Request, Response


class DecryptRequest(Request):
    """What Decrypt is asked."""

    ciphertext_blob = CiphertextBlob("What to decrypt.")
    encryption_context = EncryptionContext("The encryption context that was given when it was encrypted.")
    grant_tokens = GrantTokens()
    key_id = KeyId("The key that must have encrypted it. A symmetric ciphertext names its key by itself.")
    encryption_algorithm = EncryptionAlgorithm().default("SYMMETRIC_DEFAULT")
    recipient = Recipient()
    dry_run = DryRun()
    dry_run_modifiers = DryRunModifiers()

    def rules(self) -> None:
        """A ciphertext, unless a dry run says that there need be none."""
        check_recipient(self.recipient)
        check_ciphertext(
            self.ciphertext_blob,
            self.key_id,
            self.encryption_algorithm,
            dry_run=self.dry_run,
            modifiers=self.dry_run_modifiers,
        )


class DecryptResponse(Response):
    """What Decrypt answers."""

    key_id = String(1, 2048)
    plaintext = Blob(1, 4096, secret=True)
    encryption_algorithm = EncryptionAlgorithm()
    ciphertext_for_recipient = Blob(1, 6144)
    key_material_id = String(64, 64, pattern="^[a-f0-9]+$")


@operation(
    targets=[
        Target(
            "key_id",
            ciphertext="ciphertext_blob",
            aliases=True,
            usage=ENCRYPT_DECRYPT,
            states=USABLE,
            logs_arn=True,
        )
    ],
    read_only=True,
    lengthy="encryption_algorithm",
)
def decrypt(call: Call, request: DecryptRequest, key: Key) -> DecryptResponse:
    """Decrypt a ciphertext of encrypt, re-encrypt or the data key operations.

    The key is found by the ciphertext; name one to be sure which it is. A ciphertext of an RSA key tells nothing:
    name its key and --encryption-algorithm.
    """
    algorithm = request.encryption_algorithm
    check_algorithm(algorithm, key.spec, ENCRYPT_DECRYPT)
    attestation = attested(call, request.recipient)
    if request.ciphertext_blob is None or request.dry_run_modifiers:
        return DecryptResponse()
    context, blob = request.encryption_context, request.ciphertext_blob
    opened = decrypted(call.transaction, key, algorithm, context, blob, once=call.once)
    call.show_material(keyMaterialId=opened.material_id)
    response = DecryptResponse(
        key_id=key.arn,
        plaintext=opened.plaintext,
        encryption_algorithm=algorithm,
        key_material_id=opened.material_id,
    )
    return answered(response, DecryptResponse.plaintext, attestation)
