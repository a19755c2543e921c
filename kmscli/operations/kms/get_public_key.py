"""GetPublicKey."""

from kmscli.keys.key import Key
from kmscli.keys.specs import SYMMETRIC_DEFAULT, described, refuse_spec
from kmscli.keys.states import PENDING_IMPORT, PUBLISHABLE, refuse_state
from kmscli.keystores.key_pairs import public_key_der
from kmscli.operations.algorithm_members import SIGNING_ALGORITHMS, EncapsulationAlgorithm, PublicKey
from kmscli.operations.call import Call
from kmscli.operations.fields import Enum, String
from kmscli.operations.members import (
    CUSTOMER_MASTER_KEY_SPECS,
    ENCRYPTION_ALGORITHMS,
    KEY_SPECS,
    KEY_USAGES,
    GrantTokens,
    KeyId,
)
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import List, Request, Response


class GetPublicKeyRequest(Request):
    """What GetPublicKey is asked."""

    key_id = KeyId().required()
    grant_tokens = GrantTokens()


class GetPublicKeyResponse(Response):
    """What GetPublicKey answers."""

    key_id = String(1, 2048)
    public_key = PublicKey()
    customer_master_key_spec = Enum(*CUSTOMER_MASTER_KEY_SPECS)
    key_spec = Enum(*KEY_SPECS)
    key_usage = Enum(*KEY_USAGES)
    encryption_algorithms = List(Enum(*ENCRYPTION_ALGORITHMS))
    signing_algorithms = List(Enum(*SIGNING_ALGORITHMS))
    key_agreement_algorithms = List(Enum("ECDH"))
    encapsulation_algorithms = List(EncapsulationAlgorithm())


def check_has_public_key(key: Key) -> None:
    """Raises UnsupportedOperationException: symmetric and HMAC keys have none (2.7)."""
    if key.spec == SYMMETRIC_DEFAULT or key.spec.startswith("HMAC"):
        refuse_spec(key.arn, key.spec)


@operation(targets=[Target("key_id", aliases=True, suits=check_has_public_key, states=PUBLISHABLE)], read_only=True)
def get_public_key(call: Call, request: GetPublicKeyRequest, key: Key) -> GetPublicKeyResponse:
    """Show the public key of an asymmetric KMS key, in DER, and what the key is for.

    With it anyone can encrypt for the key, verify its signatures or derive a shared secret, without KMS.
    """
    if not key.material_id:
        refuse_state(key.arn, PENDING_IMPORT, PUBLISHABLE)
    der = public_key_der(call.transaction, key)
    return GetPublicKeyResponse(key_id=key.arn, public_key=der, **described(key.spec, key.usage))
