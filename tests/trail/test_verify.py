import json
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmscli.trail.lines import NO_MAC, Log
from kmscli.trail.verify import KEPT_FAULTS, Expectation, Report, verify
from kmscli.vault.head import ChainEnd
from tests.trail.writer import KEYS, Writer, log, record, swapped

GOLDEN = Path(__file__).parent.parent / "golden"
COUNT = 12

Lines = list[bytes]


def whole_log() -> tuple[Lines, ChainEnd]:
    """Twelve lines, some of one commit, and where their chain ends."""
    writer = Writer()
    lines = [writer.line(same_commit=number % 3 == 2) for number in range(COUNT)]
    return lines, writer.end()


def verified(lines: Sequence[bytes] | bytes, end: ChainEnd, pending: Sequence[bytes] = ()) -> Report:
    """What verification says of a log in one file."""
    return verify([log(lines)], KEYS, Expectation(end, pending))


def edited(line: bytes) -> bytes:
    """A line whose event has another name."""
    return line.replace(b'"Encrypt"', b'"Decrypt"')


def resealed(lines: Lines, number: int) -> Lines:
    """The log with an event changed and given the MAC that someone without the trail key can make."""
    forged = edited(lines[number])
    return [*lines[:number], forged[:-68] + b"0" * 64 + forged[-4:], *lines[number + 1 :]]


def in_one_line(lines: Lines, number: int) -> bytes:
    """The log with a line's end overwritten, so that two lines are one."""
    return b"".join(lines[: number + 1])[:-1] + b" " + b"".join(lines[number + 1 :])


def other_writers_line() -> bytes:
    """A line of another vault's trail."""
    return Writer("fedcba9876543210", keys={1: b"\1" * 32}).line()


DAMAGE: list[tuple[str, Callable[[Lines], Lines | bytes], int, str]] = [
    ("edited", lambda log: [*log[:4], edited(log[4]), *log[5:]], 5, "(event 5): it was changed after it was written"),
    ("first edited", lambda log: [edited(log[0]), *log[1:]], 1, "(event 1): it was changed after it was written"),
    ("last edited", lambda log: [*log[:-1], edited(log[-1])], 12, "(event 12): it was changed after it was written"),
    ("resealed", lambda log: resealed(log, 4), 5, "(event 5): it was changed after it was written"),
    (
        "dropped",
        lambda log: [*log[:4], *log[5:]],
        5,
        "(event 6): event 5 is missing (chain 0123456789abcdef) before it",
    ),
    ("two dropped", lambda log: [*log[:4], *log[6:]], 5, "(event 7): events 5 to 6 are missing"),
    ("first dropped", lambda log: log[1:], 1, "(event 2): event 1 is missing"),
    ("last dropped", lambda log: log[:-1], 12, "event 12 is missing (chain 0123456789abcdef) at the end"),
    ("cut off", lambda log: log[:4], 5, "events 5 to 12 are missing (chain 0123456789abcdef) at the end"),
    ("emptied", lambda _: [], 1, "events 1 to 12 are missing"),
    ("last torn", lambda log: b"".join(log)[:-30], 12, "event 12 is missing"),
    ("last line end gone", lambda log: b"".join(log)[:-1], 12, "event 12 is missing"),
    ("last made of NULs", lambda log: [*log[:-1], b"\0" * 99], 12, "event 12 is missing"),
    ("neighbours swapped", lambda log: swapped(log, 4, 5), 5, "(event 6): event 5 is missing"),
    ("moved up", lambda log: [*log[:2], log[8], *log[2:8], *log[9:]], 3, "(event 9): events 3 to 8 are missing"),
    ("moved down", lambda log: [*log[:4], *log[5:], log[4]], 5, "(event 6): event 5 is missing"),
    ("repeated", lambda log: [*log[:5], *log[4:]], 6, "(event 5): it is here again or in the wrong place: event 5"),
    ("all repeated", lambda log: [*log, *log], 13, "(event 1): it is here again or in the wrong place: event 12"),
    ("garbage inserted", lambda log: [*log[:4], b"hello\n", *log[4:]], 5, "line 5: it is not a line of the trail"),
    ("blank inserted", lambda log: [*log[:4], b"\n", *log[4:]], 5, "line 5: it is not a line of the trail"),
    ("NULs inserted", lambda log: [*log[:4], b"\0\0\n", *log[4:]], 5, "line 5: it is not a line of the trail"),
    ("nested too deep", lambda log: [*log[:4], b'{"a":' * 99999 + b"\n", *log[4:]], 5, "not a line of the trail"),
    ("another's inserted", lambda log: [*log[:4], other_writers_line(), *log[4:]], 5, "it was changed after"),
    ("no stamp", lambda log: [*log[:4], json.dumps(record()).encode() + b"\n", *log[4:]], 5, "not a line of the trail"),
    ("two in one line", lambda log: in_one_line(log, 4), 5, "line 5: it is not a line of the trail"),
    ("line end changed", lambda log: [*log[:4], log[4][:-1] + b"\r\n", *log[5:]], 5, "it was changed after"),
    ("other key named", lambda log: [*log[:4], log[4].replace(b'"key":1', b'"key":2'), *log[5:]], 5, "it was changed"),
    ("no such key", lambda log: [*log[:4], log[4].replace(b'"key":1', b'"key":3'), *log[5:]], 5, "states a trail key"),
    ("MAC in capitals", lambda log: [*log[:4], log[4][:-68] + log[4][-68:-4].upper() + log[4][-4:], *log[5:]], 5, "it"),
]


