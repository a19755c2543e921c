"""GenerateDataKey."""

from kmscli.keys.key import Key
from kmscli.keys.specs import ENCRYPT_DECRYPT, SYMMETRIC_DEFAULT, check_algorithm
from kmscli.keys.states import USABLE
from kmscli.keystores.in_vault import new_data_key
from kmscli.operations.call import Call
from kmscli.operations.data_key_rules import DATA_KEY_SPECS, DataKeyRequest, length_of, number_or_spec
from kmscli.operations.fields import Blob, Enum, Integer, String
from kmscli.operations.members import DryRun, EncryptionContext, GrantTokens, KeyId, Recipient
from kmscli.operations.operation import Target, operation
from kmscli.operations.recipient import answered, attested, check_recipient
from kmscli.operations.shapes import Response


class GenerateDataKeyRequest(DataKeyRequest):
    """What GenerateDataKey is asked."""

    key_id = KeyId().required()
    encryption_context = EncryptionContext()
    number_of_bytes = Integer(1, 1024, help="The data key's length in bytes. Give this or --key-spec.")
    key_spec = Enum(*DATA_KEY_SPECS, help="The data key's length by name. Give this or --number-of-bytes.")
    grant_tokens = GrantTokens()
    recipient = Recipient()
    dry_run = DryRun()

    def rules(self) -> None:
        """A length, said in one way."""
        check_recipient(self.recipient)
        number_or_spec(self.number_of_bytes, self.key_spec)


class GenerateDataKeyResponse(Response):
    """What GenerateDataKey answers."""

    ciphertext_blob = Blob(1, 6144)
    plaintext = Blob(1, 4096, secret=True)
    key_id = String(1, 2048)
    ciphertext_for_recipient = Blob(1, 6144)
    key_material_id = String(64, 64, pattern="^[a-f0-9]+$")


@operation(targets=[Target("key_id", aliases=True, usage=ENCRYPT_DECRYPT, states=USABLE)], read_only=True)
def generate_data_key(call: Call, request: GenerateDataKeyRequest, key: Key) -> GenerateDataKeyResponse:
    """Make a data key: random bytes to encrypt with, once in clear and once encrypted under a KMS key.

    Use the clear one and forget it; keep the encrypted one beside your data, and decrypt it when you need it.
    """
    check_algorithm(SYMMETRIC_DEFAULT, key.spec, ENCRYPT_DECRYPT)
    attestation = attested(call, request.recipient)
    length = length_of(request.number_of_bytes, request.key_spec)
    plaintext, blob = new_data_key(call.transaction, key, request.encryption_context, length)
    call.show_material(keyMaterialId=key.material_id)
    response = GenerateDataKeyResponse(
        ciphertext_blob=blob, plaintext=plaintext, key_id=key.arn, key_material_id=key.material_id
    )
    return answered(response, GenerateDataKeyResponse.plaintext, attestation)
