import re
from typing import Any

import pytest

from tests.operations.house import ABSENT, ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, House, arn, caller

SYMMETRIC = "SYMMETRIC_DEFAULT"
INVALID = ("InvalidCiphertextException", "")
INCORRECT = (
    "IncorrectKeyException",
    "The key ID in the request does not identify a CMK that can perform this operation.",
)
SUCCEEDED = ("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
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


def encrypted(house: House, key: str, context: dict[str, str] | None = None) -> bytes:
    """A blob of `secret`."""
    blob: bytes = house.call("Encrypt", KeyId=key, Plaintext=b"secret", EncryptionContext=context)["CiphertextBlob"]
    return blob


def material_of(house: House, key: str) -> str:
    """The id of a key's current material."""
    return str(house.call("DescribeKey", KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"])


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
        "KeyMaterialId": material_of(house, key),
    }


def test_no_two_ciphertexts_are_alike(house: House) -> None:
    """The same plaintext encrypts differently each time."""
    key = house.new_key()
    assert len({encrypted(house, key) for _ in range(5)}) == 5


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
    blob = encrypted(house, key, whole)
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
    blob = encrypted(house, key)
    given = {"KeyId": key, "EncryptionContext": context}
    assert house.refusal("Encrypt", Plaintext=b"x", **given)[0] == "ValidationException"
    assert house.refusal("GenerateDataKey", KeySpec="AES_256", **given)[0] == "ValidationException"
    assert house.refusal("Decrypt", CiphertextBlob=blob, **given) == INVALID


def test_the_named_key_must_be_the_blobs(house: House) -> None:
    """A blob decrypts under its own key, named in any form; named another it is IncorrectKey."""
    key, other = house.new_key(), house.new_key()
    house.call("CreateAlias", AliasName="alias/key", TargetKeyId=key)
    house.call("CreateAlias", AliasName="alias/other", TargetKeyId=other)
    blob = encrypted(house, key)
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
    blob = encrypted(house, key)
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
        "Decrypt": {"KeyId": key, "CiphertextBlob": encrypted(house, key)},
        "ReEncrypt": {"SourceKeyId": key, "DestinationKeyId": key, "CiphertextBlob": encrypted(house, key)},
    }
    name = row.partition(" ")[0]
    assert house.refusal(name, **needs[name], **ALGORITHMS[row]) == (
        "InvalidKeyUsageException",
        "Algorithm RSAES_OAEP_SHA_1 is incompatible with key spec SYMMETRIC_DEFAULT.",
    )


def test_an_asymmetric_ciphertext_names_no_key(house: House) -> None:
    """With an algorithm of asymmetric keys and no key, there is no ciphertext that could be one."""
    key = house.new_key()
    blob = encrypted(house, key)
    assert house.refusal("Decrypt", CiphertextBlob=blob, EncryptionAlgorithm="RSAES_OAEP_SHA_256") == INVALID
    given = {"DestinationKeyId": key, "SourceEncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    assert house.refusal("ReEncrypt", CiphertextBlob=blob, **given) == INVALID


def test_re_encrypt(house: House) -> None:
    """ReEncrypt answers the new blob, both keys, algorithms and materials; contexts go each with its own side."""
    source, destination = house.new_key(), house.new_key()
    blob = encrypted(house, source, {"tenant": "a"})
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
        "SourceKeyMaterialId": material_of(house, source),
        "DestinationKeyMaterialId": material_of(house, destination),
    }
    opened = house.call("Decrypt", CiphertextBlob=made, EncryptionContext={"tenant": "b"})
    assert (opened["KeyId"], opened["Plaintext"]) == (arn(destination), b"secret")
    assert house.refusal("Decrypt", CiphertextBlob=made, EncryptionContext={"tenant": "a"}) == INVALID


def test_re_encrypt_under_the_same_key(house: House) -> None:
    """A context changes without the plaintext being shown, and a wrong source context is refused."""
    key = house.new_key()
    blob = encrypted(house, key, {"tenant": "a"})
    given = {"CiphertextBlob": blob, "DestinationKeyId": key}
    assert house.refusal("ReEncrypt", **given) == INVALID
    made = house.call("ReEncrypt", SourceEncryptionContext={"tenant": "a"}, **given)["CiphertextBlob"]
    assert house.call("Decrypt", CiphertextBlob=made)["Plaintext"] == b"secret"


DATA_KEYS = ("GenerateDataKey", "GenerateDataKeyWithoutPlaintext")
LENGTHS: list[tuple[dict[str, Any], int]] = [
    ({"KeySpec": "AES_256"}, 32),
    ({"KeySpec": "AES_128"}, 16),
    ({"NumberOfBytes": 1}, 1),
    ({"NumberOfBytes": 1024}, 1024),
]


@pytest.mark.parametrize(("given", "length"), LENGTHS)
@pytest.mark.parametrize("name", DATA_KEYS)
def test_a_data_key(house: House, name: str, given: dict[str, Any], length: int) -> None:
    """A data key has the length asked for, and its blob decrypts to it under the same context."""
    key = house.new_key()
    context = {"EncryptionContext": {"file": "a"}}
    answer = house.call(name, KeyId=key, **given, **context)
    opened = house.call("Decrypt", CiphertextBlob=answer["CiphertextBlob"], **context)["Plaintext"]
    assert len(opened) == length
    expected = {"CiphertextBlob": answer["CiphertextBlob"], "KeyId": arn(key), "KeyMaterialId": material_of(house, key)}
    assert answer == expected | ({"Plaintext": opened} if name == "GenerateDataKey" else {})
    assert house.refusal("Decrypt", CiphertextBlob=answer["CiphertextBlob"]) == INVALID


@pytest.mark.parametrize("name", DATA_KEYS)
@pytest.mark.parametrize("given", [{}, {"KeySpec": "AES_256", "NumberOfBytes": 32}])
def test_a_data_keys_length_is_said_once(house: House, name: str, given: dict[str, Any]) -> None:
    """Exactly one of KeySpec and NumberOfBytes is given."""
    refusal = house.refusal(name, KeyId=ABSENT, **given)
    assert refusal == ("ValidationException", "Please specify either number of bytes or key spec.")


@pytest.mark.parametrize("name", [*DATA_KEYS, "GenerateRandom"])
@pytest.mark.parametrize(("number", "bound"), [(0, "greater than or equal to 1"), (1025, "less than or equal to 1024")])
def test_a_length_out_of_range(house: House, name: str, number: int, bound: str) -> None:
    """Data keys and random bytes have 1 to 1,024 bytes."""
    at = f"1 validation error detected: Value '{number}' at 'numberOfBytes' failed to satisfy constraint: "
    needs = {} if name == "GenerateRandom" else {"KeyId": ABSENT}
    refusal = house.refusal(name, NumberOfBytes=number, **needs)
    assert refusal == ("ValidationException", f"{at}Member must have value {bound}")


def test_no_two_data_keys_are_alike(house: House) -> None:
    """Every data key is new."""
    key = house.new_key()
    assert len({house.call("GenerateDataKey", KeyId=key, KeySpec="AES_256")["Plaintext"] for _ in range(5)}) == 5


@pytest.mark.parametrize("number", [1, 32, 1024])
def test_random_bytes(house: House, number: int) -> None:
    """GenerateRandom answers as many bytes as asked for, and nothing else."""
    answer = house.call("GenerateRandom", NumberOfBytes=number)
    assert list(answer) == ["Plaintext"]
    assert len(answer["Plaintext"]) == number


def test_random_bytes_need_a_number(house: House) -> None:
    """GenerateRandom without a number is refused, although the API model does not require one."""
    at = "1 validation error detected: Value null at 'numberOfBytes' failed to satisfy constraint: "
    assert house.refusal("GenerateRandom") == ("ValidationException", f"{at}Member must not be null")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("GenerateRandom", {"CustomKeyStoreId": "cks-1234567890abcdef0"}),
        ("GenerateRandom", {"Recipient": {"AttestationDocument": b"x"}}),
        ("GenerateDataKey", {"Recipient": {"AttestationDocument": b"x"}}),
        ("Decrypt", {"Recipient": {"AttestationDocument": b"x"}}),
    ],
)
def test_what_this_kmscli_cannot_do(house: House, name: str, given: dict[str, Any]) -> None:
    """Key stores and attested recipients are refused, not ignored."""
    key = house.new_key()
    needs: dict[str, dict[str, Any]] = {
        "GenerateRandom": {"NumberOfBytes": 8},
        "GenerateDataKey": {"KeyId": key, "KeySpec": "AES_256"},
        "Decrypt": {"CiphertextBlob": encrypted(house, key)},
    }
    assert house.refusal(name, **needs[name], **given)[0] == "UnsupportedOperationException"


