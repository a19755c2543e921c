"""A check reads every row, and names each that is damaged, missing, outdated or back."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kmscli.keys.check import inspect
from tests.robustness.machine import Machine
from tests.vault.ground import (
    ALIAS,
    ALIASES,
    HEAD,
    KEY,
    MATERIAL,
    POLICIES,
    TAGS,
    TALLY,
    database,
    execute,
    faults,
    fold_wal,
    put,
    rows,
)

FIRST_ROW = "kind = {kind} AND id = (SELECT min(id) FROM rows WHERE kind = {kind})"
KEY_ARN = r"arn:aws:kms:us-east-1:111122223333:key/[0-9a-f-]{36}"


def flip(kind: int) -> Callable[[Path], None]:
    """Change the last byte of a row's sealed value."""

    def damage(path: Path) -> None:
        *place, sealed = rows(path, kind)[0]
        put(path, [(*place, sealed[:-1] + bytes([sealed[-1] ^ 1]))])

    return damage


def drop(kind: int) -> Callable[[Path], None]:
    """Remove a row."""
    return lambda path: execute(path, "DELETE FROM rows WHERE " + FIRST_ROW.format(kind=kind))


def swap(path: Path) -> None:
    """Exchange the sealed values of two keys."""
    (*first, one), (*second, other) = rows(path, KEY)
    put(path, [(*first, other), (*second, one)])


def duplicate(path: Path) -> None:
    """Copy a key's row to another id."""
    kind, partition, _, *rest = rows(path, KEY)[0]
    put(path, [(kind, partition, bytes(16), *rest)])


def move_to_other_link(path: Path) -> None:
    """Let an alias's row link to another key."""
    execute(path, "UPDATE rows SET first = zeroblob(16) WHERE kind = ?", ALIASES)


def lie_of_version(path: Path) -> None:
    """Give a row another version than the one it was sealed with."""
    execute(path, "UPDATE rows SET version = version + 100 WHERE " + FIRST_ROW.format(kind=KEY))


def drop_two(path: Path) -> None:
    """Remove the policies of two keys."""
    execute(path, "DELETE FROM rows WHERE kind = ?", POLICIES)


def cut_sealed(path: Path) -> None:
    """Leave nothing of a sealed value."""
    execute(path, "UPDATE rows SET sealed = zeroblob(0) WHERE " + FIRST_ROW.format(kind=KEY))


DAMAGE: list[tuple[str, Callable[[Path], None], list[str]]] = [
    ("flip head", flip(HEAD), ["head: altered or damaged"]),
    ("flip key", flip(KEY), [f"key {KEY_ARN}: altered or damaged"]),
    ("flip material", flip(MATERIAL), [f"material .*of key {KEY_ARN}: altered or damaged"]),
    ("flip alias", flip(ALIASES), [f"alias [0-9a-f]{{32}} of key {KEY_ARN}: altered or damaged"]),
    ("flip tags", flip(TAGS), [f"tags of key {KEY_ARN}: altered or damaged"]),
    ("flip policy", flip(POLICIES), [f"policy of key {KEY_ARN}: altered or damaged"]),
    ("flip tally", flip(TALLY), ["tally of keys in 111122223333 us-east-1: altered or damaged"]),
    ("drop head", drop(HEAD), ["head: missing"]),
    ("drop key", drop(KEY), [f"key {KEY_ARN}: missing"]),
    ("drop alias", drop(ALIASES), ["alias: 1 more missing; which, cannot be told"]),
    ("drop tags", drop(TAGS), [f"tags of key {KEY_ARN}: missing"]),
    ("drop policy", drop(POLICIES), [f"policy of key {KEY_ARN}: missing"]),
    ("drop two policies", drop_two, [f"policy of key {KEY_ARN}: missing", f"policy of key {KEY_ARN}: missing"]),
    ("drop tally", drop(TALLY), ["tally of keys in 111122223333 us-east-1: missing"]),
    ("swap", swap, [f"key {KEY_ARN}: altered or damaged", f"key {KEY_ARN}: altered or damaged"]),
    ("duplicate", duplicate, ["key 0{32}: altered or damaged"]),
    ("other link", move_to_other_link, ["alias [0-9a-f]{32}: altered or damaged"]),
    (
        "other version",
        lie_of_version,
        [f"key {KEY_ARN}: altered or damaged", "rows: beyond those that are named, .*cannot be told"],
    ),
    ("nothing sealed", cut_sealed, [f"key {KEY_ARN}: altered or damaged"]),
    (
        "a trigger",
        lambda path: execute(path, "CREATE TRIGGER t AFTER INSERT ON rows BEGIN DELETE FROM rows; END"),
        ["file: its tables or indexes are not those of a vault"],
    ),
    (
        "a negative version",
        lambda path: execute(path, "UPDATE rows SET version = -1 WHERE " + FIRST_ROW.format(kind=TAGS)),
        ["file: 1 of its rows hold what no row of a vault holds", "tags: 1 more missing; which, cannot be told"],
    ),
    (
        "text for bytes",
        lambda path: execute(path, "UPDATE rows SET sealed = 'x' WHERE " + FIRST_ROW.format(kind=TAGS)),
        ["file: 1 of its rows hold what no row of a vault holds", "tags: 1 more missing; which, cannot be told"],
    ),
]


