"""`kmscli batch`: JSON lines in, JSON lines out, in one process."""

import base64
import json
import os
import pty
import select
import signal
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kmscli.cli.local._request_lines import LONGEST
from tests.robustness.machine import ALIAS, PATIENCE, Machine, Ran, at_most, closed

ENCRYPT = {"Operation": "Encrypt", "KeyId": ALIAS, "Plaintext": "aGk="}


def text_of(*requests: Any) -> bytes:
    """Requests as lines; what is bytes already is a line as it is."""
    return b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in requests)


def answers_of(ran: Ran) -> list[Any]:
    """The answers, a line each."""
    return [json.loads(line) for line in ran.out.splitlines()]


def batch(machine: Machine, *requests: Any, code: int = 0, words: tuple[str, ...] = ("batch",)) -> list[Any]:
    """The answers to requests, one for each."""
    answers = answers_of(machine.run(*words, stdin=text_of(*requests)).expect(code))
    assert len(answers) == len(requests)
    return answers


def marked(number: int) -> dict[str, Any]:
    """An Encrypt whose event can be told from others'."""
    return {**ENCRYPT, "EncryptionContext": {"mark": str(number)}}


def marks(machine: Machine) -> list[int]:
    """The marks of all Encrypt events, in order."""
    asked = [event["requestParameters"] or {} for event in machine.events() if event["eventName"] == "Encrypt"]
    return [int(one["encryptionContext"]["mark"]) for one in asked]


def test_requests_see_what_the_ones_before_changed(machine: Machine) -> None:
    """Each request is answered as an operation's own command answers it, and after those before it."""
    key = machine.run("describe-key", "--key-id", ALIAS).expect().answer["KeyMetadata"]
    tags = [{"TagKey": "a", "TagValue": "1"}]
    encrypted, described, tagged, listed = batch(
        machine,
        ENCRYPT,
        {"Operation": "DescribeKey", "KeyId": ALIAS},
        {"Operation": "TagResource", "KeyId": key["KeyId"], "Tags": tags},
        {"Operation": "ListResourceTags", "KeyId": key["KeyId"]},
    )
    assert described["KeyMetadata"] == key
    assert tagged == {}
    assert listed["Tags"] == tags
    [decrypted] = batch(machine, {"Operation": "Decrypt", "CiphertextBlob": encrypted["CiphertextBlob"]})
    assert decrypted["Plaintext"] == "aGk="


REFUSALS: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{", "ParamValidation"),
    "nothing": (b"", "ParamValidation"),
    "not UTF-8": (b'{"Operation": "\xff"}', "ParamValidation"),
    "half a surrogate pair": (b'{"Operation": "ListKeys", "Marker": "\\ud800"}', "ParamValidation"),
    "too deep": (b"[" * 100_000, "ParamValidation"),
    "not an object": (b"[1]", "ParamValidation"),
    "no operation": (b"{}", "ParamValidation"),
    "an operation that is no text": (b'{"Operation": 1}', "ParamValidation"),
    "an unknown operation": (b'{"Operation": "MakeKey"}', "UnknownOperationException"),
    "a command instead of an operation": (b'{"Operation": "list-keys"}', "UnknownOperationException"),
    "a missing member": (b'{"Operation": "DescribeKey"}', "ParamValidation"),
    "an unknown member": (b'{"Operation": "ListKeys", "KeyId": "a"}', "ParamValidation"),
    "a member of another type": (b'{"Operation": "DescribeKey", "KeyId": 7}', "ParamValidation"),
    "a blob that is not base64": (b'{"Operation": "Decrypt", "CiphertextBlob": "s3cr3"}', "ParamValidation"),
    "a violation": (b'{"Operation": "ListKeys", "Limit": 1001}', "ValidationException"),
    "a refusal of the service": (b'{"Operation": "DescribeKey", "KeyId": "alias/none"}', "NotFoundException"),
    "a dry run": (json.dumps({**ENCRYPT, "DryRun": True}).encode(), "DryRunOperationException"),
    "a line that is too long": (b" " * LONGEST + b"{", "ParamValidation"),
}