@pytest.mark.parametrize("name", ["Encrypt", "Decrypt", "ReEncrypt", *DATA_KEYS])
def test_a_dry_run_always_fails(house: House, name: str) -> None:
    """A dry run that would succeed says so as an error; one that would not gives the real error."""
    key = house.new_key()
    blob = encrypted(house, key)
    needs: dict[str, dict[str, Any]] = {
        "Encrypt": {"KeyId": key, "Plaintext": b"x"},
        "Decrypt": {"CiphertextBlob": blob},
        "ReEncrypt": {"CiphertextBlob": blob, "DestinationKeyId": key},
    }
    given = needs.get(name, {"KeyId": key, "KeySpec": "AES_256"})
    assert house.refusal(name, DryRun=True, **given) == SUCCEEDED
    assert isinstance(house.call(name, DryRun=False, **given)["KeyId"], str)
    altered = {**given, "CiphertextBlob": blob[:-1]} if "CiphertextBlob" in given else {**given, "KeyId": ABSENT}
    expected = INVALID if "CiphertextBlob" in given else ("NotFoundException", f"Key '{arn(ABSENT)}' does not exist")
    assert house.refusal(name, DryRun=True, **altered) == expected
    house.call("DisableKey", KeyId=key)
    assert house.refusal(name, DryRun=True, **given) == ("DisabledException", f"{arn(key)} is disabled.")