@pytest.mark.parametrize(("damage", "line", "reason"), [row[1:] for row in DAMAGE], ids=[row[0] for row in DAMAGE])
def test_damage_is_found_and_its_first_line_named(
    damage: Callable[[Lines], Lines | bytes], line: int, reason: str
) -> None:
    """Whatever is done to lines that the vault knows to be synced is a fault, at the first line that is bad."""
    lines, end = whole_log()
    report = verified(damage(lines), end)
    assert report.faults
    assert str(report.faults[0]).startswith(f"events.jsonl, line {line}")
    assert reason in str(report.faults[0])


def test_a_whole_log_verifies() -> None:
    """What a writer wrote verifies, to the vault's last event."""
    lines, end = whole_log()
    report = verified(lines, end)
    assert (report.events, report.wrong, report.waiting, report.torn) == (COUNT, 0, 0, [])
    assert (report.chain, report.number, report.is_ahead) == (end.chain, COUNT, False)


@pytest.mark.parametrize(
    ("what_is_left", "waiting", "is_torn"),
    [
        (lambda log: log[:8], 4, False),
        (lambda log: log[:11], 1, False),
        (lambda log: [*log[:8], log[8][:100]], 4, True),
        (lambda log: [*log[:8], log[8][:-1]], 4, True),
        (lambda log: [*log[:8], b"\0" * 300], 4, True),
        (lambda log: [*log[:8], log[8][:100] + b"\0" * 300 + b"\n"], 4, True),
        (lambda log: [*log, b"\0" * 300], 0, True),
        (lambda log: log, 0, False),
    ],
)
def test_a_crash_is_not_tampering(what_is_left: Callable[[Lines], Lines], waiting: int, is_torn: bool) -> None:
    """What the log lacks at its end is still to be appended, as long as the vault holds it; so is a torn line."""
    lines, end = whole_log()
    report = verified(what_is_left(lines), end, lines[8:])
    assert (report.faults, report.waiting, bool(report.torn)) == ([], waiting, is_torn)


@pytest.mark.parametrize(
    ("what_is_left", "reason"),
    [
        (lambda log: log[:7], "line 8 (event 9): the vault still holds this event, but event 8 is missing"),
        (lambda log: [*log[:3], *log[4:8]], "line 4 (event 5): event 4 is missing"),
        (lambda log: [*log[:8], edited(log[8])], "line 9 (event 9): it was changed after it was written"),
    ],
)
def test_a_crash_does_not_hide_tampering(what_is_left: Callable[[Lines], Lines], reason: str) -> None:
    """With events still to be appended, a changed or missing line before them is found all the same."""
    lines, end = whole_log()
    report = verified(what_is_left(lines), end, lines[8:])
    assert reason in str(report.faults[0])


def test_an_event_that_neither_log_nor_vault_has_is_missing() -> None:
    """Above what is synced, too, an event does not vanish from both places by a crash."""
    lines, end = whole_log()
    report = verified(lines[:8], end, lines[8:10])
    assert "events 11 to 12 are missing" in str(report.faults[0])


def test_verification_goes_on_after_a_fault() -> None:
    """Faults far from each other are each named, and a bad line does not make those after it bad."""
    lines, end = whole_log()
    report = verified([*lines[:2], edited(lines[2]), *lines[3:6], *lines[7:9], b"junk\n", *lines[10:]], end)
    assert [fault.line for fault in report.faults] == [3, 7, 9]
    assert (report.wrong, report.events) == (3, 8)


