"""The chain: what turns records into lines, each with the MAC of the one before (format: docs/trail-format.md).

A line is the record with one more member at its end, `kmscli`. The MAC covers the MAC before and the line's bytes
up to its own member, so any part of a long log can be verified from the line before it.
"""

import json
from collections.abc import Sequence

from kmscli.crypto.hashing import KeyedMac
from kmscli.vault.head import ChainEnd

Record = tuple[bytes, bytes]
"""A record and who really called, both as JSON."""


def chained(
    records: Sequence[Record], end: ChainEnd, commit: int, key: tuple[int, bytes]
) -> tuple[list[bytes], ChainEnd]:
    """The lines of a commit's records, and where the chain ends after them. `key`: the trail key and its number."""
    number, mac, follows = end.number, end.mac, end.follows
    lines = []
    keyed = KeyedMac(key[1])
    for record, caller in records:
        number += 1
        start = b'%s,"kmscli":{"chain":"%s","number":%d,"commit":%d,"key":%d,"caller":%s%s,"previous":"%s"' % (
            record[:-1],
            end.chain.encode(),
            number,
            commit,
            key[0],
            caller,
            b',"follows":' + json.dumps(follows, separators=(",", ":")).encode() if follows else b"",
            mac.hex().encode(),
        )
        mac = keyed.of(mac, start)
        follows = None
        lines.append(b'%s,"mac":"%s"}}\n' % (start, mac.hex().encode()))
    return lines, ChainEnd(end.chain, number, mac, follows)
