"""Attestation documents: one of AWS's, those that a test makes, and each way in which one does not hold."""

from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from kmscli.crypto import attestation
from kmscli.crypto.attestation import FRESH, NITRO_ROOT, Attestation, BadDocumentError, verified
from kmscli.crypto.attestation_chain import BadChainError, check_root, leaf_of
from kmscli.crypto.hashing import sha256
from tests.crypto.documents import (
    HOUR,
    NITRO_MODULE,
    NITRO_TIME,
    NOW,
    PCR_0,
    RECIPIENT,
    Certified,
    Signer,
    nitro_document,
    sound_chain,
    spki,
)

SIGNER = Signer()
SOUND = SIGNER.document()


def trusts(root: str) -> bool:
    """Trust in the test's own root."""
    return root == sha256(SIGNER.root).hex()


def trusts_aws(root: str) -> bool:
    """Trust in AWS's root."""
    return root == NITRO_ROOT


def refusal(document: bytes, now: float = NOW, trust: Callable[[str], bool] = trusts) -> str:
    """Why a document does not hold."""
    with pytest.raises(BadDocumentError) as caught:
        verified(document, now, trust)
    return str(caught.value)


def test_a_document_holds() -> None:
    """A sound document says whose it is, what was measured, and whom to encrypt for."""
    said = verified(SOUND, NOW, trusts)
    assert said.module_id == "i-0123456789abcdef0-enc0123456789abcdef"
    assert said.pcrs == {0: PCR_0, **{index: bytes(48) for index in range(1, 16)}}
    assert said.public_key == RECIPIENT.public_key()
    assert said.spki == spki(RECIPIENT.public_key())
    assert (said.root, said.is_local, said.is_tpm) == (sha256(SIGNER.root).hex(), True, False)
    assert said.image_digest == PCR_0.hex()


def test_a_tagged_document_holds() -> None:
    """A document may carry COSE's tag 18."""
    assert verified(cbor2.dumps(cbor2.CBORTag(18, SIGNER.parts())), NOW, trusts).module_id


def test_a_map_of_open_length_holds() -> None:
    """A payload may leave the length of its map open, as the Nitro module writes it."""
    payload = b"\xbf" + b"".join(cbor2.dumps(it) for pair in SIGNER.members().items() for it in pair) + b"\xff"
    protected = cbor2.dumps({1: -35})
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    signature = raw_signature(SIGNER.chain[-1].key, signed)
    assert verified(cbor2.dumps([protected, {}, payload, signature]), NOW, trusts).module_id


