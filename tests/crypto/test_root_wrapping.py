"""How a keyslot holds the root key: for the holder who is there, and for the one who is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kmscli.crypto import root_wrapping
from kmscli.crypto.aead import NotAuthenticError

SECRET = bytes(range(160))
OTHER_SECRET = bytes(range(1, 161))
ROOT = bytes(range(100, 132))
SLOT = b"slot 1"
SECRETS = some.binary(min_size=160, max_size=160)


@given(SECRETS, some.binary(min_size=32, max_size=32))
def test_a_holder_unwraps_what_he_wrapped(secret: bytes, root: bytes) -> None:
    """The symmetric wrap gives the root key back."""
    assert root_wrapping.unwrap(secret, root_wrapping.wrap(secret, root, SLOT), SLOT) == root


@settings(max_examples=10)
@given(SECRETS, some.binary(min_size=32, max_size=32))
def test_a_holder_unwraps_what_was_left_for_him(secret: bytes, root: bytes) -> None:
    """Whoever knows only the public key can leave a root key that the slot's secret takes."""
    public = root_wrapping.public_key(secret)
    assert len(public) == 1184 + 32
    assert root_wrapping.unwrap_own(secret, root_wrapping.wrap_for(public, root, SLOT), SLOT) == root


def test_the_public_key_is_always_the_same() -> None:
    """A slot's secret has one public key."""
    assert root_wrapping.public_key(SECRET) == root_wrapping.public_key(SECRET)
    assert root_wrapping.public_key(SECRET) != root_wrapping.public_key(OTHER_SECRET)


WRAPS = {
    "symmetric": (root_wrapping.wrap(SECRET, ROOT, SLOT), root_wrapping.unwrap),
    "public": (root_wrapping.wrap_for(root_wrapping.public_key(SECRET), ROOT, SLOT), root_wrapping.unwrap_own),
}


@pytest.mark.parametrize("way", WRAPS)
def test_a_wrap_is_bound_to_its_slot_and_its_secret(way: str) -> None:
    """A wrapped root key opens in its own slot, with its own secret, and unchanged only."""
    wrapped, unwrap = WRAPS[way]
    assert unwrap(SECRET, wrapped, SLOT) == ROOT
    for secret, changed, slot in [
        (OTHER_SECRET, wrapped, SLOT),
        (SECRET, wrapped, b"slot 2"),
        (SECRET, wrapped[:-1], SLOT),
        (SECRET, wrapped + b"\0", SLOT),
        (SECRET, b"", SLOT),
    ]:
        with pytest.raises(NotAuthenticError):
            unwrap(secret, changed, slot)


@pytest.mark.parametrize("way", WRAPS)
def test_a_changed_byte_of_a_wrap_is_refused(way: str) -> None:
    """Not one changed byte of a wrapped root key is let through."""
    wrapped, unwrap = WRAPS[way]
    for place in range(0, len(wrapped), 7):
        changed = bytearray(wrapped)
        changed[place] ^= 0x40
        with pytest.raises(NotAuthenticError):
            unwrap(SECRET, bytes(changed), SLOT)


def test_a_wrong_secret_is_told_from_a_damaged_slot() -> None:
    """The check value knows its own secret, and says nothing of the parts that wrap."""
    check = root_wrapping.check_value(SECRET)
    assert root_wrapping.is_for(SECRET, check)
    assert not root_wrapping.is_for(OTHER_SECRET, check)
    assert check not in (SECRET[:32], SECRET[32:64])
    assert len(check) == 32
