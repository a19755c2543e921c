"""What only those who keep a vault do to its SQLite file: check it, copy it, replace what it holds, write it anew.

Apart from `sqlite`, since no call needs it.
"""

from collections.abc import Callable

from kmscli.vault.rows import Address
from kmscli.vault.sqlite import SCHEMA, WELL_TYPED, SqliteRowStore, translated


def integrity_faults(store: SqliteRowStore) -> list[str]:
    """What SQLite finds wrong with the file's structure, and what is in it that no vault has.

    Raises VaultDamagedError: it cannot even be looked at.
    """
    with translated():
        answers = [line for (line,) in store.connection.execute("PRAGMA integrity_check")]
        odd = f"SELECT count(*) FROM rows WHERE NOT ({WELL_TYPED})"  # noqa: S608
        strange = store.connection.execute(odd).fetchone()[0]
        schema = store.connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    faults = [line for line in answers if line != "ok"]
    if strange:
        faults.append(f"{strange} of its rows hold what no row of a vault holds")
    as_made = {_without_blanks(statement) for statement in SCHEMA}
    if {_without_blanks(statement) for (statement,) in schema} != as_made:
        faults.append("its tables or indexes are not those of a vault")
    return faults


def copy_to(store: SqliteRowStore, path: str) -> None:
    """A consistent copy in one file, made while others write. Raises BusyError, FullError, VaultDamagedError."""
    with translated():
        store.connection.execute("VACUUM INTO ?", (path,))


def put_into_wal_mode(store: SqliteRowStore) -> None:
    """Let the file have a write-ahead log, which a copy has not."""
    with translated():
        store.connection.execute("PRAGMA journal_mode = WAL")


def take_over(store: SqliteRowStore, source: Callable[[], SqliteRowStore]) -> None:
    """Replace everything by what another store holds, in one transaction. `source` is asked under the write lock.

    Other processes see a commit like any other: no file is exchanged under them.
    """
    connection = store.connection
    with translated():
        connection.execute("BEGIN IMMEDIATE")
        try:
            other = source().connection
            store.known.forget()
            connection.execute("DELETE FROM meta")
            connection.execute("DELETE FROM rows")
            connection.executemany("INSERT INTO meta VALUES (?, ?)", other.execute("SELECT * FROM meta"))
            rows = other.execute("SELECT * FROM rows")
            connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def sealed_otherwise(store: SqliteRowStore, start: bytes, after: Address, limit: int) -> list[Address]:
    """Up to `limit` addresses above one, in order, of rows whose sealed value does not start like this."""
    statement = """
        SELECT kind, partition, id FROM rows
        WHERE (kind, partition, id) > (?, ?, ?) AND substr(sealed, 1, ?) <> ?
        ORDER BY kind, partition, id LIMIT ?
    """
    with translated():
        return store.connection.execute(statement, (*after, len(start), start, limit)).fetchall()


def vacuum(store: SqliteRowStore) -> None:
    """Write the file anew, without the pages that hold nothing. Raises BusyError, FullError."""
    with translated():
        store.connection.execute("VACUUM")


def _without_blanks(statement: str) -> str:
    return "".join(statement.split())
