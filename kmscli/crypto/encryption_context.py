"""The canonical form of an encryption context: what a ciphertext is bound to (reference, crypto 1.8)."""

from collections.abc import Mapping

LIMIT = 8192
"""How long a canonical context may be, in bytes: what an external key store proxy must take, less our header."""


def canonical(context: Mapping[str, str]) -> bytes:
    """`"ec1" ‖ BE16(pairs) ‖ (BE16(length) ‖ key ‖ BE16(length) ‖ value)…`, sorted by the key's UTF-8 bytes.

    Injective: two contexts give the same bytes only if they hold the same pairs. No Unicode normalisation, since AWS
    compares exactly. Raises ValueError: longer than LIMIT, or not encodable as UTF-8 (a lone surrogate).
    """
    if not context:
        return b"ec1\0\0"
    pairs = sorted((key.encode(), value.encode()) for key, value in context.items())
    if sum(4 + len(key) + len(value) for key, value in pairs) > LIMIT - 5:
        raise ValueError("the encryption context is too long")
    fields = (len(field).to_bytes(2, "big") + field for pair in pairs for field in pair)
    return b"ec1" + len(pairs).to_bytes(2, "big") + b"".join(fields)
