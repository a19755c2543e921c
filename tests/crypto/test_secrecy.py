"""No secret shows in what Python prints of the objects that hold one, and none can be pickled by accident."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from kmscli.errors import KmscliError
from kmscli.keystores.in_vault import Decrypted
from kmscli.operations.kms.decrypt import DecryptResponse
from kmscli.operations.kms.encrypt import EncryptRequest
from kmscli.operations.kms.generate_data_key import GenerateDataKeyResponse
from kmscli.vault.keyring import Keyring
from kmscli.vault.keyslots import UnlockingSecret
from kmscli.vault.unlocking import key_secret

SECRET = b"a secret of a length that could be a key"
FORMS = (SECRET.decode(), SECRET.hex(), repr(SECRET)[2:-1])


def keyring() -> Keyring:
    """A keyring that holds the secret in every place."""
    return Keyring({1: SECRET[:32]}, SECRET[:32], SECRET[:32], {1: SECRET[:32]})


HOLDERS: dict[str, Callable[[], Any]] = {
    "keyring": keyring,
    "unlocking secret": lambda: UnlockingSecret("key", SECRET, "the key file"),
    "decrypted": lambda: Decrypted(SECRET, "6d" * 32),
    "request": lambda: EncryptRequest(key_id="alias/a", plaintext=SECRET),
    "answer": lambda: DecryptResponse(plaintext=SECRET),
    "data key": lambda: GenerateDataKeyResponse(plaintext=SECRET, ciphertext_blob=b"\0"),
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_no_secret_in_any_repr(holder: str) -> None:
    """What repr, str and format give of a holder of a secret does not hold the secret, or its first half."""
    thing = HOLDERS[holder]()
    for shown in (repr(thing), str(thing), f"{thing}", repr([thing]), repr({"thing": thing})):
        assert not any(form[: len(form) // 2] in shown for form in FORMS)


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_keyring_is_never_pickled(take: Callable[[Any], Any]) -> None:
    """A keyring refuses to become bytes, or another keyring."""
    with pytest.raises(TypeError, match="never pickled"):
        take(keyring())


@pytest.mark.parametrize("text", [SECRET, b"c2hvcnQ=", b"\xff\xfe" + SECRET])
def test_a_refused_key_is_not_in_the_refusal(text: bytes) -> None:
    """What is no key in base64 is refused by where it came from, never by what it is."""
    with pytest.raises(KmscliError) as refusal:
        key_secret(text, "KMSCLI_VAULT_KEY")
    shown = f"{refusal.value!r} {refusal.value} {refusal.value.mend}"
    assert SECRET.decode() not in shown
    assert "c2hvcnQ" not in shown
