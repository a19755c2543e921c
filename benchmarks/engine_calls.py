"""Symmetric calls in the engine, in groups of 256 with one commit, against the bare primitive and one small record.

The bare row derives the message's key, encrypts or decrypts, and encodes one small JSON record.

    python benchmarks/engine_calls.py [--rounds N] [--profile ROW]
"""

import os
from typing import Any

from groups import KEY, Compared, House, bare, measure

from kmscli.crypto.ciphertext_blob import decrypt, encrypt

BUDGET = 6.0
CONTEXT = {"purpose": "benchmark"}
PLAINTEXT = bytes(32)


def rows(house: House) -> dict[str, Compared]:
    """The bare row and the engine's, by operation."""
    material_id = bytes(32)
    blob = encrypt(KEY, material_id, CONTEXT, PLAINTEXT)
    long = bytes(4096)
    request: dict[str, Any] = {"KeyId": house.new_key(), "EncryptionContext": CONTEXT}
    made = house.group("Encrypt", {**request, "Plaintext": PLAINTEXT})[0].ciphertext_blob
    return {
        "Encrypt 32 B": Compared(
            bare(lambda _: encrypt(KEY, material_id, CONTEXT, PLAINTEXT)),
            lambda: house.group("Encrypt", {**request, "Plaintext": PLAINTEXT}),
            BUDGET,
        ),
        "Encrypt 4 KB": Compared(
            bare(lambda _: encrypt(KEY, material_id, CONTEXT, long)),
            lambda: house.group("Encrypt", {**request, "Plaintext": long}),
            BUDGET,
        ),
        "Decrypt 32 B": Compared(
            bare(lambda _: decrypt(KEY, CONTEXT, blob)),
            lambda: house.group("Decrypt", {"CiphertextBlob": made, "EncryptionContext": CONTEXT}),
            BUDGET,
        ),
        "GenerateDataKey": Compared(
            bare(lambda _: encrypt(KEY, material_id, CONTEXT, os.urandom(32))),
            lambda: house.group("GenerateDataKey", {**request, "KeySpec": "AES_256"}),
            BUDGET,
        ),
    }


if __name__ == "__main__":
    measure(__doc__, rows, rounds=15)
