import gzip
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmscli.errors import KmscliError, UsageError
from kmscli.trail.cloudtrail import source
from kmscli.trail.following import followed
from kmscli.trail.lines import Log
from kmscli.trail.replay import Entry, in_order, replay
from kmscli.trail.selection import Selection, moment
from tests.trail.writer import ACCOUNT, ALICE, HOME, KEY, OTHER_KEY, as_lines, log, record

GOLDEN = Path(__file__).parent.parent / "golden"
NOW = 1767607200.0
"""2026-01-05T10:00:00Z"""

ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def happened(*contents: bytes) -> tuple[list[Entry], list[str]]:
    """The entries of some logs in one replay, and what was complained of."""
    complaints: list[str] = []
    sources = [source(log(content, f"log{at}")) for at, content in enumerate(contents)]
    return list(replay(sources, complaints.append)), complaints


def of_alias(name: str, alias: str, target: str = "", **members: Any) -> dict[str, Any]:
    """A record of an operation on an alias, with the resources that AWS gives it."""
    parameters = {"aliasName": alias, "targetKeyId": target} if target else {"aliasName": alias}
    return record(name, requestParameters=parameters, **members)


def keys_of(entry: Entry) -> list[tuple[str, list[str]]]:
    """An entry's keys, each by its id and with its aliases."""
    return [(key.key.rpartition("/")[2][:4], key.aliases) for key in entry.keys]


def test_the_golden_log_tells_what_happened() -> None:
    """Each record becomes one entry, with its principal, key, alias by then, and outcome."""
    entries, complaints = happened((GOLDEN / "trail.jsonl").read_bytes())
    assert complaints == []
    assert [(entry.operation, keys_of(entry), entry.outcome) for entry in entries] == [
        ("CreateKey", [("1234", [])], "ok"),
        ("CreateAlias", [("1234", ["alias/app"])], "ok"),
        ("Encrypt", [("1234", ["alias/app"])], "ok"),
        ("Decrypt", [("1234", ["alias/app"])], "InvalidCiphertextException"),
        ("Encrypt", [("no", [])], "NotFoundException"),
        ("UpdateAlias", [("0987", ["alias/app"])], "ok"),
        ("ReEncrypt", [("1234", []), ("0987", ["alias/app"])], "ok"),
        ("Rekey", [], "ok"),
        ("RotateKey", [("1234", [])], "ok"),
        ("Restore", [], "ok"),
        ("DeleteAlias", [("0987", ["alias/app"])], "ok"),
        ("Encrypt", [("0987", [])], "ok"),
    ]
    assert {entry.principal for entry in entries} == {ALICE, "AWS Internal"}
    assert (entries[2].time, entries[2].region) == ("2026-01-05T09:00:02Z", "us-east-1")
    assert entries[2].event == "10000000-0000-4000-8000-000000000002"


