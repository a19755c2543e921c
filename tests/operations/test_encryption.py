from typing import Any

import pytest

from kmscli.errors import VaultDamagedError
from kmscli.keys.key import KEY
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, House, arn, caller

SYMMETRIC = "SYMMETRIC_DEFAULT"
INVALID = ("InvalidCiphertextException", "")
INCORRECT = (
    "IncorrectKeyException",
    "The key ID in the request does not identify a CMK that can perform this operation.",
)
AWS_BLOB = bytes.fromhex("0102020078") + bytes(range(32)) + b"\x01" + bytes(range(146))
"""Of the form that AWS's own blobs have (8.2)."""


def unreadable(action: str) -> tuple[str, str]:
    """How a blob is refused whose key is missing, or somebody else's."""
    message = (
        f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kms:{action} on the resource associated with "
        "this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, "
        "or a resource-based policy explicitly denies access"
    )
    return "AccessDeniedException", message


def test_encrypt_and_decrypt(house: House) -> None:
    """Encrypt answers blob, key and algorithm; Decrypt finds the key by itself and answers its material too."""
    key = house.new_key()
    made = house.call("Encrypt", KeyId=key, Plaintext=b"secret")
    blob = made["CiphertextBlob"]
    assert made == {"CiphertextBlob": blob, "KeyId": arn(key), "EncryptionAlgorithm": SYMMETRIC}
    assert b"secret" not in blob
    assert len(blob) <= len(b"secret") + 152
    assert house.call("Decrypt", CiphertextBlob=blob) == {
        "KeyId": arn(key),
        "Plaintext": b"secret",
        "EncryptionAlgorithm": SYMMETRIC,
        "KeyMaterialId": house.material_of(key),
    }


def test_no_two_ciphertexts_are_alike(house: House) -> None:
    """The same plaintext encrypts differently each time."""
    key = house.new_key()
    assert len({house.encrypted(key) for _ in range(5)}) == 5


@pytest.mark.parametrize("size", [1, 4096])
def test_the_sizes_that_encrypt(house: House, size: int) -> None:
    """1 to 4,096 bytes encrypt, and the blob is short enough to be decrypted."""
    blob = house.call("Encrypt", KeyId=house.new_key(), Plaintext=b"\0" * size)["CiphertextBlob"]
    assert len(blob) <= 6144
    assert house.call("Decrypt", CiphertextBlob=blob)["Plaintext"] == b"\0" * size


CONTEXTS: list[dict[str, str]] = [{}, {"a": "b"}, {"a": ""}, {"": "b"}, {"ключ": "Wert 🔑"}, {"a": "x" * 8000}]


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_context_must_be_the_same(house: House, context: dict[str, str]) -> None:
    """A blob decrypts with the same pairs in any order, and with no others."""
    key = house.new_key()
    whole = {"purpose": "test", **context}
    blob = house.encrypted(key, whole)
    backwards = dict(reversed(whole.items()))
    assert house.call("Decrypt", CiphertextBlob=blob, EncryptionContext=backwards)["Plaintext"] == b"secret"
    others: list[dict[str, str]] = [{}, {"purpose": "Test"}, {"Purpose": "test"}, {**whole, "more": ""}]
    for other in others + [{"purpose": "test"}] * bool(context):
        assert house.refusal("Decrypt", CiphertextBlob=blob, EncryptionContext=other) == INVALID


def test_an_empty_context_is_none(house: House) -> None:
    """An absent context, a null one and an empty one are the same."""
    key = house.new_key()
    spellings: list[dict[str, Any]] = [{}, {"EncryptionContext": {}}, {"EncryptionContext": None}]
    for made in spellings:
        blob = house.call("Encrypt", KeyId=key, Plaintext=b"x", **made)["CiphertextBlob"]
        for given in spellings:
            assert house.call("Decrypt", CiphertextBlob=blob, **given)["Plaintext"] == b"x"


CANNOT_BE: list[dict[str, str]] = [{"a": "x" * 8200}, {"\ud800": "a"}, {"a": "\udfff"}]