def test_refusals(machine: Machine) -> None:
    """What cannot be answered is a line with its code and message, and the requests around it are answered."""
    lines = [line for line, _ in REFUSALS.values()]
    before = len(machine.events())
    answers = batch(machine, ENCRYPT, *lines, ENCRYPT, code=254)
    errors = {what: answer["Error"] for what, answer in zip(REFUSALS, answers[1:-1], strict=True)}
    assert {what: error["Code"] for what, error in errors.items()} == {
        what: code for what, (_, code) in REFUSALS.items()
    }
    assert all(set(error) == {"Code", "Message"} and error["Message"] for error in errors.values())
    assert "CiphertextBlob" in answers[0]
    assert "CiphertextBlob" in answers[-1]
    assert "s3cr3" not in json.dumps(errors)
    called = ["Encrypt", "ListKeys", "DescribeKey", "Encrypt", "Encrypt"]
    assert [event["eventName"] for event in machine.events()[before:]] == called


def test_a_refusal_is_worded_as_for_an_input_document(machine: Machine) -> None:
    """What `--cli-input-json` is refused with, a line is refused with."""
    document = '{"KeyId": 7, "Plaintext": "aGk=", "Nonsense": 1}'
    refused = machine.run("encrypt", "--cli-input-json", document).expect(252).err
    [answer] = batch(machine, {"Operation": "Encrypt", **json.loads(document)}, code=254)
    assert answer["Error"]["Message"] in refused


def test_the_exit_code_says_how_many_failed(machine: Machine) -> None:
    """If some requests failed, the exit code is 254, and stderr counts them."""
    ran = machine.run("batch", stdin=text_of(ENCRYPT, b"x", ENCRYPT)).expect(254)
    assert ran.err == "\nkmscli: [ERROR]: 1 of 3 requests failed.\n"
    assert machine.run("batch", stdin=b"").expect() == Ran(0, b"", "")


def test_how_blobs_are_given(machine: Machine) -> None:
    """`--cli-binary-format` holds for the lines as it does for an input document, wherever it is said."""
    raw = {**ENCRYPT, "Plaintext": "größe"}
    config = machine.home / ".config/kmscli/config.toml"
    config.write_text('[profile.raw]\ncli_binary_format = "raw-in-base64-out"\n')
    for words in (
        ("batch", "--cli-binary-format", "raw-in-base64-out"),
        ("--cli-binary-format", "raw-in-base64-out", "batch"),
        ("batch", "--profile", "raw"),
        ("--profile", "raw", "batch"),
    ):
        [encrypted] = batch(machine, raw, words=words)
        [decrypted] = batch(machine, {"Operation": "Decrypt", "CiphertextBlob": encrypted["CiphertextBlob"]})
        assert base64.b64decode(decrypted["Plaintext"]).decode() == "größe"
    refused = machine.run("batch", "--cli-binary-format", "hex", stdin=b"").expect(252)
    assert "hex" in refused.err


@pytest.mark.parametrize("words", [("--region", "eu-west-1", "batch"), ("batch", "--region", "eu-west-1")])
def test_the_region(machine: Machine, words: tuple[str, ...]) -> None:
    """`--region` holds for all requests, before the command or after it."""
    [made] = batch(machine, {"Operation": "CreateKey"}, words=words)
    assert ":eu-west-1:" in made["KeyMetadata"]["Arn"]
    assert machine.events()[-1]["awsRegion"] == "eu-west-1"


def test_a_first_create_key_makes_the_vault(fresh: Machine) -> None:
    """On a new machine a batch that begins with CreateKey makes a vault, as that operation's own command does."""
    [made] = batch(fresh, {"Operation": "CreateKey"})
    assert [key["KeyId"] for key in fresh.run("list-keys").expect().answer["Keys"]] == [made["KeyMetadata"]["KeyId"]]


