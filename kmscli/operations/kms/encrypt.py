"""Encrypt."""

from kmscli.keys.key import Key
from kmscli.keys.specs import ENCRYPT_DECRYPT, check_algorithm
from kmscli.keys.states import USABLE
from kmscli.keystores.in_vault import encrypted
from kmscli.operations.call import Call
from kmscli.operations.fields import Blob, String
from kmscli.operations.members import DryRun, EncryptionAlgorithm, EncryptionContext, GrantTokens, KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class EncryptRequest(Request):
    """What Encrypt is asked."""

    key_id = KeyId().required()
    plaintext = Blob(1, 4096, secret=True, help="What to encrypt: up to 4,096 bytes.").required()
    encryption_context = EncryptionContext()
    grant_tokens = GrantTokens()
    encryption_algorithm = EncryptionAlgorithm().default("SYMMETRIC_DEFAULT")
    dry_run = DryRun()


class EncryptResponse(Response):
    """What Encrypt answers."""

    ciphertext_blob = Blob(1, 6144)
    key_id = String(1, 2048)
    encryption_algorithm = EncryptionAlgorithm()


@operation(
    targets=[Target("key_id", aliases=True, usage=ENCRYPT_DECRYPT, states=USABLE, logs_arn=True)], read_only=True
)
def encrypt(call: Call, request: EncryptRequest, key: Key) -> EncryptResponse:
    """Encrypt up to 4,096 bytes under a KMS key.

    An encryption context, if one is given, is bound to the ciphertext: decrypt needs the same one. An RSA key needs
    --encryption-algorithm, takes no context, and encrypts less: up to 446 bytes, by its spec and the algorithm.
    """
    algorithm = request.encryption_algorithm
    check_algorithm(algorithm, key.spec, ENCRYPT_DECRYPT)
    blob = encrypted(call.transaction, key, algorithm, request.encryption_context, request.plaintext)
    call.show_material(keyMaterialId=key.shown_material_id)
    return EncryptResponse(ciphertext_blob=blob, key_id=key.arn, encryption_algorithm=algorithm)
