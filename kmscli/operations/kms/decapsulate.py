"""Decapsulate."""

from kmscli.crypto import asymmetric
from kmscli.crypto.aead import NotAuthenticError
from kmscli.errors import InvalidCiphertextException
from kmscli.keys.key import Key
from kmscli.keys.specs import ENCAPSULATE_DECAPSULATE, check_algorithm
from kmscli.keys.states import USABLE
from kmscli.keystores.key_pairs import private_key
from kmscli.operations.algorithm_members import EncapsulationAlgorithm
from kmscli.operations.call import Call
from kmscli.operations.fields import Blob, String
from kmscli.operations.members import CiphertextBlob, DryRun, GrantTokens, KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class DecapsulateRequest(Request):
    """What Decapsulate is asked."""

    key_id = KeyId().required()
    shared_secret_ciphertext_blob = CiphertextBlob("The ciphertext that encapsulate answered.").required()
    encapsulation_algorithm = EncapsulationAlgorithm().required()
    grant_tokens = GrantTokens()
    dry_run = DryRun()


class DecapsulateResponse(Response):
    """What Decapsulate answers."""

    key_id = String(1, 2048)
    shared_secret = Blob(1, 4096, secret=True)
    encapsulation_algorithm = EncapsulationAlgorithm()


@operation(targets=[Target("key_id", aliases=True, usage=ENCAPSULATE_DECAPSULATE, states=USABLE)], read_only=True)
def decapsulate(call: Call, request: DecapsulateRequest, key: Key) -> DecapsulateResponse:
    """Get a shared secret back from its ciphertext.

    Only a ciphertext of the wrong length is an error: one that was altered, or made for another key, gives a wrong
    secret, as ML-KEM demands.
    """
    algorithm = request.encapsulation_algorithm
    check_algorithm(algorithm, key.spec, ENCAPSULATE_DECAPSULATE)
    try:
        secret = asymmetric.decapsulate(private_key(call.transaction, key), request.shared_secret_ciphertext_blob)
    except NotAuthenticError:
        raise InvalidCiphertextException from None
    return DecapsulateResponse(key_id=key.arn, shared_secret=secret, encapsulation_algorithm=algorithm)
