"""GenerateDataKeyPairWithoutPlaintext."""

from kmscli.keys.key import Key
from kmscli.keys.specs import ENCRYPT_DECRYPT
from kmscli.keys.states import USABLE
from kmscli.operations.algorithm_members import KeyPairSpec, PublicKey
from kmscli.operations.call import Call
from kmscli.operations.data_key_pair_rules import check_makes_pairs, new_data_key_pair
from kmscli.operations.data_key_rules import DataKeyRequest
from kmscli.operations.fields import Blob, String
from kmscli.operations.members import DryRun, EncryptionContext, GrantTokens, KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Response


class GenerateDataKeyPairWithoutPlaintextRequest(DataKeyRequest):
    """What GenerateDataKeyPairWithoutPlaintext is asked."""

    encryption_context = EncryptionContext()
    key_id = KeyId().required()
    key_pair_spec = KeyPairSpec().required()
    grant_tokens = GrantTokens()
    dry_run = DryRun()


class GenerateDataKeyPairWithoutPlaintextResponse(Response):
    """What GenerateDataKeyPairWithoutPlaintext answers."""

    private_key_ciphertext_blob = Blob(1, 6144)
    public_key = PublicKey()
    key_id = String(1, 2048)
    key_pair_spec = KeyPairSpec()
    key_material_id = String(64, 64, pattern="^[a-f0-9]+$")


@operation(
    targets=[Target("key_id", aliases=True, suits=check_makes_pairs, usage=ENCRYPT_DECRYPT, states=USABLE)],
    read_only=True,
    lengthy="key_pair_spec",
)
def generate_data_key_pair_without_plaintext(
    call: Call, request: GenerateDataKeyPairWithoutPlaintextRequest, key: Key
) -> GenerateDataKeyPairWithoutPlaintextResponse:
    """Make a key pair and show its private key encrypted only, for someone else to use later."""
    made = new_data_key_pair(call, key, request.key_pair_spec, request.encryption_context)
    return GenerateDataKeyPairWithoutPlaintextResponse(
        private_key_ciphertext_blob=made.ciphertext,
        public_key=made.public_key,
        key_id=key.arn,
        key_pair_spec=request.key_pair_spec,
        key_material_id=key.material_id,
    )
