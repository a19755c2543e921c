"""What key material may be imported for a spec: raw bytes of its length, or a private key in PKCS#8 (crypto 4.2)."""

RAW_LENGTHS = {
    "SYMMETRIC_DEFAULT": (32, 32),
    "HMAC_224": (28, 128),
    "HMAC_256": (32, 128),
    "HMAC_384": (48, 128),
    "HMAC_512": (64, 128),
}
"""The least and the most bytes of the specs that take raw material (kms-semantics 10.1)."""


class UnfitMaterialError(Exception):
    """The material is not a key of this spec. The message says why, and never holds any of it."""


def imported(spec: str, material: bytes) -> tuple[bytes, bytes]:
    """The secret and the public key (empty without one) of imported material. Raises UnfitMaterialError."""
    if spec in RAW_LENGTHS:
        least, most = RAW_LENGTHS[spec]
        if not least <= len(material) <= most:
            lengths = f"{least} bytes" if least == most else f"{least} to {most} bytes"
            raise UnfitMaterialError(f"Key material for {spec} must have {lengths}.")
        return material, b""
    if not spec.startswith(("RSA_", "ECC_")):
        raise UnfitMaterialError(f"Key material for {spec} cannot be imported.")
    from kmscli.crypto.imported_private_key import imported_private_key

    return imported_private_key(spec, material)
