"""Encapsulate."""

from kmscli.crypto import asymmetric
from kmscli.keys.key import Key
from kmscli.keys.specs import ENCAPSULATE_DECAPSULATE, check_algorithm
from kmscli.keys.states import USABLE
from kmscli.keystores.key_pairs import public_key
from kmscli.operations.algorithm_members import EncapsulationAlgorithm
from kmscli.operations.call import Call
from kmscli.operations.fields import Blob, String
from kmscli.operations.members import DryRun, GrantTokens, KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class EncapsulateRequest(Request):
    """What Encapsulate is asked."""

    key_id = KeyId().required()
    encapsulation_algorithm = EncapsulationAlgorithm().required()
    grant_tokens = GrantTokens()
    dry_run = DryRun()


class EncapsulateResponse(Response):
    """What Encapsulate answers."""

    key_id = String(1, 2048)
    shared_secret = Blob(1, 4096, secret=True)
    shared_secret_ciphertext_blob = Blob(1, 6144)
    encapsulation_algorithm = EncapsulationAlgorithm()


@operation(targets=[Target("key_id", aliases=True, usage=ENCAPSULATE_DECAPSULATE, states=USABLE)], read_only=True)
def encapsulate(call: Call, request: EncapsulateRequest, key: Key) -> EncapsulateResponse:
    """Make a secret of 32 bytes, and its ciphertext for the owner of a KMS key, safe from quantum computers.

    Anyone with the public key can do the same; decapsulate gets the secret back from the ciphertext.
    """
    algorithm = request.encapsulation_algorithm
    check_algorithm(algorithm, key.spec, ENCAPSULATE_DECAPSULATE)
    secret, ciphertext = asymmetric.encapsulate(public_key(call.transaction, key))
    return EncapsulateResponse(
        key_id=key.arn,
        shared_secret=secret,
        shared_secret_ciphertext_blob=ciphertext,
        encapsulation_algorithm=algorithm,
    )
