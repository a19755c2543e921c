"""GenerateDataKeyWithoutPlaintext."""

from kmscli.keys.key import Key
from kmscli.keys.specs import ENCRYPT_DECRYPT, SYMMETRIC_DEFAULT, check_algorithm
from kmscli.keys.states import USABLE
from kmscli.keystores.in_vault import new_data_key
from kmscli.operations.call import Call
from kmscli.operations.data_key_rules import DATA_KEY_SPECS, DataKeyRequest, length_of, number_or_spec
from kmscli.operations.fields import Blob, Enum, Integer, String
from kmscli.operations.members import DryRun, EncryptionContext, GrantTokens, KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Response


class GenerateDataKeyWithoutPlaintextRequest(DataKeyRequest):
    """What GenerateDataKeyWithoutPlaintext is asked."""

    key_id = KeyId().required()
    encryption_context = EncryptionContext()
    key_spec = Enum(*DATA_KEY_SPECS, help="The data key's length by name. Give this or --number-of-bytes.")
    number_of_bytes = Integer(1, 1024, help="The data key's length in bytes. Give this or --key-spec.")
    grant_tokens = GrantTokens()
    dry_run = DryRun()

    def rules(self) -> None:
        """A length, said in one way."""
        number_or_spec(self.number_of_bytes, self.key_spec)


class GenerateDataKeyWithoutPlaintextResponse(Response):
    """What GenerateDataKeyWithoutPlaintext answers."""

    ciphertext_blob = Blob(1, 6144)
    key_id = String(1, 2048)
    key_material_id = String(64, 64, pattern="^[a-f0-9]+$")


@operation(targets=[Target("key_id", aliases=True, usage=ENCRYPT_DECRYPT, states=USABLE)], read_only=True)
def generate_data_key_without_plaintext(
    call: Call, request: GenerateDataKeyWithoutPlaintextRequest, key: Key
) -> GenerateDataKeyWithoutPlaintextResponse:
    """Make a data key and show it encrypted only, for someone else to use later."""
    check_algorithm(SYMMETRIC_DEFAULT, key.spec, ENCRYPT_DECRYPT)
    length = length_of(request.number_of_bytes, request.key_spec)
    _, blob = new_data_key(call.transaction, key, request.encryption_context, length)
    call.show_material(keyMaterialId=key.material_id)
    return GenerateDataKeyWithoutPlaintextResponse(
        ciphertext_blob=blob, key_id=key.arn, key_material_id=key.material_id
    )
