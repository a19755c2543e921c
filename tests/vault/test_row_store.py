from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmscli.errors import VaultDamagedError
from kmscli.vault import sqlite
from kmscli.vault.rows import Address, ConflictError, Read, Row, Writes
from kmscli.vault.sqlite import SqliteRowStore

ADDRESSES: list[Address] = [(16, b"partition", bytes([number])) for number in range(3)]
FIRST = ADDRESSES[0]

reads = st.tuples(st.just("read"), st.integers(0, 1), st.sampled_from(ADDRESSES))
puts = st.tuples(st.just("put"), st.integers(0, 1), st.sampled_from(ADDRESSES))
clears = st.tuples(st.just("clear"), st.integers(0, 1), st.sampled_from(ADDRESSES))
failures = st.tuples(st.just("fail"), st.integers(0, 1), st.sampled_from(ADDRESSES))


@contextmanager
def two_stores() -> Iterator[tuple[SqliteRowStore, SqliteRowStore]]:
    """Two connections to one file."""
    with TemporaryDirectory() as folder:
        path = str(Path(folder, "vault.db"))
        stores = SqliteRowStore(path, create=True), SqliteRowStore(path)
        try:
            yield stores
        finally:
            for store in stores:
                store.close()


def row(address: Address, version: int) -> Row:
    """A row with nothing in it but its version."""
    return Row(*address, version, None, None, None, b"sealed %d" % version)


def got(store: SqliteRowStore, address: Address) -> Row | None:
    """What a connection reads at an address."""
    snapshot = store.snapshot()
    try:
        return snapshot.get(address)
    finally:
        snapshot.close()


def put(store: SqliteRowStore, address: Address, version: int, read: dict[Address, int] | None = None) -> None:
    """Commit a row that rests on others."""
    store.commit(read or {}, lambda _: Writes([row(address, version)], []))


def remove(store: SqliteRowStore, address: Address) -> None:
    """Commit that a row is gone."""
    store.commit({}, lambda _: Writes([], [address]))


def break_off(store: SqliteRowStore, address: Address) -> None:
    """A commit that has written a row when it fails."""
    broken = row(address, 99)._replace(id=b"broken", sealed=None)  # type: ignore[arg-type]
    with pytest.raises(VaultDamagedError):
        store.commit({}, lambda _: Writes([row(address, 99), broken], []))


@given(st.lists(reads | puts | clears | failures, max_size=20), st.sampled_from([0, 4096]))
@settings(max_examples=60, deadline=None)
def test_what_a_connection_remembers_is_what_is_there(steps: list[tuple[str, int, Address]], most_known: int) -> None:
    """Whoever of two has written, or failed to, both read what was committed last, in a snapshot and under the lock."""
    there: dict[Address, Row] = {}
    before, sqlite.MOST_KNOWN = sqlite.MOST_KNOWN, most_known
    try:
        with two_stores() as stores:
            for version, (step, number, address) in enumerate(steps, start=1):
                store = stores[number]
                if step == "put":
                    put(store, address, version)
                    there[address] = row(address, version)
                elif step == "clear":
                    remove(store, address)
                    there.pop(address, None)
                elif step == "fail":
                    break_off(store, address)
                assert got(store, address) == there.get(address)
                assert under_the_lock(store, address) == there.get(address)
    finally:
        sqlite.MOST_KNOWN = before


class Interrupting(list[Row]):
    """Rows to write. Whoever goes through them once more is interrupted: signals are acted on when SQLite returns."""

    gone_through = False

    def __iter__(self) -> Iterator[Row]:
        if self.gone_through:
            raise KeyboardInterrupt
        self.gone_through = True
        return super().__iter__()


def test_an_interruption_after_the_commit() -> None:
    """What was committed is there, even if the connection had no time to take it down."""
    with two_stores() as (ours, _):
        put(ours, FIRST, 1)
        assert got(ours, FIRST) == row(FIRST, 1)
        with pytest.raises(KeyboardInterrupt):
            ours.commit({}, lambda _: Writes(Interrupting([row(FIRST, 2)]), []))
        assert got(ours, FIRST) == row(FIRST, 2)
        with pytest.raises(ConflictError):
            put(ours, FIRST, 3, {FIRST: 1})


def under_the_lock(store: SqliteRowStore, address: Address) -> Row | None:
    """What a commit reads at an address."""
    seen: list[Row | None] = []

    def finish(read: Read) -> Writes:
        seen.append(read(address))
        return Writes([], [])

    store.commit({}, finish)
    return seen[0]


def test_a_row_that_others_have_changed_is_a_conflict() -> None:
    """A commit that rests on a row that another connection has changed, made or removed writes nothing."""
    with two_stores() as (ours, theirs):
        for version, read in ((1, 0), (2, 1)):
            got(ours, FIRST)
            put(theirs, FIRST, version)
            with pytest.raises(ConflictError):
                put(ours, ADDRESSES[1], version, {FIRST: read})
        got(ours, FIRST)
        remove(theirs, FIRST)
        with pytest.raises(ConflictError):
            put(ours, ADDRESSES[1], 3, {FIRST: 2})
        assert got(ours, ADDRESSES[1]) is None


def test_a_row_of_ones_own_is_no_conflict() -> None:
    """What a connection has written itself it may rest on, and not on what was there before."""
    with two_stores() as (ours, _):
        put(ours, FIRST, 1, {FIRST: 0})
        put(ours, FIRST, 2, {FIRST: 1})
        with pytest.raises(ConflictError):
            put(ours, FIRST, 3, {FIRST: 1})
        assert got(ours, FIRST) == row(FIRST, 2)
