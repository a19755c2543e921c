"""`kmscli costs`: prices and rules of the reference, kms-semantics 13.2, on vaults and trails of their own."""

import json
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kmscli.cli.local._bill import Bill, KeyCost, bill, months
from kmscli.cli.local._bill_shown import money
from kmscli.cli.local._charged_keys import ChargedKey, charged_keys
from kmscli.cli.local.costs import app
from kmscli.clock import HOUR
from kmscli.prices import class_of, read_prices
from kmscli.trail.cloudtrail import source
from kmscli.trail.requests import Request, Requests, count_requests
from kmscli.vault.transaction import Transaction
from tests.operations.fixtures import empty_vault, folder, house
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, START, VAULT_KEY, House, arn, caller
from tests.trail.writer import as_lines, log, record

__all__ = ["empty_vault", "folder", "house"]

KMSCLI = str(Path(sys.executable).with_name("kmscli"))
JANUARY = 1_767_225_600.0
FEBRUARY = JANUARY + 31 * 24 * HOUR
MARCH = FEBRUARY + 28 * 24 * HOUR
LEFT = 31 * 24 - 4 * 24 - 9
"""The hours of January 2026 from START, 9:00 on the fifth."""
MILLION = 1_000_000


def requests_in(content: bytes, **wanted: str) -> Requests:
    """What a log says; every text in it must be a record."""
    complaints: list[str] = []
    found = count_requests([source(log(content))], complaints.append, **{"account": ACCOUNT, **wanted})  # type: ignore[arg-type]
    assert complaints == []
    return found


def billed(house: House, since: float = JANUARY, until: float = FEBRUARY, **wanted: str) -> Bill:
    """The bill of a house for a period, as of now by its clock."""
    found = requests_in(house.log(), **wanted)
    return bill(read_prices(), charged(house, found.scheduled, **wanted), found, list(months(since, until)))


def charged(house: House, scheduled: dict[str, str], *, account: str = ACCOUNT, region: str = "") -> list[ChargedKey]:
    """The keys that cost, as of now by a house's clock."""

    def look(transaction: Transaction, now: float, held: float) -> list[ChargedKey]:
        return list(charged_keys(transaction, now, held, account=account, region=region, scheduled=scheduled))

    return house.engine.look(house.caller, look)


def storage(house: House, since: float = JANUARY, until: float = FEBRUARY, **wanted: str) -> Fraction:
    """What all keys cost in a period."""
    return billed(house, since, until, **wanted).storage


def of_requests(*counted: tuple[str, str, str, int], spec: str = "") -> Bill:
    """The bill of requests alone: month, operation, spec of the key pair, count. `spec`: the key's, if any."""
    found = Requests()
    keys = (arn("a"),) if spec else ()
    found.specs = {arn("a"): spec}
    found.counts = Counter({Request(month, name, pair, keys): count for month, name, pair, count in counted})
    return bill(read_prices(), [], found, [])