IGNORE = {"DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
NO_BLOB = re.compile("1 validation error detected: Value null at '.+' failed .+ Member must not be null")


@pytest.mark.parametrize(("name", "source"), [("Decrypt", "KeyId"), ("ReEncrypt", "SourceKeyId")])
def test_a_dry_run_without_a_ciphertext(house: House, name: str, source: str) -> None:
    """With IGNORE_CIPHERTEXT a dry run looks at keys and permissions only; it needs a key, and to be a dry run."""
    key, disabled = house.new_key(), house.new_key()
    house.call("DisableKey", KeyId=disabled)
    needs = {"DestinationKeyId": key} if name == "ReEncrypt" else {}
    dry = {"DryRun": True, **IGNORE, **needs}
    assert house.refusal(name, **{source: key}, **dry) == SUCCEEDED
    assert house.refusal(name, **{source: key}, CiphertextBlob=b"nonsense", **dry) == SUCCEEDED
    assert house.refusal(name, **{source: disabled}, **dry)[0] == "DisabledException"
    code, message = house.refusal(name, **dry)
    assert code == "ValidationException"
    assert NO_BLOB.fullmatch(message)
    code, message = house.refusal(name, **{source: key}, DryRun=True, **needs)
    assert (code, "ciphertextBlob" in message) == ("ValidationException", True)
    for given in ({}, {"DryRun": False}):
        assert house.refusal(name, **{source: key}, **IGNORE, **needs, **given)[0] == "ValidationException"


@pytest.mark.parametrize("name", ["Encrypt", "Decrypt", "ReEncrypt", "DescribeKey", *DATA_KEYS])
def test_a_grant_token_that_is_none(house: House, name: str) -> None:
    """No grant has been made, so every grant token is refused: after the key, before its state."""
    key = house.new_key()
    blob = encrypted(house, key)
    house.call("DisableKey", KeyId=key)
    needs: dict[str, dict[str, Any]] = {
        "Encrypt": {"KeyId": key, "Plaintext": b"x"},
        "Decrypt": {"CiphertextBlob": blob},
        "ReEncrypt": {"CiphertextBlob": blob, "DestinationKeyId": key},
        "DescribeKey": {"KeyId": key},
    }
    given = needs.get(name, {"KeyId": key, "KeySpec": "AES_256"})
    assert house.refusal(name, GrantTokens=["token"], **given)[0] == "InvalidGrantTokenException"
    state = "DescribeKey" if name == "DescribeKey" else house.refusal(name, GrantTokens=[], **given)[0]
    assert state in ("DescribeKey", "DisabledException")
