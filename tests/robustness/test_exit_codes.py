"""Exit codes, by what went wrong (reference 17.1)."""

from pathlib import Path

import pytest

from tests.robustness.machine import ALIAS, Machine

CODES: dict[int, list[list[str]]] = {
    0: [
        ["list-keys"],
        ["describe-key", "--key-id", ALIAS],
        ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk="],
        ["list-keys", "--output", "off"],
        ["create-key", "--generate-cli-skeleton"],
        ["--version"],
        ["help"],
        ["encrypt", "help"],
        ["encrypt", "--help"],
        ["audit", "path"],
        ["audit", "verify"],
        ["audit", "replay"],
    ],
    252: [
        [],
        ["no-such-command"],
        ["encrypt"],
        ["encrypt", "--key-id"],
        ["list-keys", "--no-such-option"],
        ["list-keys", "stray"],
        ["list-keys", "--query", "Keys["],
        ["list-keys", "--output", "xml"],
        ["create-key", "--tags", "a"],
        ["create-key", "--tags", "[}"],
        ["create-key", "--description", "file:///proc/nonexistent"],
        ["encrypt", "--key-id", ALIAS, "--plaintext", "fileb:///proc/nonexistent"],
        ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", "--ciphertext-out", "/proc/nonexistent/file"],
        ["describe-key", "--key-id", ""],
        ["create-key", "--cli-input-json", "{"],
        ["create-key", "--cli-input-json", "{}", "--cli-input-yaml", "{}"],
        ["list-keys", "--max-items", "x"],
        ["list-keys", "--no-paginate", "--max-items", "1"],
        ["audit", "no-such-command"],
        ["audit", "replay", "--no-such-option"],
    ],
    253: [
        ["list-keys", "--vault", "/proc/nonexistent"],
        ["list-keys", "--vault", "/dev/null"],
        ["list-keys", "--vault", "/tmp"],
        ["list-keys", "--key-file", "/proc/nonexistent"],
        ["list-keys", "--key-file", "/dev/null"],
        ["list-keys", "--key-file", "/tmp"],
        ["list-keys", "--endpoint-url", "http://example.com"],
        ["list-keys", "--endpoint-url", "http://localhost:1"],  # no credentials
    ],
    254: [
        ["describe-key", "--key-id", "alias/none"],
        ["describe-key", "--key-id", "1234abcd-12ab-34cd-56ef-1234567890ab"],
        ["describe-key", "--key-id", "x" * 2049],
        ["decrypt", "--ciphertext-blob", "aGk="],
        ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", "--dry-run"],
        ["encrypt", "--key-id", ALIAS, "--plaintext", ""],
        ["create-alias", "--alias-name", ALIAS, "--target-key-id", "1234abcd-12ab-34cd-56ef-1234567890ab"],
        ["create-key", "--key-spec", "NO_SUCH_SPEC"],
        ["list-keys", "--limit", "1001"],
    ],
    255: [
        ["list-keys", "--profile", "no-such-profile"],
        ["list-keys", "--region", "no region"],
        ["decrypt", "--ciphertext-blob", "aGk"],
        ["list-keys", "--query", "no_such_function(Keys)"],
        ["list-keys", "--limit", "x"],
        ["list-keys", "--endpoint-url", "http://localhost:1", "--no-sign-request"],
        ["audit", "replay", "/proc/nonexistent"],
    ],
}
TABLE = [(code, words) for code, lines in CODES.items() for words in lines]


@pytest.mark.parametrize(("code", "words"), TABLE, ids=[f"{code} {' '.join(words)[:60]}" for code, words in TABLE])
def test_exit_code(machine: Machine, code: int, words: list[str]) -> None:
    """Each way to end has AWS's exit code; a failure says something on stderr, and nothing on stdout."""
    ran = machine.run(*words).expect(code)
    if code:
        assert ran.err.startswith(("\nkmscli: [ERROR]: ", "\nusage: "))
        assert ran.out == b""


def test_damage(machine: Machine) -> None:
    """A damaged vault is 255, and says that it is damaged."""
    machine.fold_wal()
    content = bytearray(machine.vault.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    machine.vault.write_bytes(content)
    refused = machine.run("encrypt", "--key-id", ALIAS, "--plaintext", "aGk=").expect(255)
    assert "damaged" in refused.err


def test_a_rollback(machine: Machine, tmp_path: Path) -> None:
    """A vault that was put back is 255, and says how to accept it."""
    machine.fold_wal()
    before = machine.vault.read_bytes()
    machine.run("create-key").expect()
    machine.fold_wal()
    machine.vault.write_bytes(before)
    refused = machine.run("list-keys").expect(255)
    assert "rolled back" in refused.err


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", "not base64", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="])
def test_a_wrong_key_is_no_fall_through(machine: Machine, key: str) -> None:
    """A key in the environment that does not open the vault is 253, though the key file would."""
    refused = machine.run("list-keys", env={"KMSCLI_VAULT_KEY": key}).expect(253)
    assert not key or key not in refused.err


@pytest.mark.parametrize("changed", [0o640, 0o604, 0o660])
def test_an_unsafe_key_file(machine: Machine, changed: int) -> None:
    """A key file that others may read is 253, with the mend."""
    machine.key_file.chmod(changed)
    refused = machine.run("list-keys").expect(253)
    assert f"chmod 600 {machine.key_file}" in refused.err
