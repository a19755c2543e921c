"""What the data key pair operations share (reference, kms-semantics 2.5, 8.4)."""

from collections.abc import Mapping

from kmscli.crypto import asymmetric
from kmscli.errors import UnsupportedOperationException
from kmscli.keys.key import Key
from kmscli.keys.specs import CHINA_ONLY, ENCRYPT_DECRYPT, SYMMETRIC_DEFAULT, check_algorithm, check_origin
from kmscli.keystores.in_vault import encrypted
from kmscli.operations.call import Call


class DataKeyPair:
    """A key pair of a caller's own, and its private key's ciphertext. Does not show the private key."""

    def __init__(self, private_key: bytes, public_key: bytes, ciphertext: bytes) -> None:
        self.private_key = private_key
        self.public_key = public_key
        self.ciphertext = ciphertext

    def __repr__(self) -> str:
        return f"DataKeyPair({len(self.public_key)} bytes of public key)"


def check_makes_pairs(key: Key) -> None:
    """Raises UnsupportedOperationException: the key is in a custom key store (2.7)."""
    check_origin(key.arn, key.origin, "AWS_KMS", "EXTERNAL")


def new_data_key_pair(call: Call, key: Key, spec: str, context: Mapping[str, str] | None) -> DataKeyPair:
    """A new key pair of a spec, its private key encrypted under a KMS key.

    Raises InvalidKeyUsageException: that is no symmetric key. UnsupportedOperationException: kmscli has not this spec.
    """
    check_algorithm(SYMMETRIC_DEFAULT, key.spec, ENCRYPT_DECRYPT)
    if spec in CHINA_ONLY:
        raise UnsupportedOperationException(f"KeyPairSpec {spec} is not supported in Region {call.caller.region}.")
    private_key, public_key = call.once("pair", lambda: asymmetric.generate_pair(spec))
    ciphertext = encrypted(call.transaction, key, SYMMETRIC_DEFAULT, context, private_key)
    call.show_material(keyMaterialId=key.material_id)
    return DataKeyPair(private_key, public_key, ciphertext)
