"""The row store in one SQLite file, in WAL mode: readers never wait, writers wait for each other."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from kmscli.errors import ConfigurationError, VaultDamagedError
from kmscli.vault.rows import BUSY_SECONDS, Address, BusyError, ConflictError, FullError, Read, Row, Writes

APPLICATION_ID = 0x6B6D7363
FORMAT = 1
WAL_PAGES = 128
"""When a commit folds the WAL into the file. Small: a process that exits leaves the WAL to the next one to read."""
MOST_KNOWN = 4096
"""How many rows a connection remembers at most."""
_STRICT = {"synchronous": "FULL", "secure_delete": "ON"}
_RELAXED = {"synchronous": "NORMAL", "secure_delete": "FAST"}
_SETTINGS = {"trusted_schema": "OFF", "fullfsync": "ON", "wal_autocheckpoint": WAL_PAGES, **_STRICT}

SCHEMA = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE rows (
        kind INTEGER NOT NULL, partition BLOB NOT NULL, id BLOB NOT NULL, version INTEGER NOT NULL,
        due INTEGER, first BLOB, second BLOB, sealed BLOB NOT NULL, PRIMARY KEY (kind, partition, id)
    ) WITHOUT ROWID""",
    "CREATE INDEX rows_due ON rows (due) WHERE due IS NOT NULL",
    "CREATE INDEX rows_first ON rows (kind, first, id) WHERE first IS NOT NULL",
    "CREATE INDEX rows_second ON rows (kind, second, id) WHERE second IS NOT NULL",
)
WELL_TYPED = """
    typeof(kind) = 'integer' AND kind BETWEEN 0 AND 65535 AND typeof(partition) = 'blob' AND typeof(id) = 'blob'
    AND typeof(version) = 'integer' AND version >= 0 AND (due IS NULL OR typeof(due) = 'integer' AND due >= 0)
    AND typeof(coalesce(first, x'')) = 'blob' AND typeof(coalesce(second, x'')) = 'blob' AND typeof(sealed) = 'blob'
"""
"""What SQLite itself does not hold a row to."""
_NOT_WRITTEN = (
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
)
"""How a limit on file size, or a quota, shows."""
_ONE = "SELECT * FROM rows WHERE kind = ? AND partition = ? AND id = ?"


@contextmanager
def translated() -> Iterator[None]:
    """SQLite's errors as the house knows them. A message of SQLite never holds a value."""
    try:
        yield
    except sqlite3.Error as error:
        exact = getattr(error, "sqlite_errorcode", 0)
        code = exact & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BusyError from None
        if code == sqlite3.SQLITE_FULL or exact in _NOT_WRITTEN:
            raise FullError from None
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise ConfigurationError(
                f"The vault cannot be written: {error}.", mend="Is its folder on a read-only disk, or not yours?"
            ) from None
        raise VaultDamagedError(
            f"The vault's file is damaged: {error}.", mend="Restore a backup: kmscli vault restore FILE"
        ) from None
    except UnicodeDecodeError:  # SQLite quotes a damaged schema, and Python cannot read that
        raise VaultDamagedError(
            "The vault's file is damaged: its schema is no text.", mend="Restore a backup: kmscli vault restore FILE"
        ) from None


