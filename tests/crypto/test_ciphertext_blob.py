import pytest
from hypothesis import given
from hypothesis import strategies as some

from kmscli.crypto.aead import NotAuthenticError
from kmscli.crypto.ciphertext_blob import HEADER_LENGTH, decrypt, encrypt, material_id_of
from tests.crypto.vectors import GOLDEN_BLOB

MATERIAL = bytes(range(32))
MATERIAL_ID = bytes(range(32, 64))
OTHER_MATERIAL = bytes(range(1, 33))
CONTEXT = {"purpose": "test"}
CONTEXTS = some.dictionaries(some.text(max_size=20), some.text(max_size=20), max_size=5)


def test_the_golden_blob_opens_for_ever() -> None:
    """A blob of the first layout, with its key material, is decrypted by every later kmscli."""
    blob = bytes.fromhex(GOLDEN_BLOB["blob"])
    assert material_id_of(blob).hex() == GOLDEN_BLOB["material_id"]
    opened = decrypt(bytes.fromhex(GOLDEN_BLOB["material"]), GOLDEN_BLOB["context"], blob)
    assert opened.decode() == GOLDEN_BLOB["plaintext"]


def test_layout() -> None:
    """Magic, layout version, kind, suite, two zeros, the material's id, and 76 bytes more than the plaintext."""
    blob = encrypt(MATERIAL, MATERIAL_ID, CONTEXT, b"plaintext")
    assert blob[:8] == b"kms\x01\x01\x01\x00\x00"
    assert blob[8:HEADER_LENGTH] == MATERIAL_ID == material_id_of(blob)
    assert len(blob) == 116 + len(b"plaintext")


@given(some.binary(min_size=32, max_size=32), CONTEXTS, some.binary(min_size=1, max_size=4096))
def test_round_trip(material: bytes, context: dict[str, str], plaintext: bytes) -> None:
    """Any plaintext under any context comes back."""
    assert decrypt(material, context, encrypt(material, MATERIAL_ID, context, plaintext)) == plaintext


@given(some.data())
def test_a_changed_byte_is_refused(data: some.DataObject) -> None:
    """A blob with any one byte changed, in its header too, does not open."""
    blob = bytearray(encrypt(MATERIAL, MATERIAL_ID, CONTEXT, b"plaintext"))
    place = data.draw(some.integers(0, len(blob) - 1))
    blob[place] ^= data.draw(some.integers(1, 255))
    with pytest.raises(NotAuthenticError):
        decrypt(MATERIAL, CONTEXT, bytes(blob))


@given(CONTEXTS, CONTEXTS)
def test_another_context_is_refused(context: dict[str, str], other: dict[str, str]) -> None:
    """A blob opens under its own context only."""
    blob = encrypt(MATERIAL, MATERIAL_ID, context, b"plaintext")
    if context == other:
        assert decrypt(MATERIAL, other, blob) == b"plaintext"
        return
    with pytest.raises(NotAuthenticError):
        decrypt(MATERIAL, other, blob)


@pytest.mark.parametrize(
    "context", [{}, {"Purpose": "test"}, {"purpose": "Test"}, {"purpose": "te\u017ft"}, {"purpose": "\ud800"}]
)
def test_contexts_are_compared_exactly(context: dict[str, str]) -> None:
    """Another case, a lookalike, nothing at all, or no Unicode: not the context."""
    blob = encrypt(MATERIAL, MATERIAL_ID, CONTEXT, b"plaintext")
    with pytest.raises(NotAuthenticError):
        decrypt(MATERIAL, context, blob)


def test_other_material_is_refused() -> None:
    """A blob opens under the material that made it only."""
    with pytest.raises(NotAuthenticError):
        decrypt(OTHER_MATERIAL, CONTEXT, encrypt(MATERIAL, MATERIAL_ID, CONTEXT, b"plaintext"))


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"k",
        b"kms\x01\x01\x01\0\0",
        b"kms\x01\x01\x01\0\0" + bytes(107),
        b"kms\x02\x01\x01\0\0" + bytes(200),
        b"kms\x01\x02\x01\0\0" + bytes(200),
        b"kms\x01\x01\x02\0\0" + bytes(200),
        b"kms\x01\x01\x01\0\x01" + bytes(200),
        bytes(300),
        b"\x01\x02\x02\x00\x78" + bytes(300),
    ],
)
def test_what_is_no_blob_names_no_material(blob: bytes) -> None:
    """What is too short, of another layout, kind or suite, or AWS's own, is not taken for a blob."""
    with pytest.raises(NotAuthenticError):
        material_id_of(blob)
