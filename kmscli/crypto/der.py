"""The little of DER that keys need: a public key's SubjectPublicKeyInfo (RFC 5280), a private one's PKCS#8 (RFC 5958).

`cryptography`'s serialization does this too, but importing it takes longer than all the rest of a call that verifies.
Reading is strict: only what would be written here is read, so that a key has one encoding. What comes from outside in
freer forms is read by `importing`.
"""

_INTEGER, _BIT_STRING, _OCTET_STRING, _SEQUENCE = 0x02, 0x03, 0x04, 0x30


def element(tag: int, content: bytes) -> bytes:
    """One element: tag, length, content."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def integer(value: int) -> bytes:
    """An INTEGER that is not negative."""
    return element(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octet_string(content: bytes) -> bytes:
    """An OCTET STRING."""
    return element(_OCTET_STRING, content)


def bit_string(content: bytes) -> bytes:
    """A BIT STRING of whole bytes."""
    return element(_BIT_STRING, b"\0" + content)


def sequence(*elements: bytes) -> bytes:
    """A SEQUENCE of elements."""
    return element(_SEQUENCE, b"".join(elements))


def integers(der: bytes) -> list[int]:
    """The numbers of a SEQUENCE of INTEGERs, none negative. Raises ValueError: it is something else."""
    content, _ = _first(der)
    found = []
    while content:
        number, after = _first(content)
        found.append(int.from_bytes(number, "big"))
        content = after
    if sequence(*map(integer, found)) != der:
        raise ValueError("not a sequence of integers in DER")
    return found


def public_key_info(algorithm: bytes, raw: bytes) -> bytes:
    """The SubjectPublicKeyInfo of raw public key bytes, for an encoded AlgorithmIdentifier."""
    return sequence(algorithm, bit_string(raw))


def raw_public_key(algorithm: bytes, spki: bytes) -> bytes:
    """The raw public key bytes of a SubjectPublicKeyInfo. Raises ValueError: of another algorithm, or not DER."""
    _, found, bits = spki.partition(algorithm)
    content, _ = _first(bits) if found else (b"", b"")
    raw = content[1:]
    if public_key_info(algorithm, raw) != spki:
        raise ValueError("not a public key of this algorithm in DER")
    return raw


def private_key_info(algorithm: bytes, private_key: bytes) -> bytes:
    """The PKCS#8 PrivateKeyInfo of an encoded private key, for an encoded AlgorithmIdentifier."""
    return sequence(integer(0), algorithm, octet_string(private_key))


def _first(der: bytes) -> tuple[bytes, bytes]:
    """The content of the first element, and what follows. Checks nothing: the callers encode anew and compare."""
    length_octets = der[1] & 0x7F if der[1:2] >= b"\x80" else 0
    start = 2 + length_octets
    length = int.from_bytes(der[2:start] if length_octets else der[1:2], "big")
    return der[start : start + length], der[start + length :]
