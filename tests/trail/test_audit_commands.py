"""The audit commands of the installed `kmscli`, on a vault and a log of their own."""

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trail.writer import as_lines, record

KMSCLI = str(Path(sys.executable).parent / "kmscli")
ESCAPES = "\x1b[2J\u202e\x9b"


def kmscli(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end."""
    return subprocess.run([KMSCLI, *words], input=stdin, capture_output=True, check=False, timeout=60)


@pytest.fixture
def events(own_home: Path) -> Path:
    """The log of a vault that was made, in which a key was made, given an alias and used, and a call has failed."""
    key = kmscli("create-key", "--query", "KeyMetadata.KeyId", "--output", "text").stdout.decode().strip()
    kmscli("create-alias", "--alias-name", "alias/app", "--target-key-id", key)
    kmscli("encrypt", "--key-id", "alias/app", "--plaintext", "aGVsbG8=")
    kmscli("encrypt", "--key-id", "alias/none", "--plaintext", "aGVsbG8=")
    path = Path(kmscli("audit", "path").stdout.decode().strip())
    assert path.is_relative_to(own_home)
    return path


def test_a_log_that_nobody_touched_verifies(events: Path) -> None:
    """`audit verify` says how many events verify, up to which, and leaves with 0."""
    chain = json.loads(events.read_bytes().splitlines()[0])["kmscli"]["chain"]
    result = kmscli("audit", "verify")
    assert result.stdout.decode() == f"5 events verified, up to event 5 of chain {chain}.\n"
    assert (result.returncode, result.stderr) == (0, b"")


def test_a_changed_line_is_named(events: Path) -> None:
    """`audit verify` names the first bad line and the count, and leaves with 255."""
    lines = events.read_bytes().splitlines(keepends=True)
    events.write_bytes(b"".join([*lines[:2], lines[2].replace(b"alias/app", b"alias/api"), *lines[4:]]))
    result = kmscli("audit", "verify")
    bad = f"{events}, line 3 (event 3): it was changed after it was written"
    assert result.returncode == 255
    assert f"kmscli: [ERROR]: The trail does not verify: 2 faults, the first: {bad}" in result.stderr.decode()
    assert bad in result.stdout.decode()
    assert f"{events}, line 4 (event 5): events 3 to 4 are missing" in result.stdout.decode()


def test_a_log_cut_short_is_found(events: Path) -> None:
    """Lines that were synced and are gone from the end are a truncation."""
    lines = events.read_bytes().splitlines(keepends=True)
    events.write_bytes(b"".join(lines[:2]))
    result = kmscli("audit", "verify")
    assert result.returncode == 255
    assert "line 3: events 3 to 5 are missing" in result.stderr.decode()
    events.unlink()
    assert kmscli("audit", "verify").returncode == 255


def test_a_full_disk_is_said_and_is_no_fault(events: Path) -> None:
    """Events that could not be appended wait in the vault; the next call appends them."""
    events.rename(events.with_name("kept"))
    events.mkdir()
    assert kmscli("encrypt", "--key-id", "alias/app", "--plaintext", "aGVsbG8=").returncode == 0
    events.rmdir()
    events.with_name("kept").rename(events)
    result = kmscli("audit", "verify")
    assert (result.returncode, result.stderr) == (0, b"")
    assert (
        "1 event still to be appended (a crash or a full disk): the next call appends them." in result.stdout.decode()
    )
    kmscli("describe-key", "--key-id", "alias/app")
    assert kmscli("audit", "verify").stdout.startswith(b"7 events verified")


def test_a_torn_last_line_is_said_and_is_no_fault(events: Path) -> None:
    """What a crash left at the end of the log is said, and the next call cuts it off."""
    with events.open("ab") as log:
        log.write(b'{"eventVersion":"1.')
    result = kmscli("audit", "verify")
    assert (result.returncode, result.stderr) == (0, b"")
    assert "the last line is torn (a crash)" in result.stdout.decode()
    kmscli("describe-key", "--key-id", "alias/app")
    assert "torn" not in kmscli("audit", "verify").stdout.decode()


def test_a_rotated_log_is_found(events: Path) -> None:
    """What logrotate moved away and compressed is verified and replayed with the rest."""
    subprocess.run(["gzip", "-S", ".1.gz", events], check=True)
    kmscli("describe-key", "--key-id", "alias/app")
    assert kmscli("audit", "verify").stdout.startswith(b"6 events verified")
    assert kmscli("audit", "replay").stdout.count(b"\n") == 6


def test_a_vault_behind_its_log_is_found(events: Path, own_home: Path, tmp_path: Path) -> None:
    """An old copy of the vault beside the newer log is refused by its mark, and where there is none, by the log."""
    vault = events.parent.with_suffix("")
    kept = tmp_path / "kept"
    kept.mkdir()
    for file in vault.parent.glob(vault.name + "*"):
        if file.is_file():
            shutil.copy(file, kept)
    kmscli("describe-key", "--key-id", "alias/app")
    for file in vault.parent.glob(vault.name + "-*"):
        file.unlink()
    for file in kept.iterdir():
        shutil.copy(file, vault.parent)
    result = kmscli("audit", "verify")
    assert result.returncode == 255
    assert "it was rolled back" in result.stderr.decode()
    shutil.rmtree(own_home / ".local/state/kmscli/marks")
    result = kmscli("audit", "verify")
    assert result.returncode == 255
    assert "it was rolled back" in result.stderr.decode()


def test_without_a_vault_there_is_nothing_to_verify(own_home: Path) -> None:
    """`audit verify` and `audit replay` say that there is no vault; `audit path` says where its log would be."""
    for words in (["verify"], ["replay"]):
        result = kmscli("audit", *words)
        assert result.returncode == 253
        assert b"There is no vault" in result.stderr
    assert kmscli("audit", "path").stdout.decode().startswith(str(own_home))
    assert kmscli("audit", "path", "--vault", "/v").stdout == kmscli("--vault", "/v", "audit", "path").stdout


def test_replay_shows_what_happened(events: Path) -> None:
    """Piped, a line an event, with tabs between time, principal, operation, key with its aliases, and outcome."""
    rows = [line.split("\t") for line in kmscli("audit", "replay").stdout.decode().splitlines()]
    arn = json.loads(events.read_bytes().splitlines()[1])["resources"][0]["ARN"]
    assert [row[2:] for row in rows] == [
        ["InitVault", "-", "ok"],
        ["CreateKey", arn, "ok"],
        ["CreateAlias", f"{arn} (alias/app)", "ok"],
        ["Encrypt", f"{arn} (alias/app)", "ok"],
        ["Encrypt", "alias/none", "NotFoundException"],
    ]


@pytest.mark.parametrize(
    ("words", "operations"),
    [
        (["--errors"], ["Encrypt"]),
        (["--operation", "create-key", "--operation", "CreateAlias"], ["CreateKey", "CreateAlias"]),
        (["--key", "alias/app"], ["CreateAlias", "Encrypt"]),
        (["--principal", "nobody"], []),
        (["--since", "1h"], ["InitVault", "CreateKey", "CreateAlias", "Encrypt", "Encrypt"]),
        (["--until", "2020-01-01"], []),
    ],
)
def test_replay_filters(events: Path, words: list[str], operations: list[str]) -> None:
    """The filters of the command line reach the replay, and its JSON is a line an event."""
    result = kmscli("audit", "replay", "--output", "json", *words, str(events))
    assert [json.loads(line)["operation"] for line in result.stdout.splitlines()] == operations
    assert result.returncode == 0


def test_replay_can_verify_first(events: Path) -> None:
    """With `--verify` what happened is shown all the same, and a bad log leaves with 255."""
    assert kmscli("audit", "replay", "--verify").returncode == 0
    events.write_bytes(events.read_bytes().replace(b"CreateKey", b"CreateFog"))
    result = kmscli("audit", "replay", "--verify")
    assert result.returncode == 255
    assert b"CreateFog" in result.stdout
    assert b"line 2 (event 2): it was changed" in result.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["replay", "--since", "yesterday"], "Bad value for --since"),
        (["replay", "--output", "yaml"], "argument --output: Found invalid choice 'yaml'"),
        (["replay", "--follow", "-"], "--follow takes a file"),
        (["replay", "--verify", "-"], "A log on standard input cannot be verified"),
        (["verify", "-"], "A log on standard input cannot be verified"),
    ],
)
def test_wrong_usage_is_252(events: Path, words: list[str], says: str) -> None:
    """What cannot be meant is refused before anything is read."""
    result = kmscli("audit", *words)
    assert result.returncode == 252
    assert says in result.stderr.decode()


def test_garbage_is_named_and_counted(tmp_path: Path) -> None:
    """Lines that are no records are named on stderr, the first of them, and counted; the rest is shown."""
    path = tmp_path / "log"
    path.write_bytes(b"garbage\n" * 30 + as_lines(record()))
    result = kmscli("audit", "replay", str(path))
    assert (result.returncode, result.stdout.count(b"\n")) == (0, 1)
    assert result.stderr.decode().splitlines()[0] == f"kmscli: {path}, line 1: it is not a CloudTrail record"
    assert result.stderr.decode().splitlines()[-1] == "kmscli: 30 lines left out"
    assert len(result.stderr.splitlines()) == 11
    nothing = kmscli("audit", "replay", "-", stdin=b"garbage\n")
    assert nothing.returncode == 255
    assert b"No CloudTrail record was found." in nothing.stderr
    assert kmscli("audit", "replay", str(tmp_path / "none")).returncode == 255


def test_cloudtrails_own_files_come_from_standard_input() -> None:
    """`-` reads a log from a pipe, in any of the layouts."""
    content = json.dumps({"Records": [record(), record("Decrypt")]}).encode()
    result = kmscli("audit", "replay", "-", stdin=content)
    assert [line.split(b"\t")[2] for line in result.stdout.splitlines()] == [b"Encrypt", b"Decrypt"]


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    """When the pipe closes early, replay ends without a word."""
    path = tmp_path / "log"
    path.write_bytes(as_lines(record()) * 20_000)
    with subprocess.Popen([KMSCLI, "audit", "replay", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def on_terminal(*words: str) -> tuple[str, int]:
    """What a command writes when stdout and stderr are a terminal, and its exit code."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200"}
    with subprocess.Popen([KMSCLI, *words], stdout=follower, stderr=follower, stdin=follower, env=environment) as child:
        os.close(follower)
        written = b""
        while True:
            try:
                block = os.read(leader, 65536)
            except OSError:
                break
            written += block
        os.close(leader)
        return written.decode(errors="replace"), child.wait(60)


