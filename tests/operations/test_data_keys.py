from typing import Any

import pytest

from tests.operations.house import ABSENT, House, arn

INVALID = ("InvalidCiphertextException", "")
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
    expected = {"CiphertextBlob": answer["CiphertextBlob"], "KeyId": arn(key), "KeyMaterialId": house.material_of(key)}
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