@pytest.mark.parametrize("context", CANNOT_BE, ids=["too long", "odd key", "odd value"])
def test_a_context_that_cannot_be(house: House, context: dict[str, str]) -> None:
    """A context of more than 8,192 bytes, or that is no Unicode, is refused; it decrypts nothing either."""
    key = house.new_key()
    blob = house.encrypted(key)
    given = {"KeyId": key, "EncryptionContext": context}
    assert house.refusal("Encrypt", Plaintext=b"x", **given)[0] == "ValidationException"
    assert house.refusal("GenerateDataKey", KeySpec="AES_256", **given)[0] == "ValidationException"
    assert house.refusal("Decrypt", CiphertextBlob=blob, **given) == INVALID


def test_a_blob_whose_keys_row_is_lost(house: House) -> None:
    """A material without its key is damage, which is said, and no traceback."""
    key = house.new_key()
    blob = house.encrypted(key)
    transaction = house.transaction()
    transaction.delete(KEY, f"{ACCOUNT} {house.caller.region}", key)
    house.commit(transaction)
    with pytest.raises(VaultDamagedError):
        house.call("Decrypt", CiphertextBlob=blob)


def test_the_named_key_must_be_the_blobs(house: House) -> None:
    """A blob decrypts under its own key, named in any form; named another it is IncorrectKey."""
    key, other = house.new_key(), house.new_key()
    house.call("CreateAlias", AliasName="alias/key", TargetKeyId=key)
    house.call("CreateAlias", AliasName="alias/other", TargetKeyId=other)
    blob = house.encrypted(key)
    for name in (key, arn(key), "alias/key"):
        assert house.call("Decrypt", CiphertextBlob=blob, KeyId=name)["KeyId"] == arn(key)
        answer = house.call("ReEncrypt", CiphertextBlob=blob, SourceKeyId=name, DestinationKeyId=other)
        assert answer["SourceKeyId"] == arn(key)
    for name in (other, arn(other), "alias/other"):
        assert house.refusal("Decrypt", CiphertextBlob=blob, KeyId=name) == INCORRECT
        given = {"SourceKeyId": name, "DestinationKeyId": key}
        assert house.refusal("ReEncrypt", CiphertextBlob=blob, **given) == INCORRECT