def test_a_bad_line_does_not_hide_a_dropped_one() -> None:
    """A line that does not verify accounts for one missing event, not for two."""
    lines, end = whole_log()
    report = verified([*lines[:2], edited(lines[2]), *lines[4:]], end)
    assert [fault.line for fault in report.faults] == [3, 4]
    assert "events 3 to 4 are missing" in str(report.faults[1])


def test_all_faults_are_counted_and_the_first_are_kept() -> None:
    """A log of nothing but garbage does not fill the memory with faults."""
    report = verified([b"garbage\n"] * 500, Writer().end())
    assert (report.wrong, len(report.faults)) == (500, KEPT_FAULTS)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_rotated_logs_are_verified_in_the_order_of_their_events(order: tuple[int, ...]) -> None:
    """Several files in any order are one log, and a fault names the file and its line there."""
    lines, end = whole_log()
    parts = [("a", lines[:4]), ("b", lines[4:9]), ("c", lines[9:])]
    whole = verify([log(parts[at][1], parts[at][0]) for at in order], KEYS, Expectation(end))
    assert (whole.wrong, whole.events) == (0, COUNT)
    parts[1] = ("b", [lines[4], edited(lines[5]), *lines[6:9]])
    broken = verify([log(parts[at][1], parts[at][0]) for at in order], KEYS, Expectation(end))
    assert [str(fault).partition(": ")[0] for fault in broken.faults] == ["b, line 2 (event 6)"]


def test_a_rotated_log_that_is_not_given_is_missing() -> None:
    """A file that was left out or deleted is named by the events that it held."""
    lines, end = whole_log()
    report = verify([log(lines[9:], "c"), log(lines[:4], "a")], KEYS, Expectation(end))
    assert str(report.faults[0]).startswith("c, line 1 (event 10): events 5 to 9 are missing")


def test_a_torn_line_in_a_rotated_log_is_no_fault_if_the_next_file_has_the_event() -> None:
    """A log moved away after a crash keeps its torn line, and the event stands in the new file."""
    lines, end = whole_log()
    report = verify([log([*lines[:6], lines[6][:50]], "a"), log(lines[6:], "b")], KEYS, Expectation(end))
    assert (report.faults, report.torn) == ([], ["a"])


def two_chains(first: int, second: int) -> tuple[Lines, Lines, Writer]:
    """A chain, one that follows it after a restore, and where that ends."""
    old = Writer()
    before = old.lines(first)
    new = Writer("fedcba9876543210", follows=old)
    return before, new.lines(second), new


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 0, 2)])
def test_a_new_chain_follows_the_old_one(order: tuple[int, ...]) -> None:
    """After a restore the log goes on in a new chain, in the same file or in another."""
    before, after, new = two_chains(5, 4)
    parts = [before[:3], before[3:] + after[:2], after[2:]]
    report = verify([log(parts[at]) for at in order], KEYS, Expectation(new.end()))
    assert (report.faults, report.events, report.chain, report.number) == ([], 9, new.chain, 4)


def test_a_new_chain_may_have_lower_commit_numbers() -> None:
    """A restored backup counts commits from where it was made, and its file still comes after the old chain's."""
    old = Writer()
    before = old.lines(5)
    new = Writer("fedcba9876543210", follows=old)
    new.commit = 0
    after = new.lines(4)
    report = verify([log(after), log(before[3:]), log(before[:3])], KEYS, Expectation(new.end()))
    assert (report.faults, report.events) == ([], 9)


def test_a_new_chain_may_follow_an_earlier_event() -> None:
    """A restored backup's end is behind the log's: what was undone stays in the log."""
    old = Writer()
    lines = old.lines(3)
    new = Writer("fedcba9876543210", follows=old)
    undone = old.lines(4)
    report = verified([*lines, *undone, *new.lines(2)], new.end())
    assert (report.faults, report.events) == ([], 9)


def test_events_of_both_chains_may_be_waiting() -> None:
    """A crash may keep the old chain's end and the new chain from the log; both are still to be appended."""
    before, after, new = two_chains(5, 2)
    report = verified(before[:3], new.end(), [*before[3:], *after])
    assert (report.faults, report.waiting) == ([], 4)