@pytest.mark.parametrize(
    ("spec", "usage"),
    [
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
        ("ECC_NIST_P256", "KEY_AGREEMENT"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
        ("ML_DSA_44", "SIGN_VERIFY"),
        ("ML_KEM_512", "ENCAPSULATE_DECAPSULATE"),
    ],
)
def test_a_key_of_any_kind_costs_one_dollar_a_month(house: House, spec: str, usage: str) -> None:
    """A customer managed key costs 1.00 in a whole month, whatever its kind."""
    house.new_key(KeySpec=spec, KeyUsage=usage)
    house.later(days=60)
    found = billed(house, FEBRUARY, MARCH)
    assert [found.monthly, found.storage] == [1, 1]


@pytest.mark.parametrize(
    ("minutes", "hours"),
    [(0, LEFT), (1, LEFT), (59, LEFT), (60, LEFT - 1), ((LEFT - 1) * 60 + 59, 1), (LEFT * 60, 0)],
)
def test_a_month_is_prorated_by_the_hour(house: House, minutes: int, hours: int) -> None:
    """A key costs its share of the month's hours, from the one in which it was made."""
    house.later(seconds=minutes * 60)
    house.new_key()
    house.later(days=60)
    assert storage(house) == Fraction(hours, 744)


def test_a_period_of_several_months_is_the_sum_of_its_months(house: House) -> None:
    """Each month has its own hours: over a period their costs add up, and twelve whole months cost twelve times one."""
    house.new_key()
    house.later(days=800)
    january, february = storage(house), storage(house, FEBRUARY, MARCH)
    assert storage(house, JANUARY, MARCH) == january + february == Fraction(LEFT, 744) + 1
    assert storage(house, FEBRUARY, FEBRUARY + 365 * 24 * HOUR) == 12
    assert storage(house, FEBRUARY + 10 * HOUR, FEBRUARY + 10.5 * HOUR) == Fraction(1, 28 * 24)


def test_only_the_first_two_rotations_cost(house: House) -> None:
    """The first and the second rotation cost 1.00 a month more each, from their own hour on; further ones nothing."""
    key = house.new_key()
    expected = Fraction(LEFT, 744)
    for number in range(1, 5):
        house.later(days=2)
        house.call("RotateKeyOnDemand", KeyId=key)
        expected += Fraction(LEFT - 48 * number, 744) if number <= 2 else 0
        now = billed(house)
        assert [now.monthly, now.storage] == [min(1 + number, 3), expected]
    house.later(days=60)
    assert storage(house, FEBRUARY, MARCH) == 3


def test_automatic_rotations_cost_the_same(house: House) -> None:
    """An automatic rotation costs from when it was due, be it written yet or not."""
    key = house.new_key()
    house.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    due = START + 90 * 24 * HOUR
    house.now = due - 1
    assert billed(house, due - HOUR, due).monthly == 1
    house.now = due + 100 * 24 * HOUR
    before = billed(house, due, due + 30 * HOUR)
    assert [before.monthly, before.storage] == [3, 2 * Fraction(30, 720)]
    house.state_of(key)
    after = billed(house, due, due + 30 * HOUR)
    assert [after.monthly, after.storage] == [before.monthly, before.storage]


def test_a_key_whose_deletion_is_pending_is_free(house: House) -> None:
    """From the hour after its deletion was scheduled a key costs nothing; cancelling charges for all of it."""
    key = house.new_key()
    house.later(days=1)
    house.call("ScheduleKeyDeletion", KeyId=key)
    house.later(days=5)
    pending = billed(house)
    assert [pending.monthly, pending.storage] == [0, Fraction(24, 744)]
    house.call("CancelKeyDeletion", KeyId=key)
    cancelled = billed(house)
    assert [cancelled.monthly, cancelled.storage] == [1, Fraction(LEFT, 744)]


def test_a_key_whose_scheduling_no_log_tells_of_is_free_throughout(house: House) -> None:
    """Without the event of its scheduling a key that is pending deletion costs nothing."""
    house.call("ScheduleKeyDeletion", KeyId=house.new_key())
    assert bill(read_prices(), charged(house, {}), Requests(), list(months(JANUARY, FEBRUARY))).storage == 0


def test_a_deleted_key_shows_with_its_requests(house: House) -> None:
    """A key that is gone costs nothing; what was asked of it costs what its spec does, which the trail remembers."""
    key = house.new_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    house.call("GetPublicKey", KeyId=key)
    house.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    house.later(days=4)
    house.call("ListKeys", caller(OTHER_ACCOUNT))
    house.later(days=4)
    for _ in range(2):
        found = billed(house)
        [cost] = [each for each in found.keys if each.arn == arn(key)]
        assert cost.key is None
        assert [cost.storage, cost.requests] == [0, 3]
        assert cost.request_cost == Fraction(2 * 3 + 15, MILLION)
        assert house.refusal("DescribeKey", KeyId=key)[0] == "NotFoundException"


def test_keys_of_aws_are_free(house: House) -> None:
    """An AWS managed key costs nothing, however often it was rotated; requests on it do."""
    key = house.new_key()
    house.call("RotateKeyOnDemand", KeyId=key)
    house.change_key(key, manager="AWS")
    [cost] = billed(house).keys
    assert [cost.monthly, cost.storage, cost.requests] == [0, 0, 2]


def test_accounts_and_regions_are_told_apart(house: House) -> None:
    """A bill is one account's, over all Regions or for one."""
    for by in (caller(), caller(), caller(region=OTHER_REGION), caller(account=OTHER_ACCOUNT)):
        house.new_key(by)
    assert [len(found.keys) for found in (billed(house), billed(house, region=OTHER_REGION))] == [3, 1]
    assert [each.requests for each in billed(house, region=OTHER_REGION).keys] == [1]
    other = billed(house, account=OTHER_ACCOUNT)
    assert (len(other.keys), other.classes[0].requests) == (1, 1)


def test_each_related_key_costs_for_itself(house: House) -> None:
    """A multi-Region primary and its replica cost 1.00 a month each, so do their rotations; KMS's own work nothing."""
    key = house.new_key(MultiRegion=True)
    house.call("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    house.call("RotateKeyOnDemand", KeyId=key)
    house.call("UpdatePrimaryRegion", KeyId=key, PrimaryRegion=OTHER_REGION)
    found = billed(house)
    assert [each.monthly for each in found.keys] == [2, 2]
    assert found.classes[0].requests == 4


CLASSES = [
    ("Encrypt", "SYMMETRIC_DEFAULT", "", "symmetric"),
    ("GenerateMac", "HMAC_512", "", "symmetric"),
    ("Sign", "SYMMETRIC_DEFAULT", "", "symmetric"),
    ("DescribeKey", "RSA_4096", "", "symmetric"),
    ("TagResource", "ECC_NIST_P256", "", "symmetric"),
    ("GenerateDataKey", "SYMMETRIC_DEFAULT", "", "symmetric"),
    ("GenerateRandom", None, "", "symmetric"),
    ("ListKeys", None, "", "symmetric"),
    ("Sign", None, "", "symmetric"),
    ("Encrypt", "", "", "symmetric"),
    ("Encrypt", "RSA_2048", "", "rsa_2048"),
    ("Sign", "RSA_2048", "", "rsa_2048"),
    ("GetPublicKey", "RSA_2048", "", "rsa_2048"),
    ("Decrypt", "RSA_3072", "", "asymmetric"),
    ("Verify", "RSA_4096", "", "asymmetric"),
    ("Sign", "ECC_NIST_P256", "", "asymmetric"),
    ("Sign", "", "", "asymmetric"),
    ("DeriveSharedSecret", "ECC_NIST_P521", "", "asymmetric"),
    ("Verify", "ML_DSA_87", "", "asymmetric"),
    ("Encapsulate", "ML_KEM_768", "", "asymmetric"),
    ("Decapsulate", "ML_KEM_768", "", "asymmetric"),
    ("ReEncrypt", "SM2", "", "asymmetric"),
    ("GenerateDataKeyPair", "SYMMETRIC_DEFAULT", "ECC_NIST_P384", "ecc_key_pairs"),
    ("GenerateDataKeyPairWithoutPlaintext", "SYMMETRIC_DEFAULT", "ML_KEM_512", "ecc_key_pairs"),
    ("GenerateDataKeyPairWithoutPlaintext", "SYMMETRIC_DEFAULT", "RSA_2048", "rsa_key_pairs"),
    ("GenerateDataKeyPair", "SYMMETRIC_DEFAULT", "", "symmetric"),
]


@pytest.mark.parametrize(("operation", "spec", "pair", "expected"), CLASSES)
def test_what_class_a_request_is_in(operation: str, spec: str | None, pair: str, expected: str) -> None:
    """A request's class is told by its operation, its key's spec and the key pair that it makes."""
    assert class_of(operation, spec, pair) == expected


@pytest.mark.parametrize(
    ("operation", "spec", "pair", "price"),
    [
        ("Encrypt", "SYMMETRIC_DEFAULT", "", "0.03"),
        ("Sign", "RSA_2048", "", "0.03"),
        ("Sign", "RSA_4096", "", "0.15"),
        ("GenerateDataKeyPair", "SYMMETRIC_DEFAULT", "ECC_NIST_P256", "0.10"),
        ("GenerateDataKeyPair", "SYMMETRIC_DEFAULT", "RSA_4096", "12.00"),
    ],
)
def test_the_price_of_ten_thousand_requests(operation: str, spec: str, pair: str, price: str) -> None:
    """Each class has its price, before free requests are taken off."""
    [key] = of_requests(("2026-01", operation, pair, 10_000), spec=spec).keys
    assert (money(key.request_cost), key.requests) == (price, 10_000)


@pytest.mark.parametrize(
    ("operation", "spec", "pair", "count", "free", "cost"),
    [
        ("Encrypt", "SYMMETRIC_DEFAULT", "", 19_999, 19_999, "0.00"),
        ("Encrypt", "SYMMETRIC_DEFAULT", "", 20_000, 20_000, "0.00"),
        ("Encrypt", "SYMMETRIC_DEFAULT", "", 20_001, 20_000, "0.000003"),
        ("DescribeKey", "RSA_2048", "", 30_000, 20_000, "0.03"),
        ("Sign", "RSA_2048", "", 10_000, 0, "0.03"),
        ("Sign", "ECC_NIST_P256", "", 1, 0, "0.000015"),
        ("GenerateDataKeyPair", "SYMMETRIC_DEFAULT", "ECC_NIST_P256", 1, 0, "0.00001"),
        ("GenerateDataKeyPair", "SYMMETRIC_DEFAULT", "RSA_2048", 1, 0, "0.0012"),
    ],
)
def test_the_free_requests(operation: str, spec: str, pair: str, count: int, free: int, cost: str) -> None:
    """The first 20,000 requests of a month are free, but not those on asymmetric keys, nor for key pairs."""
    found = of_requests(("2026-01", operation, pair, count), spec=spec)
    [used] = [each for each in found.classes if each.requests]
    assert (used.free, money(used.cost), money(found.request_cost)) == (free, cost, cost)


def test_each_month_has_its_own_free_requests() -> None:
    """What one month leaves of its free requests is no use to the next; one month's operations share them."""
    shared = of_requests(("2026-01", "Encrypt", "", 15_000), ("2026-01", "ListKeys", "", 15_000))
    parted = of_requests(("2026-01", "Encrypt", "", 15_000), ("2026-02", "Encrypt", "", 15_000))
    assert (money(shared.request_cost), money(parted.request_cost)) == ("0.03", "0.00")


def test_every_request_counts_and_nothing_else(house: House) -> None:
    """Failed requests and dry runs count, also where no key was found; what KMS did by itself does not."""
    key = house.new_key()
    house.call("RotateKeyOnDemand", KeyId=key)
    house.refusal("Encrypt", KeyId=key, Plaintext=b"a", DryRun=True)
    house.refusal("Encrypt", KeyId=key)
    house.refusal("DescribeKey", KeyId="alias/none")
    house.call("GenerateRandom", NumberOfBytes=1)
    house.engine.record_local(house.caller, "RekeyVault", {})
    assert [event["eventName"] for event in house.events()].count("RotateKey") == 1
    found = billed(house)
    assert {each.arn: each.requests for each in found.keys} == {arn(key): 3, "": 3}
    assert found.classes[0].requests == 6


def test_a_request_on_two_keys_is_charged_to_the_dearer_one(house: House) -> None:
    """ReEncrypt from a symmetric key to an asymmetric one costs what the asymmetric one costs, once."""
    plain = house.new_key()
    dear = house.new_key(KeySpec="RSA_3072", KeyUsage="ENCRYPT_DECRYPT")
    blob = house.encrypted(plain)
    algorithm = {"DestinationEncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    house.call("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=dear, **algorithm)
    costs = {each.arn: each for each in billed(house).keys}
    assert [costs[arn(key)].requests for key in (plain, dear)] == [2, 2]
    assert [costs[arn(key)].request_cost * MILLION for key in (plain, dear)] == [2 * 3, 3 + 15]


@pytest.mark.parametrize(
    ("members", "counts"),
    [
        ({}, True),
        ({"recipientAccountId": OTHER_ACCOUNT}, False),
        ({"userIdentity": {"type": "AWSAccount", "accountId": OTHER_ACCOUNT}}, False),
        ({"userIdentity": {"type": "AWSService", "invokedBy": "s3.amazonaws.com"}}, True),
        ({"userIdentity": {"accountId": ACCOUNT, "invokedBy": "AWS Internal"}}, False),
        ({"userIdentity": {"accountId": ACCOUNT, "invokedBy": "kms.amazonaws.com"}}, False),
        ({"eventType": "AwsServiceEvent"}, False),
        ({"eventSource": "s3.amazonaws.com"}, False),
        ({"requestParameters": "odd", "eventName": "GenerateDataKeyPair"}, True),
    ],
)
def test_which_records_are_requests_of_an_account(members: dict[str, Any], counts: bool) -> None:
    """A request is of the account that made it, and of KMS; KMS's own doings are none."""
    found = requests_in(as_lines(record(second=1, **members)))
    assert found.counts.total() == int(counts)


def test_a_period_has_its_beginning_and_not_its_end() -> None:
    """A request is in the period that begins with its second, not in the one that ends with it."""
    content = as_lines(record(second=1))
    moment = json.loads(content)["eventTime"]
    assert requests_in(content, since=moment).counts.total() == 1
    assert requests_in(content, until=moment).counts.total() == 0
    assert next(iter(requests_in(content).counts)).month == moment[:7]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Fraction(0), "0.00"),
        (Fraction(3), "3.00"),
        (Fraction(1, 2), "0.50"),
        (Fraction(3, MILLION), "0.000003"),
        (Fraction(1, 744), "0.001344"),
        (Fraction(2, 3), "0.666667"),
        (Fraction(999_999_999, 1_000_000_000), "1.00"),
        (Fraction(123_456_789, 100), "1234567.89"),
    ],
)
def test_how_money_is_written(amount: Fraction, text: str) -> None:
    """Money has two digits behind the point, up to six where it is not whole cents."""
    assert money(amount) == text


