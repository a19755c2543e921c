"""`kmscli check`: whether ciphertexts can be decrypted, and under which key."""

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.robustness.machine import ALIAS, Machine

SECRET = b"the secret"
CONTEXT = ("--encryption-context", "purpose=test")


@pytest.fixture
def files(machine: Machine, tmp_path: Path) -> Path:
    """A folder of ciphertexts: `plain`, `text` (base64), `bound` (to CONTEXT), `altered`, and `other` (none)."""
    for name, context in (("plain", ()), ("bound", CONTEXT)):
        words = ("encrypt", "--key-id", ALIAS, "--plaintext", "-", "--ciphertext-out", str(tmp_path / name), *context)
        machine.run(*words, stdin=SECRET).expect()
    content = (tmp_path / "plain").read_bytes()
    (tmp_path / "text").write_bytes(base64.encodebytes(content))
    (tmp_path / "altered").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    (tmp_path / "other").write_bytes(b"no ciphertext")
    return tmp_path


def check(machine: Machine, folder: Path, names: str, *words: str, code: int = 0) -> list[dict[str, Any]]:
    """What there is to say of some files."""
    paths = [str(folder / name) for name in names.split()]
    ran = machine.run("check", *paths, *words, "--output", "json").expect(code)
    found: list[dict[str, Any]] = ran.answer["Ciphertexts"]
    assert [one["File"] for one in found] == paths
    for shown in (ran.out, ran.err.encode()):
        assert SECRET not in shown
        assert base64.b64encode(SECRET) not in shown
    return found


def test_what_can_be_decrypted(machine: Machine, files: Path) -> None:
    """Ciphertexts that can be decrypted are shown with key, aliases and key material; the exit code is 0."""
    key = machine.run("describe-key", "--key-id", ALIAS).expect().answer["KeyMetadata"]
    machine.run("create-alias", "--alias-name", "alias/0", "--target-key-id", key["KeyId"]).expect()
    for found in check(machine, files, "plain text"):
        assert {name: value for name, value in found.items() if name != "File"} == {
            "Decrypts": True,
            "KeyId": key["Arn"],
            "Aliases": ["alias/0", ALIAS],
            "KeyMaterialId": key["CurrentKeyMaterialId"],
            "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        }


def test_what_cannot(machine: Machine, files: Path) -> None:
    """What cannot be decrypted is shown with the reason, and with the key if it names one; the exit code is 254."""
    found = check(machine, files, "plain bound altered other none", code=254)
    assert [one["Decrypts"] for one in found] == [True, False, False, False, False]
    assert ["KeyId" in one for one in found] == [True, True, True, False, False]
    assert [one["Error"]["Code"] for one in found[1:]] == [*["InvalidCiphertextException"] * 3, "ParamValidation"]
    messages = [one["Error"]["Message"] for one in found[1:]]
    assert "context does not fit" in messages[0]
    assert messages[0] == messages[1]
    assert "No key" in messages[2]
    assert "none cannot be read: No such file" in messages[3]


def test_the_encryption_context(machine: Machine, files: Path) -> None:
    """Only those decrypt that were bound to the encryption context that is given."""
    found = check(machine, files, "bound plain", *CONTEXT, code=254)
    assert [one["Decrypts"] for one in found] == [True, False]


def test_the_key(machine: Machine, files: Path) -> None:
    """With `--key-id` only that key's ciphertexts decrypt; another key's are told as Decrypt tells them."""
    other = machine.run("create-key", "--query", "KeyMetadata.KeyId").expect().answer
    check(machine, files, "plain", "--key-id", ALIAS)
    [refused] = check(machine, files, "plain", "--key-id", other, code=254)
    assert refused["Error"]["Code"] == "IncorrectKeyException"
    [elsewhere] = check(machine, files, "plain", "--region", "eu-west-1", code=254)
    assert "KeyId" not in elsewhere


def test_a_ciphertext_of_an_rsa_key(machine: Machine, tmp_path: Path) -> None:
    """An RSA ciphertext names neither key nor algorithm, so they are given."""
    spec = ("--key-spec", "RSA_2048", "--key-usage", "ENCRYPT_DECRYPT", "--query", "KeyMetadata.KeyId")
    key = machine.run("create-key", *spec).expect().answer
    how = ("--key-id", key, "--encryption-algorithm", "RSAES_OAEP_SHA_256")
    out = ("--ciphertext-out", str(tmp_path / "rsa"))
    machine.run("encrypt", *how, "--plaintext", "-", *out, stdin=SECRET).expect()
    [found] = check(machine, tmp_path, "rsa", *how)
    assert found["KeyId"].endswith(key)
    assert "KeyMaterialId" not in found
    check(machine, tmp_path, "rsa", code=254)


def test_the_trail(machine: Machine, files: Path) -> None:
    """Each check is a Decrypt call, failed ones too, and all are one commit; a file that is not read is no call."""
    before = len(machine.events())
    check(machine, files, "plain bound other none", code=254)
    events = machine.events()[before:]
    assert [event["eventName"] for event in events] == ["Decrypt"] * 3
    assert [event.get("errorCode") for event in events] == [None, *["InvalidCiphertextException"] * 2]
    assert len({event["kmscli"]["commit"] for event in events}) == 1
    assert machine.report().waiting == 0


def test_grant_tokens(machine: Machine, files: Path, granted: list[str]) -> None:
    """`--grant-tokens`, once or more often, are those of Decrypt: all must be the vault's own."""
    [found] = check(machine, files, "plain", *granted)
    assert found["Decrypts"]
    [found] = check(machine, files, "plain", *granted, "--grant-tokens", "bm9uZQ==", code=254)
    assert found["Error"]["Code"] == "InvalidGrantTokenException"
    assert "KeyId" in found


def test_lines(machine: Machine, files: Path) -> None:
    """Piped, there is a line a file, its parts between tabs; stderr counts what failed."""
    ran = machine.run("check", str(files / "plain"), str(files / "other")).expect(254)
    good, bad = (line.split("\t") for line in ran.out.decode().splitlines())
    assert good[:2] == [str(files / "plain"), "yes"]
    assert (good[3], good[5]) == (ALIAS, "-")
    assert bad[:5] == [str(files / "other"), "no", "-", "-", "-"]
    assert bad[5].startswith("InvalidCiphertextException: ")
    assert ran.err == "\nkmscli: [ERROR]: 1 of 2 ciphertexts cannot be decrypted.\n"


def test_on_a_terminal(machine: Machine, files: Path) -> None:
    """A hostile file name cannot write on the terminal."""
    hostile = files / "a\x1b[2Jb"
    (files / "plain").rename(hostile)
    shown = machine.run_on_terminal("check", str(hostile)).expect().out
    assert b"\x1b[2J" not in shown


def test_wrong_usage(machine: Machine, files: Path) -> None:
    """No file, an output that there is not, a vault that is not there."""
    machine.run("check").expect(252)
    machine.run("check", str(files / "plain"), "--output", "table").expect(252)
    machine.run("check", str(files / "plain"), "--vault", "/proc/nonexistent").expect(253)