HOSTILE = as_lines(
    record(
        "Encrypt\t[red]x[/red]" + ESCAPES,
        userIdentity={"arn": f"arn:aws:iam::1:user/{ESCAPES}\n2026-01-01"},
        resources=None,
        requestParameters={"keyId": f"alias/{ESCAPES}"},
        errorCode=f"Bad{ESCAPES}",
        errorMessage=ESCAPES,
    )
)


@pytest.mark.parametrize("output", ["text", "json"])
def test_hostile_text_reaches_no_terminal(tmp_path: Path, output: str) -> None:
    """Escape sequences and bidirectional marks are shown, not obeyed, and markup is text."""
    path = tmp_path / f"log{ESCAPES}"
    path.write_bytes(HOSTILE + b"garbage\n")
    written, code = on_terminal("audit", "replay", "--output", output, str(path))
    assert code == 0
    assert "\x1b[2J" not in written
    assert not {"\u202e", "\x9b"} & set(written)
    assert "\\u202e" in written
    assert "[red]x[/red]" in written
    assert written.count("\n") == 3


def test_hostile_text_makes_no_second_line_in_a_file(tmp_path: Path) -> None:
    """Piped as text, an event is one line of five fields, whatever is in it."""
    path = tmp_path / "log"
    path.write_bytes(HOSTILE)
    [line] = kmscli("audit", "replay", str(path)).stdout.decode().splitlines()
    assert len(line.split("\t")) == 5
    [entry] = kmscli("audit", "replay", "--output", "json", str(path)).stdout.decode().splitlines()
    assert json.loads(entry)["message"] == ESCAPES


