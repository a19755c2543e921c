"""What the agent is sent: a message of byte strings, its length and theirs before them. The client imports this."""

LONGEST = 16 << 20
"""Bytes in a message at most: more than the kernel lets a process start with."""
LENGTH = 4

READY = b"r"
"""The agent can stand in, and waits for the client's word."""
GO = b"\0"
"""The client's word, with which it sends its descriptors; what it sends after that are numbers of signals.

Not before, since what waits in the socket of an agent that does not answer would keep them open.
"""
GIVEN_BACK = b"\xff\xff\xff\xff"
"""In place of a wait status: nothing was done, the client does it all by itself."""


def framed(*fields: bytes) -> bytes:
    """A message."""
    body = b"".join(len(field).to_bytes(LENGTH, "big") + field for field in fields)
    return len(body).to_bytes(LENGTH, "big") + body


def unframed(received: bytes | bytearray) -> list[bytes] | None:
    """The byte strings of a message; None: it is not all there yet. Raises ValueError: it is none."""
    if len(received) < LENGTH:
        return None
    end = LENGTH + int.from_bytes(received[:LENGTH], "big")
    if end > LONGEST or len(received) > end:
        raise ValueError
    if len(received) < end:
        return None
    fields, at = [], LENGTH
    while at < end:
        start = at + LENGTH
        at = start + int.from_bytes(received[at:start], "big")
        if at > end:
            raise ValueError
        fields.append(bytes(received[start:at]))
    return fields
