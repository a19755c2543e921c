import hmac

import pytest

from tests.operations.house import House, arn
from tests.operations.stock import DRY, Stock, incompatible, of_usage, read_event, wrong_usage

MACS = of_usage("GENERATE_VERIFY_MAC")
INVALID = ("KMSInvalidMacException", "")
NAMES = ("GenerateMac", "VerifyMac")
MESSAGE = b"to be or not to be"


def needs(name: str) -> dict[str, bytes]:
    """What an operation needs besides key, message and algorithm."""
    return {"Mac": b"\0"} if name == "VerifyMac" else {}


@pytest.mark.parametrize(("spec", "algorithm"), MACS)
def test_a_mac(stock: Stock, spec: str, algorithm: str) -> None:
    """A MAC is as long as its hash, always the same, and verifies for its message only, in its whole length."""
    key = stock.key(spec, "GENERATE_VERIFY_MAC")
    given = {"KeyId": key, "Message": MESSAGE, "MacAlgorithm": algorithm}
    answer = stock.call("GenerateMac", **given)
    mac = answer["Mac"]
    assert answer == stock.call("GenerateMac", **given) == {"Mac": mac, "MacAlgorithm": algorithm, "KeyId": arn(key)}
    assert len(mac) == int(spec[-3:]) // 8
    named = {"KeyId": arn(key), "MacAlgorithm": algorithm}
    assert stock.call("VerifyMac", Mac=mac, **given) == {**named, "MacValid": True}
    assert stock.refusal("VerifyMac", Mac=mac, **{**given, "Message": MESSAGE + b"\0"}) == INVALID
    for wrong in (mac[:-1], mac + b"\0", bytes(len(mac)), b"\0"):
        assert stock.refusal("VerifyMac", Mac=wrong, **given) == INVALID


@pytest.mark.parametrize(("spec", "algorithm"), MACS)
def test_a_mac_is_rfc_2104s(house: House, spec: str, algorithm: str) -> None:
    """The MAC is that of Python's own HMAC under the key's material."""
    key = house.new_key(KeySpec=spec, KeyUsage="GENERATE_VERIFY_MAC")
    transaction = house.transaction()
    from kmscli.keys.key import find_key
    from kmscli.keys.material import material_bytes

    found = find_key(transaction, house.caller.account, house.caller.region, key)
    assert found
    secret = material_bytes(transaction, found.region, found.material_id)
    transaction.close()
    assert len(secret) == int(spec[-3:]) // 8
    mac = house.call("GenerateMac", KeyId=key, Message=MESSAGE, MacAlgorithm=algorithm)["Mac"]
    assert mac == hmac.digest(secret, MESSAGE, f"sha{spec[-3:]}")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("spec", "algorithm"), MACS)
def test_an_algorithm_of_another_spec(stock: Stock, name: str, spec: str, algorithm: str) -> None:
    """Each spec has one algorithm, and refuses the others."""
    for _, other in MACS:
        if other != algorithm:
            given = {"KeyId": stock.key(spec, "GENERATE_VERIFY_MAC"), "Message": MESSAGE, "MacAlgorithm": other}
            assert stock.refusal(name, **given, **needs(name)) == incompatible(other, spec)


@pytest.mark.parametrize("name", NAMES)
def test_a_key_for_something_else(stock: Stock, name: str) -> None:
    """A key that encrypts or signs makes no MACs, and an HMAC key does nothing else."""
    for spec, usage in (("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"), ("ECC_NIST_P256", "SIGN_VERIFY")):
        key = stock.key(spec, usage)
        given = {"KeyId": key, "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"}
        assert stock.refusal(name, **given, **needs(name)) == wrong_usage(key, usage, name)
    key = stock.key("HMAC_256", "GENERATE_VERIFY_MAC")
    refusal = stock.refusal("Encrypt", KeyId=key, Plaintext=b"x")
    assert refusal == wrong_usage(key, "GENERATE_VERIFY_MAC", "Encrypt")
    refusal = stock.refusal("GenerateDataKey", KeyId=key, KeySpec="AES_256")
    assert refusal == wrong_usage(key, "GENERATE_VERIFY_MAC", "GenerateDataKey")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("size", "accepted"), [(0, False), (1, True), (4096, True), (4097, False)])
def test_the_length_of_a_message(stock: Stock, name: str, size: int, accepted: bool) -> None:
    """A message has 1 to 4,096 bytes."""
    given = {"KeyId": stock.key("HMAC_256", "GENERATE_VERIFY_MAC"), "MacAlgorithm": "HMAC_SHA_256"}
    result = stock.house.result(name, Message=bytes(size), **given, **needs(name))
    refused = isinstance(result, tuple) and result[0] == "ValidationException"
    assert refused is not accepted


@pytest.mark.parametrize("name", NAMES)
def test_a_dry_run_and_its_event(stock: Stock, name: str) -> None:
    """A dry run says that it would succeed, and a wrong MAC is wrong in a dry run too; the trail shows no message."""
    key = stock.key("HMAC_256", "GENERATE_VERIFY_MAC")
    given = {"KeyId": key, "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"}
    mac = {"Mac": stock.call("GenerateMac", **given)["Mac"]} if name == "VerifyMac" else {}
    if name == "VerifyMac":
        assert stock.refusal(name, DryRun=True, Mac=bytes(32), **given) == INVALID
    assert stock.refusal(name, DryRun=True, **given, **mac) == DRY
    assert stock.logged() == read_event(name, key, {"macAlgorithm": "HMAC_SHA_256", "dryRun": True})
    stock.call(name, **given, **mac)
    assert stock.logged() == read_event(name, key, {"macAlgorithm": "HMAC_SHA_256"})