def test_the_dearest_key_comes_first(house: House) -> None:
    """Keys are in order of what they cost in the period."""
    late = [house.new_key()]
    house.later(days=3)
    late.append(house.new_key())
    house.later(days=30)
    costs: list[KeyCost] = billed(house).keys
    assert [each.arn for each in costs] == [arn(key) for key in late]


@pytest.fixture
def kept(house: House) -> House:
    """A house in which a key with an alias was used in January; now it is March."""
    key = house.new_key()
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=key)
    house.encrypted("alias/app")
    house.refusal("DescribeKey", KeyId="alias/none")
    house.later(days=60)
    house.call("ListKeys")
    house.log()
    return house


def costs(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    """What the installed command says of a house."""
    command = [KMSCLI, "--vault", str(house.path), "costs", *words]
    environment = {"KMSCLI_VAULT_KEY": VAULT_KEY, "HOME": str(house.path.parent)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_command_as_a_script_sees_it(kept: House) -> None:
    """`kmscli costs --output json` states keys, classes, sums, the period and the price list, money as text."""
    ran = costs(kept, "--month", "2026-01", "--output", "json")
    assert (ran.returncode, ran.stderr) == (0, "")
    facts = json.loads(ran.stdout)
    storage = money(Fraction(LEFT, 744))
    [key, none] = facts["Keys"]
    assert key == {
        "Arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{key['Arn'][-36:]}",
        "Aliases": ["alias/app"],
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyState": "Enabled",
        "Monthly": "1.00",
        "Storage": storage,
        "Requests": 3,
        "RequestCost": "0.000009",
    }
    assert (none["Arn"], none["Requests"]) == (None, 1)
    assert facts["Classes"][0] == {"Class": "symmetric", "Requests": 4, "Free": 4, "Cost": "0.00"}
    assert [facts[name] for name in ("Monthly", "Storage", "RequestCost", "Total")] == [
        "1.00",
        storage,
        "0.00",
        storage,
    ]
    assert (facts["Since"], facts["Until"]) == ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
    prices = read_prices()
    assert facts["Prices"] == {"Date": prices.date, "Region": "us-east-1", "Source": prices.source}


def test_the_command_as_a_person_sees_it(kept: House) -> None:
    """Without a terminal each row's fields are between tabs: keys, classes, then sums."""
    rows = [line.split("\t") for line in costs(kept, "--month", "2026-01").stdout.splitlines()]
    storage = money(Fraction(LEFT, 744))
    assert rows[0][0::2] == ["key", "us-east-1", "SYMMETRIC_DEFAULT", storage, "0.000009"]
    assert rows[0][3] == "alias/app"
    assert rows[1] == ["key", "none", "", "", "", "0.00", "0.00", "1", "0.000003"]
    assert rows[2] == ["class", "symmetric, HMAC, management", "4", "4", "0.00"]
    sums = {row[0]: row[1] for row in rows if len(row) == 2}
    assert sums["period"] == "2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z"
    assert (sums["a month"], sums["storage"], sums["requests"], sums["total"]) == ("1.00", storage, "0.00", storage)


@pytest.mark.parametrize(
    ("words", "period", "requests"),
    [
        (("--month", "2025-12"), ("2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"), 0),
        (("--since", "2026-01-05", "--until", "2026-01-06"), ("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"), 4),
        (("--until", "2026-01-05T09:00:00Z"), ("2026-01-01T00:00:00Z", "2026-01-05T09:00:00Z"), 0),
        (("--since", "2026-01-05T09:00:00Z", "--until", "2026-03-07"), None, 5),
        (("--month", "2026-01", "--account", OTHER_ACCOUNT), None, 0),
        (("--month", "2026-01", "--region", OTHER_REGION), None, 0),
        (("--month", "2026-01", "--region", "us-east-1"), None, 4),
    ],
)
def test_what_can_be_asked_for(
    kept: House, words: tuple[str, ...], period: tuple[str, str] | None, requests: int
) -> None:
    """A month or a period, an account and a Region choose what is counted."""
    facts = json.loads(costs(kept, *words, "--output", "json").stdout)
    assert facts["Classes"][0]["Requests"] == requests
    assert period in (None, (facts["Since"], facts["Until"]))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--month", "2026-13"), "'2026-13' is no month such as 2026-01"),
        (("--month", "0000-01"), "'0000-01' is no month such as 2026-01"),
        (("--month", "2999-01"), "2999-01 has not begun"),
        (("--month", "2026-01", "--since", "7d"), "--month is a period by itself"),
        (("--since", "2999-01-01"), "The period ends before it begins"),
        (("--since", "2026-02-01", "--until", "2026-01-01"), "The period ends before it begins"),
        (("--since", "never"), "'never' is no time"),
        (("--account", "12"), "'12': it is no account id of 12 digits"),
        (("--region", "Mars"), "'Mars': it is no Region's name"),
        (("--output", "table"), "Found invalid choice 'table'"),
    ],
)
def test_what_cannot_be_asked_for(kept: House, words: tuple[str, ...], says: str) -> None:
    """Wrong usage is said, with 252, and nothing is counted."""
    ran = costs(kept, *words)
    assert (ran.returncode, ran.stdout) == (252, "")
    assert says in ran.stderr


def test_other_logs_can_be_counted(kept: House, tmp_path: Path) -> None:
    """A log that is given is counted instead of the vault's own; what is no record in it is named and left out."""
    path = tmp_path / "log"
    path.write_bytes(as_lines(record(second=1), record(second=2)) + b"odd\n")
    ran = costs(kept, str(path), "--since", "2000-01-01", "--output", "json")
    assert json.loads(ran.stdout)["Classes"][0]["Requests"] == 2
    assert f"{path}, line 3: it is not a CloudTrail record" in ran.stderr


def test_costs_are_a_command() -> None:
    """The command has a name of its own, and is one."""
    assert [each.name for each in app.registered_commands] == ["costs"]