def test_colours_are_for_terminals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colours, unless NO_COLOR is set; a pipe gets none, and no progress bar either."""
    path = tmp_path / "log"
    path.write_bytes(as_lines(record()) * 12_000)
    written, _ = on_terminal("audit", "replay", "--errors", str(path))
    assert "reading the trail" in written
    result = kmscli("audit", "replay", str(path))
    assert b"\x1b" not in result.stdout + result.stderr
    path.write_bytes(as_lines(record()))
    assert "\x1b[" in on_terminal("audit", "replay", str(path))[0]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in on_terminal("audit", "replay", str(path))[0]


def read_line_within(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """The next line that a process writes."""
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    assert ready
    return process.stdout.readline()


def test_follow_shows_each_event_as_it_comes_until_interrupted(events: Path) -> None:
    """`--follow` goes on with what other processes append, and SIGINT ends it with 130."""
    command = [KMSCLI, "audit", "replay", "--follow", "--operation", "DescribeKey"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
        kmscli("describe-key", "--key-id", "alias/app")
        assert b"\tDescribeKey\t" in read_line_within(process, 30)
        kmscli("describe-key", "--key-id", "alias/app")
        assert b"\tDescribeKey\t" in read_line_within(process, 30)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr
        assert process.stderr.read() == b""
