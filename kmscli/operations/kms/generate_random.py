"""GenerateRandom."""

import os

from kmscli.errors import ValidationException
from kmscli.operations.call import Call
from kmscli.operations.fields import Blob, Integer, String
from kmscli.operations.members import Recipient
from kmscli.operations.operation import operation
from kmscli.operations.recipient import answered, attested, check_recipient
from kmscli.operations.shapes import Request, Response


class GenerateRandomRequest(Request):
    """What GenerateRandom is asked."""

    number_of_bytes = Integer(1, 1024, help="How many bytes.", logged=False)
    custom_key_store_id = String(1, 64, help="A CloudHSM key store that is to make the bytes.")
    recipient = Recipient()

    def rules(self) -> None:
        """A number, which the API model does not ask for but the service does."""
        check_recipient(self.recipient)
        if self.number_of_bytes is None:
            raise ValidationException(
                "1 validation error detected: Value null at 'numberOfBytes' failed to satisfy constraint: "
                "Member must not be null"
            )


class GenerateRandomResponse(Response):
    """What GenerateRandom answers."""

    plaintext = Blob(1, 4096, secret=True)
    ciphertext_for_recipient = Blob(1, 6144)


@operation(read_only=True)
def generate_random(call: Call, request: GenerateRandomRequest) -> GenerateRandomResponse:
    """Make random bytes, from the operating system's generator.

    No custom key store of this kmscli makes any: external key stores never do, and there are no others yet.
    """
    if request.custom_key_store_id is not None:
        from kmscli.operations.keys_in_stores import refuse_random_bytes

        refuse_random_bytes(call, request.custom_key_store_id)
    attestation = attested(call, request.recipient)
    response = GenerateRandomResponse(plaintext=os.urandom(request.number_of_bytes or 0))
    return answered(response, GenerateRandomResponse.plaintext, attestation)