OTHER = [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": OTHER_KEY}]


@pytest.mark.parametrize(
    ("records", "aliases"),
    [
        ([of_alias("CreateAlias", "alias/a", KEY), of_alias("CreateAlias", "alias/b", KEY)], ["alias/a", "alias/b"]),
        ([of_alias("CreateAlias", "alias/a", KEY.rpartition("/")[2])], ["alias/a"]),
        ([of_alias("CreateAlias", "alias/a", KEY, errorCode="AlreadyExistsException")], []),
        ([of_alias("CreateAlias", "alias/a", KEY), of_alias("UpdateAlias", "alias/a", OTHER_KEY)], []),
        ([of_alias("CreateAlias", "alias/a", OTHER_KEY), of_alias("UpdateAlias", "alias/a", KEY)], ["alias/a"]),
        ([of_alias("CreateAlias", "alias/a", KEY), of_alias("DeleteAlias", "alias/a")], []),
        ([of_alias("CreateAlias", "alias/a", KEY), of_alias("DeleteAlias", "alias/a", errorCode="X")], ["alias/a"]),
        ([of_alias("CreateAlias", "alias/a", KEY, resources=None)], ["alias/a"]),
        ([of_alias("CreateAlias", "alias/a", KEY, awsRegion="eu-west-1", resources=None)], []),
        ([of_alias("DeleteAlias", "alias/a"), of_alias("CreateAlias", "alias/a", KEY)], ["alias/a"]),
        ([of_alias("CreateAlias", "alias/a", KEY), record("DeleteKey", requestParameters=None)], []),
        (
            [of_alias("CreateAlias", "alias/a", KEY), record("DeleteKey"), of_alias("CreateAlias", "alias/b", KEY)],
            ["alias/b"],
        ),
        ([of_alias("CreateAlias", "alias/a", KEY), record("DeleteKey", resources=OTHER)], ["alias/a"]),
        ([record("CreateAlias", requestParameters="nonsense"), record("CreateAlias", requestParameters=None)], []),
    ],
)
def test_aliases_are_learned_from_the_log(records: list[dict[str, Any]], aliases: list[str]) -> None:
    """A key shows the aliases that the events before gave it, in its own account and Region, if they succeeded."""
    entries, _ = happened(as_lines(*records, record()))
    assert entries[-1].keys[0].aliases == aliases


def test_an_alias_is_known_in_the_next_log() -> None:
    """What one file says of an alias holds in the files after it."""
    entries, _ = happened(as_lines(of_alias("CreateAlias", "alias/a", KEY)), as_lines(record()))
    assert entries[-1].keys[0].aliases == ["alias/a"]


@pytest.mark.parametrize(
    ("identity", "principal"),
    [
        ({"type": "Root", "arn": ROOT}, ROOT),
        ({"type": "AWSService", "invokedBy": "s3.amazonaws.com"}, "s3.amazonaws.com"),
        ({"type": "IAMUser", "userName": "Bob"}, "Bob"),
        ({"type": "Unknown"}, "Unknown"),
        ({}, ""),
        (None, ""),
    ],
)
def test_the_principal_is_the_best_name_there_is(identity: dict[str, str] | None, principal: str) -> None:
    """An ARN, else the service that called, else a name, else the kind of identity."""
    entries, _ = happened(as_lines(record(userIdentity=identity)))
    assert entries[0].principal == principal


def _document(records: list[dict[str, Any]]) -> bytes:
    return json.dumps({"Records": records}, ensure_ascii=False).encode()


def _without_line_end(records: list[dict[str, Any]]) -> bytes:
    return as_lines(*records)[:-1]


LAYOUTS: list[Callable[[list[dict[str, Any]]], bytes]] = [
    lambda records: as_lines(*records),
    _without_line_end,
    lambda records: as_lines(*records).replace(b"\n", b"\r\n\n"),
    _document,
    lambda records: _document(records[:1]) + _document(records[1:]),
    lambda records: _document(records[:1]) + b"\n" + _document([]) + b"\n" + _document(records[1:]) + b"\n",
    lambda records: json.dumps({"Records": records}, indent=2).encode(),
    lambda records: json.dumps(records).encode(),
    lambda records: json.dumps(records, indent=4).encode(),
    lambda records: b"".join(json.dumps(each, indent=2).encode() + b"\n" for each in records),
    lambda records: b"\n" + _document(records),
]


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_of_records_is_read(
    tmp_path: Path, layout: Callable[[list[dict[str, Any]]], bytes], compressed: bool
) -> None:
    """CloudTrail's own files, JSON lines and what tools make of them give the same entries, compressed or not."""
    records = [record("Encrypt", second, errorMessage="é" * (3000 + second % 2)) for second in range(700)]
    path = tmp_path / "log"
    content = layout(records)
    path.write_bytes(gzip.compress(content) if compressed else content)
    complaints: list[str] = []
    with closing(Log.opened(str(path))) as opened:
        entries = list(replay([source(opened)], complaints.append))
    assert complaints == []
    assert [(entry.event, entry.message) for entry in entries] == [
        (each["eventID"], each["errorMessage"]) for each in records
    ]


def test_members_that_real_records_lack_or_add_do_not_matter() -> None:
    """A record of another service, or of another version, is still what happened."""
    foreign = {
        "eventVersion": "1.08",
        "eventTime": "2022-08-10T22:38:27Z",
        "eventName": "GetObject",
        "eventSource": "s3.amazonaws.com",
        "resources": [{"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::b"}],
        "userIdentity": {"type": "AWSAccount", "sessionContext": {"attributes": {}}},
    }
    entries, complaints = happened(as_lines(foreign))
    assert complaints == []
    assert (entries[0].operation, entries[0].keys, entries[0].principal) == ("GetObject", [], "AWSAccount")


GARBAGE = [
    b"garbage\n",
    b"{}\n",
    b"[]\n",
    b"null\n",
    b"\xff\xfe\n",
    b"\0\0\n",
    b'{"eventTime":1,"eventName":2}\n',
    b'{"eventTime":"2026-01-05T09:00:00Z","eventName":"X","resources":"none"}\n',
    b'{"eventTime":"2026-01-05T09:00:00Z","eventName":"X","userIdentity":[]}\n',
    b'{"a":' * 100_000 + b"\n",
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_lines_are_named_and_left_out(garbage: bytes) -> None:
    """A line that is no record is named by its file and number, and all others are shown."""
    entries, complaints = happened(as_lines(record()) + garbage + as_lines(record(second=1)))
    assert [entry.time[-3:] for entry in entries] == ["00Z", "01Z"]
    assert complaints == ["log0, line 2: it is not a CloudTrail record"]


@pytest.mark.parametrize("head", [b"[ {oops\n", b'{"Records": [oops\n', b"[[[[\n", b"[" * 100_000 + b"\n", b"{\n"])
def test_a_broken_beginning_does_not_hide_the_rest(head: bytes) -> None:
    """A first line that looks like another layout costs at most itself."""
    entries, _ = happened(head + as_lines(*(record(second=second) for second in range(9))))
    assert len(entries) == 9


def test_a_broken_beginning_does_not_fill_the_memory(tmp_path: Path) -> None:
    """A document that cannot be parsed is given up after a few megabytes, not at its end."""
    path = tmp_path / "log"
    line = as_lines(record(errorMessage="x" * 10_000))
    path.write_bytes(b'{"Records": [oops\n' + line * 4_000)
    with closing(Log.opened(str(path))) as opened:
        tracemalloc.start()
        assert sum(1 for _ in replay([source(opened)], lambda _: None)) == 4_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < path.stat().st_size / 2


def test_a_torn_line_is_named() -> None:
    """What a crash left of the last line is counted among what is left out."""
    entries, complaints = happened(as_lines(record()) + b'{"eventTime":"20')
    assert (len(entries), complaints) == (1, ["log0, line 2: it is not a CloudTrail record"])


def test_damaged_compression_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    """A truncated gzip file of CloudTrail's is refused with its name, after what could be read."""
    path = tmp_path / "log.json.gz"
    path.write_bytes(gzip.compress(_document([record(second=second) for second in range(50)]))[:-20])
    with (
        closing(Log.opened(str(path))) as opened,
        pytest.raises(KmscliError, match=r"log\.json\.gz cannot be read: its compression is damaged"),
    ):
        list(replay([source(opened)], lambda _: None))


def test_logs_are_replayed_in_order_of_time() -> None:
    """Files in any order are replayed by the time of their first record."""
    sources = [source(log(as_lines(record(second=second)))) for second in (30, 10, 20)]
    sources.append(source(log(b"")))
    complaints: list[str] = []
    entries = list(replay(in_order(sources), complaints.append))
    assert [entry.time[-3:] for entry in entries] == ["10Z", "20Z", "30Z"]
    assert complaints == []


BOB = f"arn:aws:iam::{ACCOUNT}:user/Bob"
STORY = as_lines(
    of_alias("CreateAlias", "alias/app", KEY),
    record("Encrypt", 60),
    record("GenerateDataKey", 120, userIdentity={"type": "IAMUser", "arn": BOB}),
    record("Decrypt", 180, errorCode="AccessDenied"),
    of_alias("UpdateAlias", "alias/app", OTHER_KEY, resources=[{"ARN": OTHER_KEY}], eventTime="2026-01-05T09:04:00Z"),
    record("Encrypt", 300),
    record("Encrypt", 360, resources=[{"ARN": OTHER_KEY}]),
    record("Decrypt", 420, resources=[], requestParameters={"keyId": "alias/gone"}, errorCode="NotFoundException"),
)


@pytest.mark.parametrize(
    ("selection", "minutes"),
    [
        ({}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({"keys": [KEY]}, [0, 1, 2, 3, 5]),
        ({"keys": [KEY.rpartition("/")[2]]}, [0, 1, 2, 3, 5]),
        ({"keys": ["alias/app"]}, [0, 1, 2, 3, 4, 6]),
        ({"keys": [f"{HOME}:alias/app"]}, [0, 1, 2, 3, 4, 6]),
        ({"keys": ["alias/gone"]}, [7]),
        ({"keys": ["alias/gone", OTHER_KEY]}, [4, 6, 7]),
        ({"keys": ["1234"]}, []),
        ({"principals": ["Bob"]}, [2]),
        ({"principals": [BOB, ALICE]}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({"operations": ["Encrypt"]}, [1, 5, 6]),
        ({"operations": ["generate-data-key", "update-alias"]}, [2, 4]),
        ({"errors_only": True}, [3, 7]),
        ({"since": "2026-01-05T09:05:00Z"}, [5, 6, 7]),
        ({"until": "2026-01-05T09:02:00Z"}, [0, 1]),
        ({"since": "2026-01-05T09:01:00Z", "until": "2026-01-05T09:06:00Z", "operations": ["Encrypt"]}, [1, 5]),
    ],
)
def test_a_selection_admits_what_it_names(selection: dict[str, Any], minutes: list[int]) -> None:
    """Each filter admits what it names, as it was when it happened; several must all hold."""
    chosen = Selection(**selection)
    entries, _ = happened(STORY)
    assert [int(entry.time[14:16]) for entry in entries if chosen.admits(entry)] == minutes


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2h", "2026-01-05T08:00:00Z"),
        ("7d", "2025-12-29T10:00:00Z"),
        ("90s", "2026-01-05T09:58:30Z"),
        ("15m", "2026-01-05T09:45:00Z"),
        ("1w", "2025-12-29T10:00:00Z"),
        ("999999999w", "1970-01-01T00:00:00Z"),
        ("0001-01-01T00:00+14:00", "1970-01-01T00:00:00Z"),
        ("2026-01-05", "2026-01-05T00:00:00Z"),
        ("2026-01-05T09:30", "2026-01-05T09:30:00Z"),
        ("2026-01-05T09:30:15Z", "2026-01-05T09:30:15Z"),
        ("2026-01-05T09:30:15.900Z", "2026-01-05T09:30:15Z"),
        ("2026-01-05T09:30:15+02:00", "2026-01-05T07:30:15Z"),
    ],
)
def test_a_moment_is_iso_8601_or_how_long_ago(text: str, meant: str) -> None:
    """A person says when in ISO 8601, in UTC unless a zone is named, or how long ago."""
    assert moment(text, NOW, "--since") == meant


@pytest.mark.parametrize("text", ["", "yesterday", "2", "h", "-2h", "2y", "2026-13-01", "٣h"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    """Anything else is wrong usage, and the message names the option."""
    with pytest.raises(UsageError, match="Bad value for --since"):
        moment(text, NOW, "--since")


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    """Ten times the events need no more memory, in lines and in one document."""
    for layout in (lambda records: as_lines(*records), _document):
        peaks = []
        for count in (2_000, 20_000):
            path = tmp_path / "log"
            path.write_bytes(layout([record(second=second) for second in range(count)]))
            with closing(Log.opened(str(path))) as opened:
                tracemalloc.start()
                assert sum(1 for _ in replay([source(opened)], pytest.fail)) == count
                peaks.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.stop()
        assert peaks[1] < peaks[0] * 1.5


class Appending:
    """What happens to a log each time its reader waits for more; then the reader is stopped."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps: Iterator[Callable[[], object]] = iter(steps)

    def __call__(self) -> None:
        """The next thing that happens."""
        step = next(self.steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()


def read_until_stopped(path: Path, *steps: Callable[[], object]) -> list[bytes]:
    """The lines that a follower of the log has seen when it is stopped."""
    seen: list[bytes] = []
    with pytest.raises(KeyboardInterrupt):
        seen.extend(followed(str(path), Appending(*steps)))
    return seen


def append(path: Path, content: bytes) -> Callable[[], object]:
    """A step that appends to a log."""

    def step() -> None:
        with path.open("ab") as file:
            file.write(content)

    return step


def test_a_growing_log_is_followed(tmp_path: Path) -> None:
    """Lines are seen as they are appended, and a line only once it has its end."""
    path = tmp_path / "log"
    steps = [append(path, content) for content in (b"one\ntwo\n", b"thr", b"ee\nfour", b"", b"\n")]
    assert read_until_stopped(path, *steps) == [b"one\n", b"two\n", b"three\n", b"four\n"]


def test_a_torn_line_that_is_cut_is_never_seen(tmp_path: Path) -> None:
    """When the next writer cuts a torn line and appends, the follower sees only the whole line."""
    path = tmp_path / "log"
    path.write_bytes(b"one\ntorn")
    assert read_until_stopped(path, lambda: path.write_bytes(b"one\ntwo\n")) == [b"one\n", b"two\n"]


def test_a_log_that_is_moved_away_is_followed_into_the_new_file(tmp_path: Path) -> None:
    """Rotation loses no line: what was appended just before the move is read, then the new file."""
    path = tmp_path / "log"
    path.write_bytes(b"one\n")

    def rotate() -> None:
        append(path, b"two\n")()
        path.rename(tmp_path / "log.1")

    steps = [rotate, lambda: None, append(path, b"three\n"), path.unlink, append(path, b"four\n")]
    assert read_until_stopped(path, *steps) == [b"one\n", b"two\n", b"three\n", b"four\n"]


def test_a_log_that_is_emptied_is_followed_from_its_start(tmp_path: Path) -> None:
    """Copying a log and truncating it loses no later line."""
    path = tmp_path / "log"
    path.write_bytes(b"one\ntwo\n")
    steps = [lambda: path.write_bytes(b""), append(path, b"three\n")]
    assert read_until_stopped(path, *steps) == [b"one\n", b"two\n", b"three\n"]


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_break_a_replay(content: bytes, looks_like_a_document: bool) -> None:
    """Whatever a log holds, a replay gives entries and complaints, and never fails."""
    for opened in (content, b'{"Records":[' + content, as_lines(record()) + content):
        entries, _ = happened(opened)
        assert len(entries) <= 1
