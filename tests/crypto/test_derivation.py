import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kmscli.crypto.derivation import message_key, stretched_key, subkey
from kmscli.crypto.passphrase import DEFAULT, CostlySettingsError, Settings, passphrase_key
from tests.crypto.vectors import published

KEYS = some.binary(min_size=32, max_size=32)


@given(KEYS, some.binary(min_size=1, max_size=30), some.binary(max_size=100))
def test_a_message_key_is_two_macs(key: bytes, label: bytes, context: bytes) -> None:
    """One key a message is SP 800-108's construction, block by block, as the standard library computes it."""
    blocks = [
        hmac.digest(key, number.to_bytes(4, "big") + label + b"\0" + context + (512).to_bytes(4, "big"), "sha256")
        for number in (1, 2)
    ]
    assert message_key(key, label, context) == b"".join(blocks)


def expanded(key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand (RFC 5869, 2.3), by the standard library."""
    block, output = b"", b""
    for number in range(1, 256):
        if len(output) >= length:
            break
        block = hmac.digest(key, block + info + bytes([number]), "sha256")
        output += block
    return output[:length]


@given(KEYS, some.text(max_size=30), some.integers(1, 200))
def test_a_subkey_is_hkdf_expand(key: bytes, label: str, length: int) -> None:
    """A subkey is HKDF-Expand with its label as info."""
    assert subkey(key, label, length) == expanded(key, label.encode(), length)


@given(some.binary(min_size=32, max_size=99), some.binary(min_size=16, max_size=16), some.text(max_size=30))
def test_a_stretched_key_is_hkdf(secret: bytes, salt: bytes, label: str) -> None:
    """A key out of a secret is HKDF: extracted with the salt, then expanded."""
    assert stretched_key(secret, salt, label, 160) == expanded(hmac.digest(salt, secret, "sha256"), label.encode(), 160)


def test_a_stretched_key_of_rfc_5869() -> None:
    """RFC 5869's third case, the one whose info is text."""
    vector = published("hkdf_sha_256")[2]
    assert stretched_key(vector["secret"], vector["salt"], "", len(vector["derived"])) == vector["derived"]


PASSPHRASE_KEY = (
    "2310c41d2961e65add08dfc204e18618a5a86c7c1c7b0068897580b4b5c05cede1bfb4fc3396c46f059336914e6ff481"
    "1f18bd60709b02ef717436521e2ee71b840557c1a38facd0f1fca782d9a320871b6ecc50e703943b757758f7d8d910f8"
    "01a806c481758d40455c909b7810b1bad7593a4b18f85bdbae1bac58d9e140b6d6318971bb4cceb860ae6fab58347816"
    "73867874ca68d936699e06143cfbb316"
)
"""Made with the reference implementation, argon2-cffi-bindings 26.2.0: argon2_ctx, type ID, version 0x13."""


def test_a_passphrase_key_is_the_reference_implementation_s() -> None:
    """A key from a passphrase is Argon2id's, with what it is bound to as associated data."""
    cheapest = Settings(passes=2, lanes=1, memory=19 * 1024)
    key = passphrase_key(b"correct horse", bytes(range(16)), cheapest, b"bound to this", 160)
    assert key.hex() == PASSPHRASE_KEY


@pytest.mark.parametrize(
    ("passes", "lanes", "memory"),
    [
        (1, 1, 19 * 1024),
        (2, 0, 19 * 1024),
        (2, 1, 19 * 1024 - 1),
        (17, 1, 19 * 1024),
        (2, 17, 19 * 1024),
        (2, 1, 1024 * 1024 + 1),
        (2, 1, 1 << 40),
        (-3, 4, 65536),
    ],
)
def test_costly_and_weak_settings_are_refused(passes: int, lanes: int, memory: int) -> None:
    """Settings beyond the caps or below the floor are refused before any memory is taken."""
    with pytest.raises(CostlySettingsError):
        passphrase_key(b"passphrase", bytes(16), Settings(passes, lanes, memory), b"", 160)


def test_new_slots_are_between_floor_and_cap() -> None:
    """What new keyslots ask for is at least RFC 9106's second choice: 64 MiB, three passes, four lanes."""
    DEFAULT.check()
    assert (DEFAULT.passes, DEFAULT.lanes) >= (3, 4)
    assert DEFAULT.memory >= 64 * 1024
