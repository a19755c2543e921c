"""Recipient: answers for a caller with an attestation document (kms-semantics 8.5, 14.2)."""

from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key

from kmscli.crypto.attestation_roots import Root
from kmscli.crypto.enveloped_reading import opened
from kmscli.keys.attestation_roots import add_root, find_root, remove_root
from kmscli.vault.keyslots import UnlockingSecret
from kmscli.vault.opening import create_vault
from tests.crypto.documents import NITRO_TIME, PCR_0, RECIPIENT, Signer, nitro_document, spki
from tests.operations.house import ABSENT, VAULT_KEY, House
from tests.operations.stock import DRY, Stock

SIGNER = Signer()
MODULE = "i-0123456789abcdef0-enc0123456789abcdef"
NAMED = {
    "attestationDocumentModuleId": MODULE,
    "attestationDocumentEnclaveImageDigest": PCR_0.hex(),
    "attestationDocumentRoot": "local-test",
}
"""What an event says of a call with a document under the test's own root."""

OPERATIONS = {
    "Decrypt": "Plaintext",
    "DeriveSharedSecret": "SharedSecret",
    "GenerateDataKey": "Plaintext",
    "GenerateDataKeyPair": "PrivateKeyPlaintext",
    "GenerateRandom": "Plaintext",
}
"""Each operation that has a recipient, with the member that is encrypted for him."""
every_operation = pytest.mark.parametrize("name", OPERATIONS)


@pytest.fixture(scope="module")
def trusting(stock: Stock) -> Stock:
    """A stock of keys whose vault trusts the test's own root."""
    transaction = stock.house.transaction()
    add_root(transaction, Root(SIGNER.root), stock.house.now)
    stock.house.commit(transaction)
    return stock


def recipient(document: bytes | None = None, **changes: Any) -> dict[str, Any]:
    """The member, with a sound document of now or another."""
    given = SIGNER.document(**changes) if document is None else document
    return {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": given}


def request(stock: Stock, name: str) -> dict[str, Any]:
    """What else each operation is asked."""
    agreer = stock.key("ECC_NIST_P256", "KEY_AGREEMENT")
    members: dict[str, dict[str, Any]] = {
        "Decrypt": {"CiphertextBlob": stock.house.encrypted(stock.key())},
        "DeriveSharedSecret": {
            "KeyId": agreer,
            "KeyAgreementAlgorithm": "ECDH",
            "PublicKey": stock.public_key(agreer),
        },
        "GenerateDataKey": {"KeyId": stock.key(), "KeySpec": "AES_256"},
        "GenerateDataKeyPair": {"KeyId": stock.key(), "KeyPairSpec": "ECC_NIST_P256"},
        "GenerateRandom": {"NumberOfBytes": 24},
    }
    return members[name]


@every_operation
def test_the_answer_is_for_the_recipient_alone(trusting: Stock, name: str) -> None:
    """With a recipient an answer has the same members, but for its secret and its material's id: those he opens."""
    given = request(trusting, name)
    plain = trusting.call(name, **given)
    answer = trusting.call(name, Recipient=recipient(), **given)
    blob = answer.pop("CiphertextForRecipient")
    secret = OPERATIONS[name]
    assert set(answer) == set(plain) - {secret, "KeyMaterialId"}
    assert len(opened(RECIPIENT, blob)) == len(plain[secret])


def test_decrypt_gives_the_recipient_the_plaintext(trusting: Stock) -> None:
    """What was encrypted comes to the recipient as it was, in a form that nobody else reads."""
    given = request(trusting, "Decrypt")
    blob = trusting.call("Decrypt", Recipient=recipient(), **given)["CiphertextForRecipient"]
    assert opened(RECIPIENT, blob) == b"secret"
    assert b"secret" not in blob


def test_a_shared_secret_is_the_same_for_the_recipient(trusting: Stock) -> None:
    """The recipient gets the secret that the call without him answers."""
    given = request(trusting, "DeriveSharedSecret")
    blob = trusting.call("DeriveSharedSecret", Recipient=recipient(), **given)["CiphertextForRecipient"]
    assert opened(RECIPIENT, blob) == trusting.call("DeriveSharedSecret", **given)["SharedSecret"]


@pytest.mark.parametrize(("name", "ciphertext"), [
    ("GenerateDataKey", "CiphertextBlob"), ("GenerateDataKeyPair", "PrivateKeyCiphertextBlob"),
])  # fmt: skip
def test_what_is_kept_is_what_the_recipient_gets(trusting: Stock, name: str, ciphertext: str) -> None:
    """The ciphertext to keep decrypts to what the recipient opens."""
    answer = trusting.call(name, Recipient=recipient(), **request(trusting, name))
    kept = trusting.call("Decrypt", CiphertextBlob=answer[ciphertext])["Plaintext"]
    assert opened(RECIPIENT, answer["CiphertextForRecipient"]) == kept


def test_an_rsa_ciphertext_is_decrypted_for_the_recipient(trusting: Stock) -> None:
    """The key that decrypts need not be symmetric."""
    key = trusting.key("RSA_2048", "ENCRYPT_DECRYPT")
    algorithm = {"KeyId": key, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    blob = trusting.call("Encrypt", Plaintext=b"secret", **algorithm)["CiphertextBlob"]
    answer = trusting.call("Decrypt", CiphertextBlob=blob, Recipient=recipient(), **algorithm)
    assert opened(RECIPIENT, answer["CiphertextForRecipient"]) == b"secret"


def test_the_longest_secret_fits(trusting: Stock) -> None:
    """An RSA-4096 private key is opened as one, out of an answer within its limit."""
    given = {"KeyId": trusting.key(), "KeyPairSpec": "RSA_4096"}
    answer = trusting.call("GenerateDataKeyPair", Recipient=recipient(), **given)
    assert len(answer["CiphertextForRecipient"]) <= 6144
    private = load_der_private_key(opened(RECIPIENT, answer["CiphertextForRecipient"]), None)
    assert spki(private.public_key()) == answer["PublicKey"]


@every_operation
def test_the_event_names_the_document(trusting: Stock, name: str) -> None:
    """The event says which module attested, with which image, and that its root is a test's; never the document."""
    given = request(trusting, name)
    trusting.call(name, **given)
    without = trusting.house.event()
    trusting.call(name, Recipient=recipient(), **given)
    event = trusting.house.event()
    assert event["additionalEventData"] == without.get("additionalEventData", {}) | {"recipient": NAMED}
    assert event["requestParameters"] == without["requestParameters"]
    assert event["readOnly"] is True


def test_the_event_of_a_nitro_tpm(trusting: Stock) -> None:
    """A NitroTPM has no enclave image that an event could name."""
    document = recipient(pcrs=..., nitrotpm_pcrs={4: bytes(48)}, module_id="i-0123456789abcdef0")
    trusting.call("GenerateRandom", NumberOfBytes=8, Recipient=document)
    assert trusting.house.event()["additionalEventData"]["recipient"] == {
        "attestationDocumentModuleId": "i-0123456789abcdef0",
        "attestationDocumentRoot": "local-test",
    }


REFUSED = {
    "no document": (b"x", "is not CBOR."),
    "a stale one": (SIGNER.document(timestamp=1), "is expired."),
    "one under another root": (Signer().document(), "has a root certificate that is not trusted."),
    "one of AWS's, long ago": (nitro_document(), "has certificates that form no chain which is valid now."),
    "one without a key": (SIGNER.document(public_key=None), "holds no RSA public key in DER."),
}


@every_operation
@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_document_that_does_not_hold_is_refused(trusting: Stock, name: str, what: str, dry_run: bool) -> None:
    """A document that does not verify refuses the call and its dry run, and the event says why and names no module."""
    document, why = REFUSED[what]
    given = request(trusting, name) | ({"DryRun": True} if dry_run and name != "GenerateRandom" else {})
    refusal = trusting.refusal(name, Recipient=recipient(document), **given)
    assert refusal == ("ValidationException", f"The attestation document {why}")
    event = trusting.house.event()
    assert (event["errorCode"], event["errorMessage"]) == refusal
    assert "recipient" not in event.get("additionalEventData", {})


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "GenerateRandom"])
def test_a_dry_run_with_a_sound_document(trusting: Stock, name: str) -> None:
    """A dry run with a document that holds would have succeeded."""
    given = request(trusting, name)
    assert trusting.refusal(name, Recipient=recipient(), DryRun=True, **given) == DRY