@pytest.mark.parametrize(("damage", "said"), [case[1:] for case in DAMAGE], ids=[case[0] for case in DAMAGE])
def test_damage_is_named(machine: Machine, damage: Callable[[Path], None], said: list[str]) -> None:
    """Every row that is not as it was written last is named, whatever was done to it, and nothing else is."""
    damage(machine.vault)
    found = [str(fault) for fault in faults(machine)]
    assert len(found) == len(said), found
    for fault, words in zip(sorted(found), sorted(said), strict=True):
        assert re.fullmatch(words, fault), fault


def test_a_whole_vault_has_no_faults(machine: Machine) -> None:
    """A vault that nobody touched is whole, and its rows are counted by kind."""
    vault = machine.opened()
    inspection = inspect(vault)
    vault.close()
    assert inspection.faults == []
    counts = {"key": 2, "material": 3, "alias": 1, "tags": 2, "policy": 2, "tally": 1}
    assert counts.items() <= inspection.counts.items()


def test_all_faults_are_found(machine: Machine) -> None:
    """A check does not stop at the first fault."""
    for damage in (flip(ALIASES), flip(POLICIES), drop(TAGS)):
        damage(machine.vault)
    assert sorted(fault.kind for fault in faults(machine)) == ["alias", "policy", "tags"]


@pytest.mark.parametrize("kind", [KEY, TAGS], ids=["key", "tags"])
def test_an_older_version_is_named(machine: Machine, kind: int) -> None:
    """A row of which an older version was put back is named, although it opens."""
    before = rows(machine.vault, kind)
    change(machine)
    put(machine.vault, before)
    [fault] = faults(machine)
    assert (fault.what, fault.kind) == ("outdated", {KEY: "key", TAGS: "tags"}[kind])


def test_two_older_versions_are_named(machine: Machine) -> None:
    """Two rows of which older versions were put back are both named."""
    before = rows(machine.vault, KEY) + rows(machine.vault, TAGS)
    change(machine)
    put(machine.vault, before)
    assert sorted((fault.what, fault.kind) for fault in faults(machine)) == [("outdated", "key"), ("outdated", "tags")]


def test_more_older_versions_are_said(machine: Machine) -> None:
    """Where too many rows are outdated to tell which, that is said."""
    before = rows(machine.vault, KEY) + rows(machine.vault, TAGS) + rows(machine.vault, POLICIES)
    change(machine)
    machine.run("put-key-policy", "--key-id", key_id(machine), "--policy", policy_of(machine)).expect()
    put(machine.vault, before)
    assert [str(fault) for fault in faults(machine)] == ["rows: rows may be outdated; which, cannot be told"]


def test_a_deleted_row_that_is_back_is_named(machine: Machine) -> None:
    """A row that was deleted and put back is named."""
    before = rows(machine.vault, ALIASES)
    machine.run("delete-alias", "--alias-name", ALIAS).expect()
    put(machine.vault, before)
    [fault] = faults(machine)
    assert str(fault) == f"alias arn:aws:kms:us-east-1:111122223333:{ALIAS}: deleted before, and put back"


def test_rows_of_another_history_are_found(machine: Machine) -> None:
    """A row of a copy that went its own way, of the very version that the vault's own row has, is found."""
    fold_wal(machine.vault)
    copy = machine.vault.read_bytes()
    machine.run("update-key-description", "--key-id", key_id(machine), "--description", "one way").expect()
    elsewhere = rows(machine.vault, KEY)
    machine.vault.write_bytes(copy)
    for seen_further in (machine.home / ".local" / "state", Path(f"{machine.vault}.trail")):
        shutil.rmtree(seen_further)
    machine.run("update-key-description", "--key-id", key_id(machine), "--description", "another way").expect()
    assert faults(machine) == []
    put(machine.vault, elsewhere)
    assert [str(fault) for fault in faults(machine)] == [
        "rows: some are of a copy of this vault that went its own way; which, cannot be told"
    ]


def test_an_older_head_is_named(machine: Machine) -> None:
    """A head that is older than the rows is what is outdated, not the rows."""
    before = rows(machine.vault, HEAD)
    change(machine)
    put(machine.vault, before)
    assert [str(fault) for fault in faults(machine)] == ["head: outdated: an older version was put back"]


def test_a_structure_that_is_damaged_is_said(machine: Machine) -> None:
    """Where the file itself is torn, that is said, with whatever else can still be read."""
    with database(machine.vault) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'rows_due'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(machine.vault.read_bytes())
    content[(page - 1) * size : (page - 1) * size + 8] = b"\xff" * 8
    machine.vault.write_bytes(content)
    found = faults(machine)
    assert found
    assert all(fault.kind == "file" for fault in found)


def change(machine: Machine) -> None:
    """Write the row of a key, and the one of its tags, anew."""
    machine.run("disable-key", "--key-id", key_id(machine)).expect()
    machine.run("tag-resource", "--key-id", key_id(machine), "--tags", "TagKey=a,TagValue=b").expect()


def key_id(machine: Machine) -> str:
    """The id of the key that has the alias."""
    return str(machine.run("describe-key", "--key-id", ALIAS).expect().answer["KeyMetadata"]["KeyId"])


def policy_of(machine: Machine) -> str:
    """The policy of the key that has the alias."""
    words = ("get-key-policy", "--key-id", key_id(machine), "--policy-name", "default")
    return str(machine.run(*words).expect().answer["Policy"])
