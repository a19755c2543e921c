import pytest

from kmscli.trail.log import follow
from kmscli.vault import vault
from tests.operations.house import ABSENT, House

SECRET = b"the plaintext that nobody may see "


def test_nothing_secret_is_logged(house: House) -> None:
    """No plaintext, data key, random bytes, ciphertext or grant token is in the log, in any spelling of bytes."""
    key = house.new_key()
    blob = house.call("Encrypt", KeyId=key, Plaintext=SECRET)["CiphertextBlob"]
    secrets = [
        SECRET,
        blob,
        house.call("Decrypt", CiphertextBlob=blob)["Plaintext"],
        house.call("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=key)["CiphertextBlob"],
        *house.call("GenerateRandom", NumberOfBytes=32).values(),
        house.call("GenerateDataKeyWithoutPlaintext", KeyId=key, KeySpec="AES_256")["CiphertextBlob"],
    ]
    data_key = house.call("GenerateDataKey", KeyId=key, KeySpec="AES_256")
    secrets += [data_key["Plaintext"], data_key["CiphertextBlob"]]
    for token in ("a grant token of nobody", "a grant token that is too long " * 300):
        house.refusal("Encrypt", KeyId=key, Plaintext=SECRET, GrantTokens=[token])
    house.refusal("Encrypt", KeyId=key, Plaintext=SECRET * 200)
    house.refusal("Encrypt", KeyId=ABSENT, Plaintext=SECRET)
    house.refusal("Encrypt", KeyId=key, Plaintext=SECRET, DryRun=True)
    house.refusal("Decrypt", CiphertextBlob=blob, EncryptionContext={"a": "b"})
    log = house.log()
    assert b"a grant token" not in log
    assert log.count(b"\n") == 13
    for secret in secrets:
        assert not any(spelled in log for spelled in spellings(secret))


def spellings(secret: bytes) -> list[bytes]:
    """Bytes as they are, in hex, and in base64 at each of three offsets, less what their neighbours decide."""
    from base64 import b64encode

    return [secret, secret.hex().encode(), *(b64encode(b"\0" * shift + secret)[4:-4] for shift in range(3))]


def test_hostile_text_stays_in_its_line(house: House) -> None:
    """A description with line ends, quotes and lone surrogates is one member of one line, as it was given."""
    text = 'a\nb\r\u2028"}\\ \ud800 \u202e'
    key = house.new_key()
    house.call("UpdateKeyDescription", KeyId=key, Description=text)
    assert house.event()["requestParameters"]["description"] == text
    assert house.call("DescribeKey", KeyId=key)["KeyMetadata"]["Description"] == text


def test_every_call_is_in_the_log_once_and_in_order(house: House) -> None:
    """The log has the calls in the order in which they were answered, whether it follows after each or later."""
    names = ["CreateKey", "ListKeys", "ListAliases", "GenerateRandom", "ListKeys"]
    for number, name in enumerate(names):
        house.call(name, **({"NumberOfBytes": 1} if name == "GenerateRandom" else {}))
        if number % 2:
            follow(house.engine.vault, house.engine.committed)
    assert [event["eventName"] for event in house.events()] == names
    assert len({event["eventID"] for event in house.events()}) == len(names)


@pytest.mark.parametrize("kept", [0, 2, 4096])
def test_the_log_follows_many_commits_at_once(house: House, monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    """Whoever lets the log follow brings all that was committed: by himself, by others in between, before and after."""
    monkeypatch.setattr(vault, "MOST_KEPT", kept)
    other = House(house.path)
    writers = [house, house, house, other, house, other, other, house, house, other]
    for number, writer in enumerate(writers):
        writer.result("CreateAlias", AliasName=f"alias/{number}", TargetKeyId=ABSENT)
        if number in (2, 6):
            writer.engine.settle({"HOME": str(house.path.parent)})
    house.engine.settle({"HOME": str(house.path.parent)})
    other.engine.settle({"HOME": str(house.path.parent)})
    other.close()
    names = [event["requestParameters"]["aliasName"] for event in house.events()]
    assert names == [f"alias/{number}" for number in range(len(writers))]