@pytest.mark.parametrize(
    ("arrange", "reason"),
    [
        (lambda old, new: [*old[:3], *new], "line 4 (event 1): events 4 to 5 are missing (chain 0123456789abcdef)"),
        (lambda _, new: new, "line 1 (event 1): events 1 to 5 are missing (chain 0123456789abcdef)"),
        (lambda old, new: [*old, *new[1:]], "line 6 (event 2): event 1 is missing (chain fedcba9876543210)"),
        (lambda old, new: [*old, *new, old[2]], "line 10 (event 3): it is here again or in the wrong place"),
        (lambda old, new: [*old[:4], *new, old[4]], "line 5 (event 1): event 5 is missing"),
        (lambda old, _: old, "line 6: events 1 to 4 are missing (chain fedcba9876543210) at the end"),
        (lambda old, new: [*old, edited(new[0]), *new[1:]], "line 6 (event 1): it was changed after"),
    ],
)
def test_damage_where_a_chain_begins_is_found(arrange: Callable[[Lines, Lines], Lines], reason: str) -> None:
    """The seam between two chains hides nothing."""
    before, after, new = two_chains(5, 4)
    report = verified(arrange(before, after), new.end())
    assert reason in str(report.faults[0])


@pytest.mark.parametrize("follows", [None, {"chain": "0123456789abcdef", "number": 5, "mac": "00" * 32}])
def test_a_chain_that_does_not_name_the_end_before_it_is_a_fault(follows: dict[str, object] | None) -> None:
    """A genuine chain that follows nothing, or another end than the one that is here, does not belong here."""
    before, _, _ = two_chains(5, 0)
    stranger = Writer("fedcba9876543210")
    stranger.follows = follows
    report = verified([*before, *stranger.lines(2)], stranger.end())
    assert [str(fault) for fault in report.faults] == [
        "events.jsonl, line 6 (event 1): it does not go on from the line before"
    ]


def test_a_chain_that_was_left_and_is_taken_up_again_is_named_at_each_change() -> None:
    """A line moved across the seam of two chains is named, and the lines where they belong are not."""
    before, after, new = two_chains(5, 4)
    report = verified([*before[:3], after[0], *before[3:], *after[1:]], new.end())
    assert [fault.line for fault in report.faults] == [4, 5, 7]
    assert not report.is_ahead


def test_two_genuine_lines_with_one_number_are_a_fork() -> None:
    """When a copy of a vault has written too, its line is genuine and still not part of this trail."""
    original, copy = Writer(), Writer()
    shared = original.lines(3)
    copy.lines(3)
    forked = [original.line(), copy.line(record("Decrypt", 99)), copy.line()]
    report = verified([*shared, forked[0], forked[2]], original.end())
    assert "line 5 (event 5): it does not go on from the line before" in str(report.faults[0])
    report = verified([*shared, forked[1]], original.end())
    assert "the log's last event is not the vault's last event" in str(report.faults[0])


def test_a_log_that_goes_further_than_its_vault_is_said_to_be_ahead() -> None:
    """Lines that others appended meanwhile are no fault of the log; whoever asks the vault again decides."""
    writer = Writer()
    lines, known = writer.lines(5), writer.end()
    assert verified([*lines, *writer.lines(2)], known).is_ahead
    before, after, _ = two_chains(5, 2)
    assert verified([*before, *after], known).is_ahead
    assert not verified(before, known).is_ahead


def test_commit_numbers_do_not_go_back() -> None:
    """In one chain a line's commit is never lower than the one before."""
    writer = Writer()
    lines = writer.lines(3)
    writer.commit = 0
    report = verified([*lines, *writer.lines(2)], writer.end())
    assert [str(fault) for fault in report.faults] == [
        "events.jsonl, line 4 (event 4): its commit number is lower than that of the line before"
    ]


def test_event_numbers_go_up_by_one() -> None:
    """A line that follows by its MAC and still skips a number is not what kmscli writes."""
    writer = Writer()
    lines = writer.lines(3)
    writer.number += 1
    report = verified([*lines, *writer.lines(2)], writer.end())
    assert [str(fault) for fault in report.faults] == [
        "events.jsonl, line 4 (event 5): event 4 is missing (chain 0123456789abcdef) before it"
    ]


def test_retired_trail_keys_still_verify() -> None:
    """Each line is verified with the key that it names, so a rekeyed vault's log verifies from its beginning."""
    writer = Writer()
    lines = writer.lines(3)
    writer.key = 2
    lines += writer.lines(3)
    assert verified(lines, writer.end()).wrong == 0
    report = verify([log(lines)], {2: KEYS[2]}, Expectation(writer.end()))
    assert "line 1 (event 1): it states a trail key that this vault does not hold" in str(report.faults[0])