@pytest.mark.parametrize("blob", [b"x", b"", AWS_BLOB, b"kms\x01", b"\0" * 6144], ids=["x", "", "AWS", "kms", "zeros"])
@pytest.mark.parametrize("named", [False, True])
def test_a_blob_that_is_none(house: House, blob: bytes, named: bool) -> None:
    """What kmscli did not encrypt, AWS's own blobs included, is an invalid ciphertext, without a message."""
    key = house.new_key()
    source = {"SourceKeyId": key} if named else {}
    expected = INVALID if blob else "ValidationException"
    for refusal in (
        house.refusal("Decrypt", CiphertextBlob=blob, **({"KeyId": key} if named else {})),
        house.refusal("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=key, **source),
    ):
        assert expected in (refusal, refusal[0])


def test_an_empty_blob_breaks_a_constraint(house: House) -> None:
    """The shape refuses blobs of 0 and of 6,145 bytes, and shows none of them."""
    for size, constraint in ((0, "greater than or equal to 1"), (6145, "less than or equal to 6144")):
        message = (
            f"1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]' at "
            f"'ciphertextBlob' failed to satisfy constraint: Member must have length {constraint}"
        )
        assert house.refusal("Decrypt", CiphertextBlob=bytes(size)) == ("ValidationException", message)


def test_a_blob_of_a_key_that_is_not_there(house: House) -> None:
    """A blob of another vault, another Region or another account is denied: nobody learns which."""
    key = house.new_key()
    region, account = caller(region=OTHER_REGION), caller(OTHER_ACCOUNT)
    blob = house.encrypted(key)
    foreign = [
        blob[:8] + bytes(32) + blob[40:],
        house.call("Encrypt", region, KeyId=house.new_key(region), Plaintext=b"x")["CiphertextBlob"],
        house.call("Encrypt", account, KeyId=house.new_key(account), Plaintext=b"x")["CiphertextBlob"],
    ]
    for one in foreign:
        assert house.refusal("Decrypt", CiphertextBlob=one) == unreadable("Decrypt")
        assert house.event()["resources"] == []
        given = {"CiphertextBlob": one, "DestinationKeyId": key}
        assert house.refusal("ReEncrypt", **given) == unreadable("ReEncryptFrom")
        assert house.refusal("Decrypt", CiphertextBlob=one, KeyId=key) == INCORRECT


ALGORITHMS = {
    "Encrypt": {"EncryptionAlgorithm": "RSAES_OAEP_SHA_1"},
    "Decrypt": {"EncryptionAlgorithm": "RSAES_OAEP_SHA_1"},
    "ReEncrypt": {"SourceEncryptionAlgorithm": "RSAES_OAEP_SHA_1"},
    "ReEncrypt to": {"DestinationEncryptionAlgorithm": "RSAES_OAEP_SHA_1"},
}


@pytest.mark.parametrize("row", ALGORITHMS)
def test_an_algorithm_that_does_not_fit(house: House, row: str) -> None:
    """An algorithm of asymmetric keys is refused for a symmetric one."""
    key = house.new_key()
    needs: dict[str, dict[str, Any]] = {
        "Encrypt": {"KeyId": key, "Plaintext": b"x"},
        "Decrypt": {"KeyId": key, "CiphertextBlob": house.encrypted(key)},
        "ReEncrypt": {"SourceKeyId": key, "DestinationKeyId": key, "CiphertextBlob": house.encrypted(key)},
    }
    name = row.partition(" ")[0]
    assert house.refusal(name, **needs[name], **ALGORITHMS[row]) == (
        "InvalidKeyUsageException",
        "Algorithm RSAES_OAEP_SHA_1 is incompatible with key spec SYMMETRIC_DEFAULT.",
    )


def test_an_asymmetric_ciphertext_names_no_key(house: House) -> None:
    """With an algorithm of asymmetric keys and no key, there is no ciphertext that could be one."""
    key = house.new_key()
    blob = house.encrypted(key)
    assert house.refusal("Decrypt", CiphertextBlob=blob, EncryptionAlgorithm="RSAES_OAEP_SHA_256") == INVALID
    given = {"DestinationKeyId": key, "SourceEncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    assert house.refusal("ReEncrypt", CiphertextBlob=blob, **given) == INVALID


def test_re_encrypt(house: House) -> None:
    """ReEncrypt answers the new blob, both keys, algorithms and materials; contexts go each with its own side."""
    source, destination = house.new_key(), house.new_key()
    blob = house.encrypted(source, {"tenant": "a"})
    answer = house.call(
        "ReEncrypt",
        CiphertextBlob=blob,
        SourceEncryptionContext={"tenant": "a"},
        DestinationKeyId=destination,
        DestinationEncryptionContext={"tenant": "b"},
    )
    made = answer["CiphertextBlob"]
    assert answer == {
        "CiphertextBlob": made,
        "SourceKeyId": arn(source),
        "KeyId": arn(destination),
        "SourceEncryptionAlgorithm": SYMMETRIC,
        "DestinationEncryptionAlgorithm": SYMMETRIC,
        "SourceKeyMaterialId": house.material_of(source),
        "DestinationKeyMaterialId": house.material_of(destination),
    }
    opened = house.call("Decrypt", CiphertextBlob=made, EncryptionContext={"tenant": "b"})
    assert (opened["KeyId"], opened["Plaintext"]) == (arn(destination), b"secret")
    assert house.refusal("Decrypt", CiphertextBlob=made, EncryptionContext={"tenant": "a"}) == INVALID


def test_re_encrypt_under_the_same_key(house: House) -> None:
    """A context changes without the plaintext being shown, and a wrong source context is refused."""
    key = house.new_key()
    blob = house.encrypted(key, {"tenant": "a"})
    given = {"CiphertextBlob": blob, "DestinationKeyId": key}
    assert house.refusal("ReEncrypt", **given) == INVALID
    made = house.call("ReEncrypt", SourceEncryptionContext={"tenant": "a"}, **given)["CiphertextBlob"]
    assert house.call("Decrypt", CiphertextBlob=made)["Plaintext"] == b"secret"
