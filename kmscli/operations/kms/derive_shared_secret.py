"""DeriveSharedSecret."""

from kmscli.crypto import asymmetric
from kmscli.errors import ValidationException
from kmscli.keys.key import Key
from kmscli.keys.specs import KEY_AGREEMENT, check_algorithm
from kmscli.keys.states import USABLE
from kmscli.keystores.key_pairs import private_key
from kmscli.operations.algorithm_members import KeyAgreementAlgorithm, PublicKey
from kmscli.operations.call import Call
from kmscli.operations.fields import Blob, Enum, String
from kmscli.operations.members import ORIGINS, DryRun, GrantTokens, KeyId, Recipient
from kmscli.operations.operation import Target, operation
from kmscli.operations.recipient import answered, attested, check_recipient
from kmscli.operations.shapes import Request, Response


class DeriveSharedSecretRequest(Request):
    """What DeriveSharedSecret is asked."""

    key_id = KeyId().required()
    key_agreement_algorithm = KeyAgreementAlgorithm().required()
    public_key = PublicKey(
        "The other side's public key, on the same curve, in DER as openssl pkey -pubout -outform DER writes it."
    ).required()
    grant_tokens = GrantTokens()
    dry_run = DryRun()
    recipient = Recipient()

    def rules(self) -> None:
        """A recipient is named with all that it takes."""
        check_recipient(self.recipient)


class DeriveSharedSecretResponse(Response):
    """What DeriveSharedSecret answers."""

    key_id = String(1, 2048)
    shared_secret = Blob(1, 4096, secret=True)
    ciphertext_for_recipient = Blob(1, 6144)
    key_agreement_algorithm = KeyAgreementAlgorithm()
    key_origin = Enum(*ORIGINS)


@operation(targets=[Target("key_id", aliases=True, usage=KEY_AGREEMENT, states=USABLE)], read_only=True)
def derive_shared_secret(call: Call, request: DeriveSharedSecretRequest, key: Key) -> DeriveSharedSecretResponse:
    """Derive a secret that is shared with the owner of another key pair on the same curve.

    The other side derives the same secret from its private key and this key's public key. Both then derive symmetric
    keys from it; it is no key by itself.
    """
    algorithm = request.key_agreement_algorithm
    check_algorithm(algorithm, key.spec, KEY_AGREEMENT)
    attestation = attested(call, request.recipient)
    try:
        secret = asymmetric.agree(private_key(call.transaction, key), key.spec, request.public_key)
    except asymmetric.BadPeerKeyError:
        raise ValidationException(
            f"PublicKey is not a public key of key spec {key.spec} in DER-encoded X.509 SubjectPublicKeyInfo form."
        ) from None
    response = DeriveSharedSecretResponse(
        key_id=key.arn, shared_secret=secret, key_agreement_algorithm=algorithm, key_origin=key.origin
    )
    return answered(response, DeriveSharedSecretResponse.shared_secret, attestation)