def test_a_dry_run_without_a_ciphertext_checks_the_document(trusting: Stock) -> None:
    """A dry run that ignores the ciphertext does not ignore the document."""
    given = {"KeyId": trusting.key(), "DryRun": True, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
    assert trusting.refusal("Decrypt", Recipient=recipient(), **given) == DRY
    assert trusting.refusal("Decrypt", Recipient=recipient(b"x"), **given)[0] == "ValidationException"


@every_operation
@pytest.mark.parametrize("member", ["KeyEncryptionAlgorithm", "AttestationDocument"])
def test_a_recipient_has_both_members(trusting: Stock, name: str, member: str) -> None:
    """The API model asks for neither member, but nothing can be done without both."""
    given = {key: value for key, value in recipient().items() if key != member}
    path = f"recipient.{member[0].lower()}{member[1:]}"
    assert trusting.refusal(name, Recipient=given, **request(trusting, name)) == (
        "ValidationException",
        f"1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null",
    )


def test_what_is_wrong_with_the_key_comes_first(trusting: Stock) -> None:
    """A key that is not there is told before anything is said of a document."""
    given = {"KeyId": ABSENT, "KeySpec": "AES_256"}
    assert trusting.refusal("GenerateDataKey", Recipient=recipient(b"x"), **given)[0] == "NotFoundException"


def test_a_document_is_fresh_by_the_vaults_clock(house: House) -> None:
    """What was fresh is stale six minutes later; a root that is removed is trusted no more."""
    transaction = house.transaction()
    add_root(transaction, Root(SIGNER.root), house.now)
    house.commit(transaction)
    given = {"NumberOfBytes": 8, "Recipient": recipient()}
    assert house.call("GenerateRandom", **given)
    transaction = house.transaction()
    root = find_root(transaction, Root(SIGNER.root).fingerprint)
    assert root
    remove_root(transaction, root)
    house.commit(transaction)
    refusal = house.refusal("GenerateRandom", **given)
    assert refusal == ("ValidationException", "The attestation document has a root certificate that is not trusted.")
    house.later(seconds=360)
    transaction = house.transaction()
    add_root(transaction, Root(SIGNER.root), house.now)
    house.commit(transaction)
    refusal = house.refusal("GenerateRandom", **given)
    assert refusal == ("ValidationException", "The attestation document is expired.")


def test_a_document_of_aws_is_trusted_by_every_vault(folder: Path) -> None:
    """At its own time a real document is refused for nothing but that it holds no key to encrypt for."""
    path, secret = folder / "vault.db", UnlockingSecret("key", b64decode(VAULT_KEY), "the test")
    create_vault(str(path), secret, slot_name="test", lab=False, now=NITRO_TIME)
    house = House(path)
    house.now = NITRO_TIME
    refusal = house.refusal("GenerateRandom", NumberOfBytes=8, Recipient=recipient(nitro_document()))
    house.close()
    assert refusal == ("ValidationException", "The attestation document holds no RSA public key in DER.")