def test_without_a_vault(fresh: Machine) -> None:
    """Lines that are refused need no vault; the first call does."""
    assert [answer["Error"]["Code"] for answer in batch(fresh, b"x", code=254)] == ["ParamValidation"]
    assert "There is no vault" in fresh.run("batch", stdin=text_of(ENCRYPT)).expect(253).err


@pytest.mark.parametrize("option", ["--key-fd", "--passphrase-fd"])
def test_standard_input_has_the_requests(machine: Machine, option: str) -> None:
    """What unlocks the vault cannot come on standard input too; any other descriptor may have it."""
    assert "Standard input" in machine.run("batch", option, "0", stdin=text_of(ENCRYPT)).expect(252).err
    key = os.open(machine.key_file, os.O_RDONLY)
    ran = machine.run("batch", "--key-fd", str(key), stdin=text_of(ENCRYPT), pass_fds=(key,)).expect()
    os.close(key)
    assert "CiphertextBlob" in ran.answer


def test_an_endpoint_means_the_network(machine: Machine) -> None:
    """A batch is not answered from the vault when an endpoint is named."""
    for words, env in (("--endpoint-url http://localhost:1 batch", {}), ("batch", {"KMSCLI_ENDPOINT_URL": "http://x"})):
        machine.run(*words.split(), stdin=text_of(ENCRYPT), env=env).expect(253)


def test_a_thousand_lines(machine: Machine) -> None:
    """A thousand lines are answered in order, with an event each, in groups of one commit."""
    answers = batch(machine, *map(marked, range(1000)))
    assert marks(machine) == list(range(1000))
    blobs = [answer["CiphertextBlob"] for answer in answers]
    assert len(set(blobs)) == 1000
    commits = {event["kmscli"]["commit"] for event in machine.events() if event["eventName"] == "Encrypt"}
    assert len(commits) < 20
    for number in (0, 500, 999):
        words = ("--ciphertext-blob", blobs[number], "--encryption-context", f"mark={number}")
        assert machine.run("decrypt", *words).expect().answer["Plaintext"] == "aGk="
    assert machine.report().wrong == 0
    assert machine.leftovers() == []


def test_a_file(machine: Machine, tmp_path: Path) -> None:
    """A file is answered in groups of 256, and a last line without an end is a line."""
    path = tmp_path / "requests"
    path.write_bytes(text_of(*map(marked, range(600))).removesuffix(b"\n"))
    with path.open("rb") as requests, machine.start("batch", stdin=requests) as call:
        out, err = call.communicate(timeout=PATIENCE)
    assert (call.returncode, err, out.count(b"\n")) == (0, b"", 600)
    commits = [event["kmscli"]["commit"] for event in machine.events() if event["eventName"] == "Encrypt"]
    assert sorted(map(commits.count, set(commits))) == [88, 256, 256]


def test_a_script_that_waits_for_each_answer(machine: Machine) -> None:
    """Each line is answered before the next is written, and its event is in the log before the next is answered."""
    with machine.start("batch", stdin=subprocess.PIPE) as call:
        assert call.stdin
        assert call.stdout
        for number in range(10):
            call.stdin.write(text_of(marked(number)))
            call.stdin.flush()
            assert select.select([call.stdout], [], [], PATIENCE)[0]
            assert "CiphertextBlob" in json.loads(call.stdout.readline())
            assert marks(machine)[:number] == list(range(number))
        call.stdin.close()
        assert call.wait(PATIENCE) == 0
    assert marks(machine) == list(range(10))


def test_a_person_who_types(machine: Machine) -> None:
    """On a terminal each line is answered when it is typed; Ctrl-D is the end."""
    ours, theirs = pty.openpty()
    with machine.start("batch", stdin=theirs) as call:
        os.close(theirs)
        assert call.stdout
        for number in range(3):
            os.write(ours, text_of(marked(number)))
            assert "CiphertextBlob" in json.loads(call.stdout.readline())
        os.write(ours, b"\x04")
        assert call.wait(PATIENCE) == 0
    os.close(ours)