def test_no_events_yet_is_fine() -> None:
    """A new vault has no log."""
    nothing = ChainEnd("0123456789abcdef", 0, NO_MAC)
    assert verify([], KEYS, Expectation(nothing)).faults == []
    assert verified([], nothing).faults == []


def test_a_log_can_be_verified_without_its_vault() -> None:
    """With the keys alone everything but the end can be judged."""
    lines, _ = whole_log()
    assert verify([log(lines[:7])], KEYS).faults == []
    assert verify([log(lines[1:7])], KEYS).faults != []


def test_the_golden_log_verifies_for_ever() -> None:
    """The format is fixed: the log in tests/golden verifies with its keys, to the end that is written beside it."""
    known = json.loads((GOLDEN / "trail.keys.json").read_text())
    keys = {int(number): bytes.fromhex(key) for number, key in known["keys"].items()}
    end = ChainEnd(known["end"]["chain"], known["end"]["number"], bytes.fromhex(known["end"]["mac"]))
    opened = Log.opened(str(GOLDEN / "trail.jsonl"))
    report = verify([opened], keys, Expectation(end))
    opened.close()
    assert (report.faults, report.events) == ([], known["events"])
    assert (report.chain, report.number) == (end.chain, end.number)


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    """Ten times the events need no more memory."""
    peaks = []
    for count in (1_000, 10_000):
        path = tmp_path / f"{count}.jsonl"
        writer = Writer()
        path.write_bytes(b"".join(writer.lines(count)))
        opened = Log.opened(str(path))
        tracemalloc.start()
        assert verify([opened], KEYS, Expectation(writer.end())).events == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        opened.close()
    assert peaks[1] < peaks[0] * 1.5


@st.composite
def logs(draw: st.DrawFn) -> tuple[Lines, Writer]:
    """A log of up to nine lines, perhaps in two chains and under two keys."""
    writer = Writer()
    lines = []
    for number in range(draw(st.integers(1, 9))):
        writer.key = draw(st.sampled_from([1, 2]))
        if number and draw(st.integers(0, 5)) == 0:
            writer = Writer(f"{number:016x}", follows=writer)
        context = {"a": draw(st.text(max_size=5))}
        parameters = {"encryptionContext": context}
        event = record(second=number, requestParameters=parameters)
        try:
            lines.append(writer.line(event, same_commit=draw(st.booleans())))
        except UnicodeEncodeError:
            lines.append(writer.line())
    return lines, writer


@st.composite
def edits(draw: st.DrawFn, lines: Lines) -> bytes:
    """The log with one thing done to it."""
    count = len(lines)
    at = draw(st.integers(0, count - 1))
    whole = b"".join(lines)
    kind = draw(st.sampled_from(["flip", "drop", "swap", "duplicate", "insert", "truncate"]))
    if kind == "flip":
        where = draw(st.integers(0, len(whole) - 1))
        return whole[:where] + bytes([whole[where] ^ draw(st.integers(1, 255))]) + whole[where + 1 :]
    if kind == "drop":
        return b"".join([*lines[:at], *lines[at + 1 :]])
    if kind == "swap" and count > 1:
        return b"".join(swapped(lines, at, draw(st.integers(0, count - 1).filter(lambda other: other != at))))
    if kind == "duplicate":
        target = draw(st.integers(0, count))
        return b"".join([*lines[:target], lines[at], *lines[target:]])
    if kind == "insert":
        target = draw(st.integers(0, count))
        junk = draw(st.binary(max_size=40).filter(lambda junk: b"\0" not in junk))
        return b"".join([*lines[:target], junk + b"\n", *lines[target:]])
    return whole[: draw(st.integers(0, len(whole) - 1))]


@given(st.data())
def test_no_edit_of_a_synced_log_goes_unseen(data: st.DataObject) -> None:
    """For any log and any one edit of lines that the vault knows to be synced, verification never says fine."""
    lines, writer = data.draw(logs())
    assert verified(lines, writer.end()).faults == []
    assert verified(data.draw(edits(lines)), writer.end()).wrong > 0


@given(st.data())
def test_no_cut_above_what_is_synced_is_called_tampering(data: st.DataObject) -> None:
    """Wherever a log is cut behind what the vault knows to be synced, the rest is only still to be appended."""
    lines, writer = data.draw(logs())
    synced = data.draw(st.integers(0, len(lines)))
    whole = b"".join(lines)
    cut = whole[: data.draw(st.integers(len(b"".join(lines[:synced])), len(whole)))]
    report = verified(cut, writer.end(), lines[synced:])
    assert report.faults == []
    assert report.waiting == len(lines) - cut.count(b"\n")