def raw_signature(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """r ‖ s."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA384

    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA384())))
    return r.to_bytes(48, "big") + s.to_bytes(48, "big")


def test_a_real_document_verifies_up_to_its_public_key() -> None:
    """A document of AWS's passes root, chain, signature and freshness; only a key to encrypt for it has none."""
    assert refusal(nitro_document(), NITRO_TIME, trusts_aws) == "holds no RSA public key in DER."
    assert b"\x69" + b"module_id" + b"\x78\x27" + NITRO_MODULE.encode() in nitro_document()


@pytest.mark.parametrize(
    ("now", "trust", "why"),
    [
        (NITRO_TIME, trusts, "has a root certificate that is not trusted."),
        (NITRO_TIME + FRESH + 1, trusts_aws, "is expired."),
        (NITRO_TIME + 3 * HOUR, trusts_aws, "has certificates that form no chain which is valid now."),
        (NITRO_TIME - 3 * HOUR, trusts_aws, "has certificates that form no chain which is valid now."),
    ],
)
def test_a_real_document_is_refused(now: float, trust: Callable[[str], bool], why: str) -> None:
    """A document of AWS's does not hold for who does not trust its root, nor at another time."""
    assert refusal(nitro_document(), now, trust) == why


@pytest.mark.parametrize("position", range(20, 4400, 97))
def test_a_changed_byte_of_a_real_document_is_found(position: int) -> None:
    """No byte of a document of AWS's can be changed without its being refused for that."""
    changed = bytearray(nitro_document())
    changed[position] ^= 1
    assert refusal(bytes(changed), NITRO_TIME, trusts_aws) != "holds no RSA public key in DER."


MEMBERS: list[tuple[str, Any]] = [
    ("module_id", ...), ("module_id", ""), ("module_id", b"i-1"), ("module_id", 1),
    ("digest", ...), ("digest", "SHA256"), ("digest", b"SHA384"),
    ("timestamp", ...), ("timestamp", 0), ("timestamp", -1), ("timestamp", True), ("timestamp", 1.5),
    ("timestamp", 2**64), ("timestamp", "now"),
    ("certificate", ...), ("certificate", b""), ("certificate", bytes(1025)), ("certificate", "x"),
    ("cabundle", ...), ("cabundle", []), ("cabundle", [b""]), ("cabundle", [bytes(1025)]), ("cabundle", b"x"),
    ("cabundle", ["x"]),
    ("public_key", b""), ("public_key", bytes(1025)), ("public_key", "x"),
    ("user_data", bytes(513)), ("user_data", "x"), ("nonce", bytes(513)), ("nonce", 1),
    ("pcrs", ...), ("pcrs", {}), ("pcrs", []), ("pcrs", {index: bytes(48) for index in range(33)}),
    ("pcrs", {32: bytes(48)}), ("pcrs", {-1: bytes(48)}), ("pcrs", {"0": bytes(48)}), ("pcrs", {True: bytes(48)}),
    ("pcrs", {0: bytes(47)}), ("pcrs", {0: b""}), ("pcrs", {0: "x" * 48}), ("pcrs", {0: None}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), MEMBERS, ids=lambda value: repr(value)[:20])
def test_a_member_has_its_limits(name: str, value: Any) -> None:
    """A member that is missing, of another type or beyond its limits is named, though the signature is sound."""
    assert refusal(SIGNER.document(**{name: value})) == f"has no valid {name}."


@pytest.mark.parametrize("size", [32, 48, 64])
def test_a_measurement_has_one_of_three_lengths(size: int) -> None:
    """Measurements of 32, 48 and 64 bytes are taken, at each index up to 31."""
    pcrs = {index: bytes([index] * size) for index in range(32)}
    assert verified(SIGNER.document(pcrs=pcrs), NOW, trusts).pcrs == pcrs


def test_the_longest_members_hold() -> None:
    """User data and nonce may have 512 bytes, or be left out."""
    assert verified(SIGNER.document(user_data=bytes(512), nonce=bytes(512)), NOW, trusts).module_id
    assert verified(SIGNER.document(user_data=..., nonce=...), NOW, trusts).module_id


def test_a_document_is_of_one_kind() -> None:
    """Measurements of an enclave and of a NitroTPM in one document are refused; so is an empty set of the latter."""
    assert refusal(SIGNER.document(nitrotpm_pcrs={4: bytes(48)})) == "has no valid nitrotpm_pcrs."
    assert refusal(SIGNER.document(pcrs=..., nitrotpm_pcrs={})) == "has no valid nitrotpm_pcrs."


def altered(part: int, value: Any) -> bytes:
    """A sound document with another part in the place of one."""
    parts = SIGNER.parts()
    parts[part] = value
    encoded: bytes = cbor2.dumps(parts)
    return encoded


def flipped(part: int) -> bytes:
    """A sound document with one bit of a part turned."""
    content = bytearray(SIGNER.parts()[part])
    content[-1] ^= 1
    return altered(part, bytes(content))


NO_COSE, NOT_ES384 = "is not a COSE_Sign1 structure.", "is not signed with ES384."
FORMS: list[tuple[str, bytes, str]] = [
    ("empty", b"", "is not CBOR."),
    ("text", cbor2.dumps("hello"), NO_COSE),
    ("cut", SOUND[:-1], "is not CBOR."),
    ("followed by more", SOUND + b"\0", "is not CBOR."),
    ("too deep", b"\x81" * 300, "is not CBOR."),
    ("a length beyond the end", b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", "is not CBOR."),
    ("a map", cbor2.dumps({}), NO_COSE),
    ("three parts", cbor2.dumps(SIGNER.parts()[:3]), NO_COSE),
    ("five parts", cbor2.dumps([*SIGNER.parts(), b""]), NO_COSE),
    ("another tag", cbor2.dumps(cbor2.CBORTag(98, SIGNER.parts())), NO_COSE),
    ("an unprotected header", altered(1, {1: -35}), NO_COSE),
    ("no map of unprotected headers", altered(1, []), NO_COSE),
    ("a text as payload", altered(2, "x"), NO_COSE),
    ("no signature", altered(3, None), NO_COSE),
    ("a short signature", altered(3, bytes(95)), NOT_ES384),
    ("ES256", SIGNER.document(header={1: -7}), NOT_ES384),
    ("no algorithm", SIGNER.document(header={}), NOT_ES384),
    ("an algorithm and more", SIGNER.document(header={1: -35, 2: [1]}), NOT_ES384),
    ("a broken header", altered(0, b"\xff"), "is not CBOR."),
    ("an empty payload", altered(2, b""), "is not CBOR."),
    ("a list as payload", SIGNER.document([]), "has no map as its payload."),
    ("a member twice", altered(2, b"\xa2" + 2 * cbor2.dumps("nonce") + b"\xf6"), "is not CBOR."),
    ("another payload", flipped(2), "has no valid nonce."),
    ("another signature", flipped(3), "has a signature that does not verify."),
    ("a signature of zeros", altered(3, bytes(96)), "has a signature that does not verify."),
    ("signed by another", Signer(*SIGNER.chain[:-1], sound_chain()[-1]).document(certificate=SIGNER.chain[-1].der),
     "has a signature that does not verify."),
    ("an expired one", SIGNER.document(timestamp=int((NOW - FRESH - 1) * 1000)), "is expired."),
    ("one from the future", SIGNER.document(timestamp=int((NOW + FRESH + 1) * 1000)), "is expired."),
    ("no public key", SIGNER.document(public_key=None), "holds no RSA public key in DER."),
    ("no public key at all", SIGNER.document(public_key=...), "holds no RSA public key in DER."),
    ("a public key that is none", SIGNER.document(public_key=b"x"), "holds no RSA public key in DER."),
    ("another kind of public key", SIGNER.document(public_key=spki(SIGNER.chain[0].key.public_key())),
     "holds no RSA public key in DER."),
    ("a short public key", SIGNER.document(public_key=spki(rsa.generate_private_key(65537, 1024).public_key())),
     "holds an RSA public key that has not 2048, 3072 or 4096 bits."),
]  # fmt: skip


@pytest.mark.parametrize(("what", "document", "why"), FORMS, ids=[what for what, _, _ in FORMS])
def test_a_document_that_does_not_hold(what: str, document: bytes, why: str) -> None:
    """Each document of another form, signature, time or key is refused, and it is said why."""
    assert refusal(document) == why


@pytest.mark.parametrize("seconds", [-FRESH, 0, FRESH])
def test_a_document_is_fresh_for_five_minutes(seconds: float) -> None:
    """A document's time may be up to five minutes away from the call's."""
    assert verified(SIGNER.document(timestamp=int((NOW + seconds) * 1000)), NOW, trusts).module_id


def chain_with(**changed: Certified) -> list[bytes]:
    """A sound chain of root, authority and leaf, some replaced."""
    return [changed.get(name, ROOTED[name]).der for name in ROOTED]


ROOT = Certified("root")
AUTHORITY = Certified("authority", ROOT, length=0)
ROOTED = {"root": ROOT, "authority": AUTHORITY, "leaf": Certified("leaf", AUTHORITY, ca=False)}
BETWEEN = Certified("between", AUTHORITY)
AS_LEAF = {"ca": False}


CHAINS: dict[str, list[bytes]] = {
    "none": [],
    "a root alone": [ROOT.der],
    "no certificates": [b"x", b"y", b"z"],
    "another root of this name": chain_with(root=Certified("root")),
    "the authority left out": [ROOT.der, ROOTED["leaf"].der],
    "in another order": [ROOT.der, ROOTED["leaf"].der, AUTHORITY.der],
    "one twice": [ROOT.der, AUTHORITY.der, AUTHORITY.der, ROOTED["leaf"].der],
    "one too many": [*chain_with()[:2], BETWEEN.der, ROOTED["leaf"].der],
    "a path that is too long": [ROOT.der, AUTHORITY.der, BETWEEN.der, Certified("leaf", BETWEEN, ca=False).der],
    "an expired leaf": chain_with(leaf=Certified("leaf", AUTHORITY, ca=False, end=NOW - 1)),
    "a leaf of the future": chain_with(leaf=Certified("leaf", AUTHORITY, ca=False, start=NOW + 60)),
    "a leaf that may not sign": chain_with(leaf=Certified("leaf", AUTHORITY, ca=False, signs=False)),
    "a leaf without usage": chain_with(leaf=Certified("leaf", AUTHORITY, ca=False, usage=False)),
    "a leaf of another issuer": chain_with(leaf=Certified("leaf", Certified("authority", ROOT), ca=False)),
}
for what, authority in {
    "an authority that is none": Certified("authority", ROOT, ca=False),
    "an authority that may not certify": Certified("authority", ROOT, cert_sign=False),
    "an authority without usage": Certified("authority", ROOT, usage=False),
    "an expired authority": Certified("authority", ROOT, end=NOW - 1),
    "an authority of another root": Certified("authority", Certified("root")),
}.items():
    CHAINS[what] = [ROOT.der, authority.der, Certified("leaf", authority, ca=False).der]
for what, root in {
    "an expired root": Certified("root", end=NOW - 1),
    "a root that is no authority": Certified("root", ca=False),
    "a root that may not certify": Certified("root", cert_sign=False),
    "a root whose path is too short": Certified("root", length=0),
}.items():
    below = Certified("authority", root)
    CHAINS[what] = [root.der, below.der, Certified("leaf", below, ca=False).der]


@pytest.mark.parametrize("what", CHAINS)
def test_certificates_that_form_no_chain(what: str) -> None:
    """Each chain that is broken, too long, out of date or made for something else is refused."""
    with pytest.raises(BadChainError):
        leaf_of(CHAINS[what], NOW)


def test_a_chain_leads_to_its_leaf() -> None:
    """A sound chain leads to the certificate of the signer, with authorities between or without."""
    assert leaf_of(chain_with(), NOW).subject == ROOTED["leaf"].name
    directly = Certified("leaf", ROOT, ca=False)
    assert leaf_of([ROOT.der, directly.der], NOW).subject == directly.name


@pytest.mark.parametrize("now", [-1e20, 1e20])
def test_a_time_that_no_certificate_knows(now: float) -> None:
    """A clock beyond all calendars makes no chain valid."""
    with pytest.raises(BadChainError):
        leaf_of(chain_with(), now)


def test_a_chain_of_another_curve_does_not_sign() -> None:
    """A document is signed by a P-384 key, whatever its certificates say otherwise."""
    signer = Signer(ROOT, Certified("leaf", ROOT, ca=False, curve=ec.SECP256R1()))
    document = signer.document()
    assert refusal(document, trust=lambda _: True) == NOT_ES384


def test_a_root_is_a_self_signed_authority() -> None:
    """Only such a certificate can be named as a root."""
    assert check_root(ROOT.der).subject == ROOT.name
    for unfit in (b"x", AUTHORITY.der, Certified("root", ca=False).der, Certified("root", usage=False).der):
        with pytest.raises(BadChainError):
            check_root(unfit)


def test_the_condition_keys_of_an_enclave() -> None:
    """The measurements of an enclave are condition keys, the first also as its image, in lower-case hex (5.3)."""
    values = verified(SIGNER.document(pcrs={0: PCR_0, 8: b"\xab" * 48}), NOW, trusts).conditions()
    assert values == {
        "kms:RecipientAttestation:ImageSha384": PCR_0.hex(),
        "kms:RecipientAttestation:PCR0": PCR_0.hex(),
        "kms:RecipientAttestation:PCR8": "ab" * 48,
    }


def test_the_condition_keys_of_a_nitro_tpm() -> None:
    """The measurements of a NitroTPM are condition keys of their own, and none of them is an image."""
    said: Attestation = verified(SIGNER.document(pcrs=..., nitrotpm_pcrs={0: PCR_0, 4: bytes(48)}), NOW, trusts)
    assert (said.is_tpm, said.image_digest) == (True, None)
    assert said.conditions() == {
        "kms:RecipientAttestation:NitroTPMPCR0": PCR_0.hex(),
        "kms:RecipientAttestation:NitroTPMPCR4": "00" * 48,
    }


@given(st.binary(max_size=200))
def test_no_bytes_do_harm(content: bytes) -> None:
    """Whatever is sent as a document is refused as one."""
    refusal(content)


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_unseen(position: int, change: int) -> None:
    """A document with one byte changed does not hold, or says what it said."""
    changed = bytearray(SOUND)
    changed[position] ^= change
    try:
        said = verified(bytes(changed), NOW, trusts)
    except BadDocumentError:
        return
    assert vars(said) == vars(verified(SOUND, NOW, trusts))


def test_the_signed_bytes_are_those_of_the_rfc() -> None:
    """What is signed is RFC 9052's Sig_structure: the context, the header, no further data, the payload."""
    assert attestation.to_be_signed(b"\xa1\x01\x38\x22", b"p") == bytes.fromhex(
        "846a5369676e61747572653144a101382240 4170"
    )