def test_an_interruption(machine: Machine) -> None:
    """Ctrl-C ends a batch that waits with 130; what it had answered by then is there."""
    with machine.start("batch", stdin=subprocess.PIPE) as call:
        assert call.stdin
        assert call.stdout
        call.stdin.write(text_of(marked(0)))
        call.stdin.flush()
        assert call.stdout.readline()
        call.send_signal(signal.SIGINT)
        call.wait(PATIENCE)  # before stdin is closed: through an agent a signal takes a moment longer
        out, err = call.communicate()
    assert (call.returncode, out, err) == (130, b"", b"")
    machine.run("list-keys").expect()
    assert marks(machine) == [0]
    assert machine.report().wrong == 0


def test_a_reader_that_is_gone(machine: Machine) -> None:
    """Answers that meet a closed pipe: 255, and stderr says that the calls took effect."""
    read, write = os.pipe()
    os.close(read)
    ran = machine.run("batch", stdin=text_of(marked(0)), stdout=write).expect(255)
    os.close(write)
    assert ran.err == "\nkmscli: [ERROR]: The answer could not be written: Broken pipe. The call took effect.\n"
    assert marks(machine) == [0]
    assert machine.report().waiting == 0


def test_closed_streams(machine: Machine) -> None:
    """Without stdin there is nothing to answer; without stdout nobody is answered. Both are 255."""
    with machine.start("batch", stdin=None, preexec_fn=closed(0)) as call:
        _, err = call.communicate(timeout=PATIENCE)
    assert (call.returncode, err) == (255, b"\nkmscli: [ERROR]: Standard input cannot be read: Bad file descriptor\n")
    assert "took effect" in machine.run("batch", stdin=text_of(ENCRYPT), preexec_fn=closed(1)).expect(255).err


@pytest.mark.parametrize("after", [1, 256, 257, 700])
def test_a_kill(machine: Machine, tmp_path: Path, after: int) -> None:
    """A batch that is killed has answered nothing that has no event, and leaves the vault and the log whole."""
    path = tmp_path / "requests"
    path.write_bytes(text_of(*map(marked, range(1000))))
    with path.open("rb") as requests, machine.start("batch", stdin=requests) as call:
        assert call.stdout
        answered = [call.stdout.readline() for _ in range(after)]
        call.kill()
        answered += call.stdout.readlines()
    whole = [line for line in answered if line.endswith(b"\n")]
    machine.run("list-keys").expect()
    found = marks(machine)
    assert found == list(range(len(found)))
    assert after <= len(whole) <= len(found)
    report = machine.report()
    assert (report.wrong, report.waiting) == (0, 0)


def test_two_batches_at_once(machine: Machine) -> None:
    """Two processes that tag the same key: every tag is there, and no call is refused."""
    key = machine.run("describe-key", "--key-id", ALIAS).expect().answer["KeyMetadata"]["KeyId"]
    calls = [machine.start("batch", stdin=subprocess.PIPE) for _ in range(2)]
    for writer, call in enumerate(calls):
        assert call.stdin
        for number in range(20):
            tag = {"TagKey": f"{writer}-{number}", "TagValue": ""}
            call.stdin.write(text_of({"Operation": "TagResource", "KeyId": key, "Tags": [tag]}))
            call.stdin.flush()
    for call in calls:
        out, err = call.communicate(timeout=PATIENCE)
        assert (call.returncode, out, err) == (0, b"{}\n" * 20, b"")
    assert len(machine.run("list-resource-tags", "--key-id", key).expect().answer["Tags"]) == 40
    assert machine.report().wrong == 0


