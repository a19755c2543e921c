"""GenerateDataKeyPair."""

from kmscli.keys.key import Key
from kmscli.keys.specs import ENCRYPT_DECRYPT
from kmscli.keys.states import USABLE
from kmscli.operations.algorithm_members import KeyPairSpec, PublicKey
from kmscli.operations.call import Call
from kmscli.operations.data_key_pair_rules import check_makes_pairs, new_data_key_pair
from kmscli.operations.data_key_rules import DataKeyRequest
from kmscli.operations.fields import Blob, String
from kmscli.operations.members import DryRun, EncryptionContext, GrantTokens, KeyId, Recipient
from kmscli.operations.operation import Target, operation
from kmscli.operations.recipient import answered, attested, check_recipient
from kmscli.operations.shapes import Response


class GenerateDataKeyPairRequest(DataKeyRequest):
    """What GenerateDataKeyPair is asked."""

    encryption_context = EncryptionContext()
    key_id = KeyId().required()
    key_pair_spec = KeyPairSpec().required()
    grant_tokens = GrantTokens()
    recipient = Recipient()
    dry_run = DryRun()

    def rules(self) -> None:
        """A recipient is named with all that it takes."""
        check_recipient(self.recipient)


class GenerateDataKeyPairResponse(Response):
    """What GenerateDataKeyPair answers."""

    private_key_ciphertext_blob = Blob(1, 6144)
    private_key_plaintext = Blob(1, 4096, secret=True)
    public_key = PublicKey()
    key_id = String(1, 2048)
    key_pair_spec = KeyPairSpec()
    ciphertext_for_recipient = Blob(1, 6144)
    key_material_id = String(64, 64, pattern="^[a-f0-9]+$")


@operation(
    targets=[Target("key_id", aliases=True, suits=check_makes_pairs, usage=ENCRYPT_DECRYPT, states=USABLE)],
    read_only=True,
    lengthy="key_pair_spec",
)
def generate_data_key_pair(call: Call, request: GenerateDataKeyPairRequest, key: Key) -> GenerateDataKeyPairResponse:
    """Make a key pair to use outside KMS, its private key once in clear and once encrypted under a KMS key.

    The keys are in DER, PKCS#8 and SubjectPublicKeyInfo, as OpenSSL reads them. Keep the encrypted private key, and
    decrypt it when you need it.
    """
    attestation = attested(call, request.recipient)
    made = new_data_key_pair(call, key, request.key_pair_spec, request.encryption_context)
    response = GenerateDataKeyPairResponse(
        private_key_ciphertext_blob=made.ciphertext,
        private_key_plaintext=made.private_key,
        public_key=made.public_key,
        key_id=key.arn,
        key_pair_spec=request.key_pair_spec,
        key_material_id=key.material_id,
    )
    return answered(response, GenerateDataKeyPairResponse.private_key_plaintext, attestation)
