"""A reader that knows nothing but docs/vault-format.md reads the golden vault."""

import hmac
import json
import re
import shutil
import sqlite3
from base64 import b64decode
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from kmscli.keys.check import KINDS
from kmscli.vault.check import OWN_KINDS
from tests.golden.vault.make import FOLDER, PASSPHRASE
from tests.robustness.machine import Machine

SETTINGS = ("lanes", "memory", "passes")


def be(number: int, length: int) -> bytes:
    """A big-endian integer."""
    return number.to_bytes(length, "big")


def joined(*parts: bytes) -> bytes:
    """Parts, each behind its length."""
    return b"".join(be(len(part), 4) + part for part in parts)


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256."""
    return hmac.digest(key, message, "sha256")


def subkey(key: bytes, label: str) -> bytes:
    """HKDF-Expand."""
    return HKDFExpand(SHA256(), 32, label.encode()).derive(key)


def unseal(key: bytes, label: bytes, sealed: bytes, bound: bytes) -> bytes:
    """What was sealed."""
    nonce, commitment, iv = sealed[:16], sealed[16:48], sealed[48:60]
    associated = bound + nonce
    context = nonce + sha256(associated).digest()
    blocks = b"".join(mac(key, be(i, 4) + label + b"\0" + context + be(512, 4)) for i in (1, 2))
    assert blocks[32:] == commitment
    return AESGCM(blocks[:32]).decrypt(iv, sealed[60:], associated + commitment)


def from_base64(text: str) -> bytes:
    """The bytes in base64."""
    return b64decode(text, validate=True)


class Reader:
    """Reads a vault's file."""

    def __init__(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA application_id").fetchone() == (0x6B6D7363,)
            assert connection.execute("PRAGMA user_version").fetchone() == (1,)
            meta = dict(connection.execute("SELECT * FROM meta"))
            self.rows = connection.execute("SELECT * FROM rows").fetchall()
        assert sorted(meta) == ["header", "keyring"]
        self.raw_header, self.raw_keyring = meta["header"], meta["keyring"]
        self.header = json.loads(self.raw_header[32:])

    def root(self, slot: dict[str, Any], held: bytes) -> bytes:
        """The root key, for the holder of a slot."""
        salt = from_base64(slot["salt"])
        settings = "[]"
        if slot["method"] == "passphrase":
            costs = slot["argon2id"]
            settings = "[" + ", ".join(f"('{name}', {costs[name]})" for name in SETTINGS) + "]"
        bound = f"{slot['id']} {slot['method']} {settings}".encode()
        if slot["method"] == "key":
            secret = HKDF(SHA256(), 160, salt, b"kmscli slot " + slot["id"].encode()).derive(held)
        else:
            lanes, memory, passes = (slot["argon2id"][name] for name in SETTINGS)
            argon2 = Argon2id(salt=salt, length=160, iterations=passes, lanes=lanes, memory_cost=memory, ad=bound)
            secret = argon2.derive(held)
        assert secret[128:] == from_base64(slot["check"])
        if "wrapped" in slot:
            assert len(from_base64(slot["wrapped"])) == 108
            return unseal(secret[:32], b"kmscli.slot.v1", from_base64(slot["wrapped"]), bound)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(secret[32:96])
        x25519 = X25519PrivateKey.from_private_bytes(secret[96:128])
        public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        assert public == from_base64(slot["public"])
        suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
        left = from_base64(slot["left"])
        assert len(left) == 1168
        return suite.decrypt(left, MLKEM768X25519PrivateKey(mlkem, x25519), info=b"kmscli.slot.v1" + bound)

    def keyring(self, root: bytes) -> dict[str, Any]:
        """The keyring, once the header is believed."""
        assert self.raw_header[:32] == mac(subkey(root, "kmscli header"), self.raw_header[32:])
        bound = f"{self.header['vault']} {self.header['epoch']}".encode()
        plain = unseal(subkey(root, "kmscli keyring"), b"kmscli.keyring.v1", self.raw_keyring, bound)
        keyring: dict[str, Any] = json.loads(plain)
        return keyring

    def opened(self, keyring: dict[str, Any]) -> list[tuple[tuple[Any, ...], bytes, bytes]]:
        """Each row, its value, and its secret."""
        found = []
        for row in self.rows:
            kind, partition, id, version, due, first, second, sealed = row
            start = sealed[:5]
            assert start[4:] == b"\x01"
            term = bytes.fromhex(keyring["terms"][str(int.from_bytes(start[:4], "big"))])
            when = b"" if due is None else be(due, 8)
            bound = joined(start, be(kind, 2), partition, id, be(version, 8), when, first or b"", second or b"")
            plain = unseal(subkey(term, "kmscli rows"), b"kmscli.row.v1", sealed[5:], bound)
            length = int.from_bytes(plain[:4], "big")
            value, secret = plain[4 : 4 + length], plain[4 + length :]
            if secret:
                term = bytes.fromhex(keyring["terms"][str(int.from_bytes(secret[:4], "big"))])
                place = secret[:4] + be(kind, 2) + partition + id
                secret = unseal(subkey(term, "kmscli secret"), b"kmscli.row.v1", secret[4:], place)
            found.append((row, value, secret))
        return found


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """A reader of the golden vault."""
    shutil.copyfile(FOLDER / "vault.db", tmp_path / "vault.db")
    return Reader(tmp_path / "vault.db")


@pytest.fixture
def keyring(reader: Reader) -> dict[str, Any]:
    """The golden vault's keyring, by its key file."""
    held = from_base64((FOLDER / "vault.key").read_text().strip())
    return reader.keyring(reader.root(reader.header["slots"][0], held))


def test_both_holders_find_the_root_key(reader: Reader, keyring: dict[str, Any]) -> None:
    """A key's slot, and a passphrase's for which the root key was left, open one keyring, as the document says."""
    assert ["left" in slot for slot in reader.header["slots"]] == [False, True]
    assert reader.keyring(reader.root(reader.header["slots"][1], PASSPHRASE)) == keyring
    assert reader.header["lab"] is True
    assert sorted(keyring["terms"]) == sorted(keyring["trail"]) == ["1", "2"]


def test_every_row_is_as_the_document_says(reader: Reader, keyring: dict[str, Any]) -> None:
    """Every row opens; what it holds has the members, the blind names and the links that the document gives it."""
    blind = bytes.fromhex(keyring["blind"])

    def blinded(*parts: str) -> bytes:
        return mac(blind, joined(*(part.encode() for part in parts)))[:16]

    rows = reader.opened(keyring)
    assert {row[0][0] for row in rows} == {1, 2, 3, 4, 16, 17, 18, 19, 20, 21}
    home = "111122223333 us-east-1"
    for (kind, partition, id, _, due, first, _, _), value, secret in rows:
        if kind == 16:
            key = json.loads(value)
            arn = f"arn:aws:kms:us-east-1:111122223333:key/{key['key_id']}"
            assert (partition, id) == (blinded("key", "scope", home), blinded("key", "name", home, key["key_id"]))
            assert (first, due) == (blinded("key", "link", key["key_id"]), None)
            assert secret == b""
            assert key["state"] == "Enabled"
            found = [row for row in rows if row[0][0] == 17 and row[0][5] == blinded("material", "link", arn)]
            assert {len(row[2]) for row in found} == {32}
            assert len(found) in (1, 2)
        if kind == 17:
            material = json.loads(value)
            assert partition == blinded("material", "scope", "us-east-1")
            assert id == blinded("material", "name", "us-east-1", material["material_id"])
        if kind == 18:
            alias = json.loads(value)
            assert id == blinded("alias", "name", home, "alias/golden") == blinded("alias", "name", home, alias["name"])
        if kind == 4:
            assert id == blinded("tally", "name", home, "keys")
            assert json.loads(value) == 2


def test_the_set_hash_is_as_the_document_says(reader: Reader, keyring: dict[str, Any]) -> None:
    """The head's set-hash and its counts are those of the rows."""
    [(head_row, head_value, _)] = [row for row in reader.opened(keyring) if row[0][0] == 1]
    head = json.loads(head_value)
    key = subkey(bytes.fromhex(keyring["blind"]), "kmscli set-hash")
    counted = [row for row in reader.rows if row[0] not in (1, 2, 3)]
    parts = [mac(key, joined(be(kind, 2), part, id, be(version, 8))) for kind, part, id, version, *_ in counted]
    assert sum(int.from_bytes(part, "big") for part in parts) % (1 << 256) == int(head["set_hash"], 16)
    starts = {(row[0], row[1], row[2]): row[-1][5:53] for row in counted}
    seals = [
        mac(key, joined(b"seal", be(kind, 2), part, id, be(version, 8), starts[kind, part, id]))
        for kind, part, id, version, *_ in counted
    ]
    assert sum(int.from_bytes(seal, "big") for seal in seals) % (1 << 256) == int(head["seals"], 16)
    assert sum(head["rows"].values()) == len(counted)
    assert head_row[3] == head["commit"]
    assert (head_row[1], head_row[2]) == (b"\0", b"\0")


def test_events_that_wait_are_as_the_document_says(reader: Reader, keyring: dict[str, Any]) -> None:
    """The rows of events hold lines of the log, by the number of their commit."""
    waiting = [(row, value) for row, value, _ in reader.opened(keyring) if row[0] == 3]
    assert len(waiting) >= 2
    for row, value in waiting:
        lines = [json.loads(line) for line in value.splitlines()]
        assert {line["kmscli"]["commit"] for line in lines} == {row[3]} == {int.from_bytes(row[2], "big")}


def test_the_mark_is_as_the_document_says(own_home: Path) -> None:
    """The mark has the form and the MAC that the document gives it."""
    machine = Machine(own_home)
    machine.run("vault", "init").expect()
    machine.fold_wal()
    reader = Reader(machine.vault)
    held = from_base64(machine.key_file.read_text().strip())
    keyring = reader.keyring(reader.root(reader.header["slots"][0], held))
    [mark] = (own_home / ".local/state/kmscli/marks").iterdir()
    assert mark.name == reader.header["vault"]
    content = mark.read_bytes()
    assert len(content) == 512
    text, code = json.loads(content)
    assert code == mac(subkey(bytes.fromhex(keyring["blind"]), "kmscli mark"), text.encode()).hex()
    chain, number, _, commit, epoch = json.loads(text)
    assert (len(chain), number, commit, epoch) == (16, 1, 1, 1)


def test_every_kind_stands_in_the_table() -> None:
    """The document's table of kinds has each kind of rows that a vault holds, by number and name, and no other."""
    text = (FOLDER.parents[2] / "docs/vault-format.md").read_text()
    table = text.partition("\n### Kinds\n")[2].partition("\n### ")[0]
    documented = re.findall(r"^\| (\d+) \| `?([^`|]+?)`? \|", table, re.MULTILINE)
    known = OWN_KINDS | {number: kind.name for number, kind in KINDS.items()}
    assert documented == [(str(number), name) for number, name in sorted(known.items())]