class KnownRows:
    """The rows that a connection has read, as it has written them since, until another connection writes to the file.

    SQLite tells so by a number that others' commits change and the connection's own do not.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[Address, Row | None] = {}
        self._data_version = -1

    def refresh(self) -> None:
        """Forget what others may have changed. To be called when a transaction has begun."""
        [data_version] = self._connection.execute("PRAGMA data_version").fetchone()
        if data_version != self._data_version or len(self._rows) > MOST_KNOWN:
            self._rows.clear()
        self._data_version = data_version

    def forget(self) -> None:
        """Forget all before the next transaction."""
        self._data_version = -1

    def get(self, address: Address) -> Row | None:
        """The row at an address, in the transaction that has begun."""
        if address not in self._rows:
            found = self._connection.execute(_ONE, address).fetchone()
            self._rows[address] = Row._make(found) if found else None
        return self._rows[address]

    def note(self, writes: Writes) -> None:
        """Take down what was committed. What nobody has read, nobody will: events, for the most part."""
        for address in writes.clear:
            self._rows.pop(address, None)
        for row in writes.put:
            if row.address in self._rows:
                self._rows[row.address] = row


class SqliteSnapshot:
    """A read transaction."""

    def __init__(self, connection: sqlite3.Connection, known: KnownRows) -> None:
        self._connection = connection
        self._known = known
        self._open = True
        with translated():
            connection.execute("BEGIN")
            known.refresh()

    def get(self, address: Address) -> Row | None:
        with translated():
            return self._known.get(address)

    def page(self, kind: int, partition: bytes, after: bytes, limit: int) -> list[Row]:
        return self._select("kind = ? AND partition = ? AND id > ? ORDER BY id LIMIT ?", kind, partition, after, limit)

    def linked(self, kind: int, link: int, target: bytes, after: bytes, limit: int) -> list[Row]:
        column = {1: "first", 2: "second"}[link]
        return self._select(f"kind = ? AND {column} = ? AND id > ? ORDER BY id LIMIT ?", kind, target, after, limit)

    def due(self, moment: int) -> Iterable[Row]:
        with translated():
            yield from map(
                Row._make, self._connection.execute("SELECT * FROM rows WHERE due <= ? ORDER BY due", (moment,))
            )

    def all(self) -> Iterable[Row]:
        statement = f"SELECT * FROM rows WHERE {WELL_TYPED} ORDER BY kind, partition, id"  # noqa: S608
        with translated():
            yield from map(Row._make, self._connection.execute(statement))

    def meta(self, name: str) -> bytes:
        """A value of the file itself: `header`, `keyring`. Empty if there is none."""
        with translated():
            found = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return found[0] if found else b""

    def close(self) -> None:
        if self._open and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._open = False

    def _select(self, where: str, *values: object) -> list[Row]:
        statement = "SELECT * FROM rows WHERE " + where  # noqa: S608  one of the three conditions above
        with translated():
            return list(map(Row._make, self._connection.execute(statement, values)))


class SqliteRowStore:
    """A vault's file, opened."""

    def __init__(self, path: str, *, create: bool = False) -> None:
        self.path = path
        mode = "rwc" if create else "rw"
        quoted = os.path.abspath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        with translated():
            self.connection = sqlite3.connect(
                f"file://{quoted}?mode={mode}", uri=True, isolation_level=None, timeout=BUSY_SECONDS
            )
            try:
                for name, value in _SETTINGS.items():
                    self.connection.execute(f"PRAGMA {name} = {value}")
                if create:
                    self._make()
            except BaseException:
                self.connection.close()
                raise
        self.known = KnownRows(self.connection)

    def _make(self) -> None:
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self.connection.execute(f"PRAGMA user_version = {FORMAT}")
        for statement in SCHEMA:
            self.connection.execute(statement)

    def format(self) -> tuple[int, int]:
        """The application id and the format version that the file states."""
        with translated():
            application = self.connection.execute("PRAGMA application_id").fetchone()[0]
            return application, self.connection.execute("PRAGMA user_version").fetchone()[0]

    def meta(self, name: str) -> bytes:
        """A value of the file itself as it is now, or in the snapshot that is open. Empty if there is none."""
        with translated():
            found = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return found[0] if found else b""

    def wait_for_lock(self, seconds: float) -> None:
        """Wait for so long where others hold the write lock."""
        with translated():
            self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def snapshot(self) -> SqliteSnapshot:
        return SqliteSnapshot(self.connection, self.known)

    def commit(
        self,
        reads: Mapping[Address, int],
        finish: Callable[[Read], Writes],
        *,
        durable: bool = True,
        shred: bool = True,
        meta: Callable[["SqliteMeta"], None] | None = None,
    ) -> None:
        """As the protocol says; `meta` may also read and change the file's own values, under the lock.

        Without `shred`, pages that become free keep what was on them until they are used again, and are not written.
        """
        relaxed = [name for name, strict in (("synchronous", durable), ("secure_delete", shred)) if not strict]
        with translated():
            for name in relaxed:
                self.connection.execute(f"PRAGMA {name} = {_RELAXED[name]}")
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                self._commit(reads, finish, meta)
            except BaseException:  # an interruption may have come between the commit and taking it down
                self.known.forget()
                raise
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                for name in relaxed:
                    self.connection.execute(f"PRAGMA {name} = {_STRICT[name]}")

    def _commit(
        self,
        reads: Mapping[Address, int],
        finish: Callable[[Read], Writes],
        meta: Callable[["SqliteMeta"], None] | None,
    ) -> None:
        if meta:
            meta(SqliteMeta(self.connection))
        self.known.refresh()
        for address, version in reads.items():
            row = self.known.get(address)
            if (row.version if row else 0) != version:
                raise ConflictError
        writes = finish(self.known.get)
        if writes.clear:
            self.connection.executemany(
                "DELETE FROM rows WHERE kind = ? AND partition = ? AND id = ?", list(writes.clear)
            )
        if writes.put:
            self.connection.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)", writes.put)
        self.connection.execute("COMMIT")
        self.known.note(writes)

    def addresses(self, kind: int, partition: bytes, upto: bytes) -> list[bytes]:
        """The ids of a partition's rows up to one, in order."""
        statement = "SELECT id FROM rows WHERE kind = ? AND partition = ? AND id <= ?"
        with translated():
            return [id for (id,) in self.connection.execute(statement, (kind, partition, upto))]

    def checkpoint(self) -> bool:
        """Copy the WAL into the file and truncate it, so that what was overwritten is in neither.

        False: others were reading the whole time, and the WAL is as it was.
        """
        with translated():
            busy, _, _ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        """Close the file. The last one to close it folds the WAL in."""
        self.connection.close()


class SqliteMeta:
    """The file's own values, under the write lock."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> bytes:
        """A value; empty if there is none."""
        found = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return found[0] if found else b""

    def put(self, name: str, value: bytes) -> None:
        """Set a value."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
