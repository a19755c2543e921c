"""The keyring: the random keys that the root key wraps, and what each is for.

Terms seal rows; the newest seals what is written now, older ones open what was written before. The blind key hides
names, the material-id key makes key material ids: they never change. Trail keys MAC the trail; retired ones stay, for
verification. (Design, "The vault"; reference, crypto 2.2.)
"""

import json
import os

from kmscli.crypto.aead import NotAuthenticError, seal, unseal
from kmscli.crypto.derivation import subkey
from kmscli.crypto.hashing import hmac_sha256, joined, sha256
from kmscli.errors import VaultDamagedError
from kmscli.vault.rows import Address, Row

MOST_REMEMBERED = 4096
"""How many names' hashes are remembered at most."""
_LABEL = b"kmscli.row.v1"
_KEYRING_LABEL = b"kmscli.keyring.v1"
_ROW_FORMAT = b"\x01"


class RekeyedError(Exception):
    """The vault has other keys than when it was opened: unlock it again, and repeat."""


class Keyring:
    """Keys by purpose. Never shows them."""

    def __init__(self, terms: dict[int, bytes], blind: bytes, material_ids: bytes, trail: dict[int, bytes]) -> None:
        self.terms = terms
        self.blind = blind
        self.material_ids = material_ids
        self.trail = trail
        self.term = max(terms)
        self._subkeys: dict[tuple[int, str], bytes] = {}
        self._blinded: dict[tuple[str, ...], bytes] = {}
        self._set_key = subkey(blind, "kmscli set-hash")

    def __repr__(self) -> str:
        return f"Keyring(terms={sorted(self.terms)}, trail={sorted(self.trail)})"

    def __reduce__(self) -> str:
        raise TypeError("a keyring is never pickled")

    @classmethod
    def new(cls) -> "Keyring":
        """A keyring of fresh random keys."""
        return cls({1: os.urandom(32)}, os.urandom(32), os.urandom(32), {1: os.urandom(32)})

    def with_new_term(self) -> "Keyring":
        """The same with one more term, which seals from now on."""
        return Keyring(
            {**self.terms, self.term + 1: os.urandom(32)},
            self.blind,
            self.material_ids,
            {**self.trail, max(self.trail) + 1: os.urandom(32)},
        )

    def with_newest_term_only(self) -> "Keyring":
        """The same without the terms that seal nothing any more."""
        return Keyring({self.term: self.terms[self.term]}, self.blind, self.material_ids, self.trail)

    def wrapped(self, root: bytes, bound_to: bytes) -> bytes:
        """The keyring under the root key."""
        plain = json.dumps(
            {
                "terms": {str(number): key.hex() for number, key in self.terms.items()},
                "blind": self.blind.hex(),
                "material_ids": self.material_ids.hex(),
                "trail": {str(number): key.hex() for number, key in self.trail.items()},
            }
        )
        return seal(subkey(root, "kmscli keyring"), _KEYRING_LABEL, plain.encode(), bound_to)

    @classmethod
    def unwrapped(cls, root: bytes, wrapped: bytes, bound_to: bytes) -> "Keyring":
        """The keyring that a root key wraps. Raises VaultDamagedError."""
        try:
            plain = json.loads(unseal(subkey(root, "kmscli keyring"), _KEYRING_LABEL, wrapped, bound_to))
        except NotAuthenticError:
            raise VaultDamagedError("The vault's keyring was altered or is damaged.") from None
        return cls(
            {int(number): bytes.fromhex(key) for number, key in plain["terms"].items()},
            bytes.fromhex(plain["blind"]),
            bytes.fromhex(plain["material_ids"]),
            {int(number): bytes.fromhex(key) for number, key in plain["trail"].items()},
        )

    def blinded(self, *parts: str) -> bytes:
        """A 16-byte keyed hash of a name: what stands in the file instead of it. The newest ones are remembered."""
        found = self._blinded.get(parts)
        if found is None:
            if len(self._blinded) >= MOST_REMEMBERED:
                self._blinded.clear()
            found = hmac_sha256(self.blind, joined(*(part.encode() for part in parts)))[:16]
            self._blinded[parts] = found
        return found

    def seal_row(
        self, address: Address, version: int, plain: bytes, due: int | None, first: bytes | None, second: bytes | None
    ) -> Row:
        """A row, sealed under the newest term and bound to its place, version and links."""
        kind, partition, id = address
        row = Row(kind, partition, id, version, due, first, second, b"")
        start = self.term.to_bytes(4, "big") + _ROW_FORMAT
        return row._replace(sealed=start + seal(self._subkey(self.term, "rows"), _LABEL, plain, _bound_to(row, start)))

    def unseal_row(self, row: Row) -> bytes:
        """What a row holds. Raises RekeyedError, NotAuthenticError."""
        try:
            start = row.sealed[:5]
            bound_to = _bound_to(row, start)
        except (AttributeError, OverflowError, TypeError):
            raise NotAuthenticError from None
        term = int.from_bytes(start[:4], "big")
        if term not in self.terms:
            raise RekeyedError
        return unseal(self._subkey(term, "rows"), _LABEL, row.sealed[5:], bound_to)

    def term_of(self, row: Row) -> int:
        """The term that a row is sealed under."""
        return int.from_bytes(row.sealed[:4], "big")

    def seal_value(self, purpose: str, plain: bytes, bound_to: bytes) -> bytes:
        """A value under a subkey of its own: key material inside its row, a pagination marker."""
        start = self.term.to_bytes(4, "big")
        return start + seal(self._subkey(self.term, purpose), _LABEL, plain, start + bound_to)

    def unseal_value(self, purpose: str, sealed: bytes, bound_to: bytes) -> bytes:
        """The value. Raises RekeyedError, NotAuthenticError."""
        term = int.from_bytes(sealed[:4], "big")
        if term not in self.terms:
            raise RekeyedError
        return unseal(self._subkey(term, purpose), _LABEL, sealed[4:], sealed[:4] + bound_to)

    def set_hash(self, address: Address, version: int) -> int:
        """A row's part of the set-hash: a keyed hash of where it stands and its version."""
        kind, partition, id = address
        place = joined(kind.to_bytes(2, "big"), partition, id, version.to_bytes(8, "big"))
        return int.from_bytes(hmac_sha256(self._set_key, place), "big")

    def seal_hash(self, row: Row) -> int:
        """A row's part of the second sum: a keyed hash of its place, version and the start of its seal, N ‖ C.

        Two copies of a vault that went their own ways give one address and version to different rows.
        """
        kind, partition, id = row.address
        seal = joined(b"seal", kind.to_bytes(2, "big"), partition, id, row.version.to_bytes(8, "big"), row.sealed[5:53])
        return int.from_bytes(hmac_sha256(self._set_key, seal), "big")

    def material_id(self, key_id: str, material: bytes) -> str:
        """The id of a key's imported material: the same for the same key and bytes, and telling nothing of them."""
        return hmac_sha256(self.material_ids, b"material-id.v1\0", key_id.encode(), b"\0", sha256(material)).hex()

    def mac(self, purpose: str, message: bytes) -> bytes:
        """A MAC for a purpose, under a key that rekeying does not change."""
        return hmac_sha256(subkey(self.blind, f"kmscli {purpose}"), message)

    def _subkey(self, term: int, purpose: str) -> bytes:
        key = self._subkeys.get((term, purpose))
        if key is None:
            key = self._subkeys[term, purpose] = subkey(self.terms[term], f"kmscli {purpose}")
        return key


def _bound_to(row: Row, start: bytes) -> bytes:
    """What a row's sealed value is bound to: everything of the row that stands in clear."""
    return joined(
        start,
        row.kind.to_bytes(2, "big"),
        row.partition,
        row.id,
        row.version.to_bytes(8, "big"),
        b"" if row.due is None else row.due.to_bytes(8, "big"),
        row.first or b"",
        row.second or b"",
    )
