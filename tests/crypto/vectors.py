"""Published vectors, from `vectors.json`: chosen from `cryptography-vectors` 50.0.2 (Apache-2.0 or BSD-3-Clause).

AES-GCM: NIST CAVP, gcmEncryptExtIV256.rsp and gcmDecrypt256.rsp, those with an IV of 96 bits and a tag of 128. Counter
mode key derivation: NIST CAVP for SP 800-108, HMAC-SHA-256 with a counter of 32 bits before the fixed data. HKDF: RFC
5869, appendix A, SHA-256.
"""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PUBLISHED: dict[str, list[dict[str, Any]]] = json.loads((HERE / "vectors.json").read_text())
GOLDEN_BLOB: dict[str, Any] = json.loads((HERE / "golden_blob.json").read_text())
"""Made once, by the standard library's hmac and cryptography's AESGCM, from the layout in docs/vault-format.md."""


def published(name: str) -> list[dict[str, bytes]]:
    """The vectors of a name, as bytes."""
    return [{member: bytes.fromhex(value) for member, value in vector.items()} for vector in PUBLISHED[name]]