def test_a_busy_vault(machine: Machine) -> None:
    """If a group cannot be committed, each of its calls is refused, its broken lines too, and the batch goes on."""
    other = sqlite3.connect(machine.vault, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with machine.start("batch", stdin=subprocess.PIPE) as call:
        assert call.stdin
        assert call.stdout
        call.stdin.write(text_of(marked(0), b"x", marked(1)))
        call.stdin.flush()
        refused = [json.loads(call.stdout.readline())["Error"]["Code"] for _ in range(3)]
        other.execute("ROLLBACK")
        out, _ = call.communicate(text_of(marked(2)), PATIENCE)
    other.close()
    assert refused == ["KMSInternalException", "ParamValidation", "KMSInternalException"]
    assert "CiphertextBlob" in json.loads(out)
    assert (call.returncode, marks(machine)) == (254, [2])


def test_a_log_that_is_full(machine: Machine) -> None:
    """If the log cannot be written, a batch goes on and says so once; the next call appends what waits."""
    batch(machine, *map(marked, range(150)))
    machine.fold_wal()
    full = at_most(machine.log.stat().st_size)
    with machine.start("batch", stdin=subprocess.PIPE, preexec_fn=full) as call:
        assert call.stdin
        assert call.stdout
        for number in range(150, 153):
            call.stdin.write(text_of(marked(number)))
            call.stdin.flush()
            assert "CiphertextBlob" in json.loads(call.stdout.readline())
        _, err = call.communicate(timeout=PATIENCE)
    assert call.returncode == 0
    assert err == b"kmscli: the audit log cannot be written (File too large); the events wait in the vault.\n"
    machine.run("list-keys").expect()
    assert marks(machine) == list(range(153))
    assert machine.report().wrong == 0


def test_progress(machine: Machine, tmp_path: Path) -> None:
    """Where only stderr is a terminal it shows how far a batch is; anywhere else nothing does."""
    path = tmp_path / "requests"
    path.write_bytes(text_of(*[ENCRYPT] * 300))
    ours, theirs = pty.openpty()
    with path.open("rb") as requests, machine.start("batch", stdin=requests, stderr=theirs) as call:
        os.close(theirs)
        out, _ = call.communicate(timeout=PATIENCE)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert (call.returncode, out.count(b"\n")) == (0, 300)
    assert "256 requests" in shown
    assert "300 requests" in shown
    assert machine.run("batch", stdin=text_of(ENCRYPT)).expect().err == ""


def test_memory_does_not_grow_with_the_stream(machine: Machine) -> None:
    """Five thousand lines take hardly more memory than five hundred."""
    largest = []
    for count in (500, 5_000):
        with machine.start("batch", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as call:
            assert call.stdin
            call.stdin.write(text_of({"Operation": "GenerateRandom", "NumberOfBytes": 1024}) * count)
            call.stdin.close()
            _, status, usage = os.wait4(call.pid, 0)
            call.returncode = os.waitstatus_to_exitcode(status)
        assert call.returncode == 0
        largest.append(usage.ru_maxrss)
    assert largest[1] < 1.2 * largest[0]


KINDS = {
    "call": (json.dumps(ENCRYPT).encode(), ""),
    "refused": (json.dumps({**ENCRYPT, "KeyId": "alias/none"}).encode(), "NotFoundException"),
    **REFUSALS,
}
CALLED = {"call", "refused", "a violation", "a refusal of the service", "a dry run"}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(sorted(set(KINDS) - {"a line that is too long"})), max_size=40), ends=st.booleans()
)
def test_any_mix_of_lines(machine: Machine, kinds: list[str], ends: bool) -> None:
    """Each line has its answer, in order; each call its event; the exit code says whether any failed."""
    before = len(machine.events())
    text = b"".join(KINDS[kind][0] + b"\n" for kind in kinds)
    ran = machine.run("batch", stdin=text if ends else text.removesuffix(b"\n"))
    expected = [KINDS[kind][1] for kind in kinds]
    if not ends and kinds[-1:] == ["nothing"]:
        expected.pop()
    assert [answer.get("Error", {}).get("Code", "") for answer in answers_of(ran)] == expected
    assert ran.expect(254 if any(expected) else 0)
    assert len(machine.events()) - before == sum(kind in CALLED for kind in kinds)
