"""What a seed file may say, and what it makes: through the engine, with the operations' own eyes."""

import base64
import json
from typing import Any

import pytest

from kmscli.clock import DAY
from kmscli.crypto import asymmetric
from kmscli.errors import ConfigurationError
from kmscli.keys.check import inspect
from kmscli.keys.specs import CHINA_ONLY, SPECS
from tests.operations.house import (
    ABSENT,
    ACCOUNT,
    ANYONE,
    OTHER_ACCOUNT,
    OTHER_REGION,
    START,
    House,
    alias_arn,
    arn,
    caller,
)
from tests.operations.seeding import MATERIAL, a_key, complaint, derived_id, differences, faults_of, seeded

OTHER_KEY = "0987dcba-09fe-87dc-65ba-ab0987654321"
AVAILABLE = sorted(SPECS.keys() - CHINA_ONLY)


def test_a_key_is_as_the_file_says(lab: House) -> None:
    """All that the file says of a key is what the operations show, and events hold no material."""
    policy = json.loads(ANYONE)
    made = a_key(
        account=OTHER_ACCOUNT,
        region=OTHER_REGION,
        description="Größe",
        aliases=["alias/a", "alias/b"],
        tags={"Team": "lab", "Empty": ""},
        policy=policy,
        created="2026-01-01T00:00:00Z",
        enabled=False,
        rotation_period_in_days=90,
        next_rotation="2026-12-24",
    )
    home = caller(OTHER_ACCOUNT, OTHER_REGION)
    assert seeded(lab, made) == [arn(ABSENT, OTHER_ACCOUNT, OTHER_REGION)]
    shown = lab.call("DescribeKey", home, KeyId="alias/a")["KeyMetadata"]
    assert (shown["KeyId"], shown["Description"], shown["KeyState"]) == (ABSENT, "Größe", "Disabled")
    assert shown["CreationDate"] == START - 4 * DAY - 9 * 3600
    aliases = lab.call("ListAliases", home, KeyId=ABSENT)["Aliases"]
    expected = [alias_arn(f"alias/{name}", OTHER_ACCOUNT, OTHER_REGION) for name in "ab"]
    assert sorted(one["AliasArn"] for one in aliases) == expected
    tags = lab.call("ListResourceTags", home, KeyId=ABSENT)["Tags"]
    assert tags == [{"TagKey": "Empty", "TagValue": ""}, {"TagKey": "Team", "TagValue": "lab"}]
    assert json.loads(lab.call("GetKeyPolicy", home, KeyId=ABSENT)["Policy"]) == policy
    status = lab.call("GetKeyRotationStatus", home, KeyId=ABSENT)
    assert (status["RotationPeriodInDays"], status["KeyRotationEnabled"]) == (90, True)
    assert inspect(lab.engine.vault).faults == []
    assert MATERIAL["hex"].encode() not in lab.log()


@pytest.mark.parametrize("spec", AVAILABLE)
def test_every_spec_can_be_seeded(lab: House, spec: str) -> None:
    """A key of each spec is made of fixed material, with the public key that belongs to it."""
    if spec.startswith(("RSA_", "ECC_")):
        content, public = asymmetric.generate_pair(spec)
    else:
        content, public = asymmetric.generate(spec) if spec != "SYMMETRIC_DEFAULT" else (bytes(32), b"")
    usage = next(iter(SPECS[spec]))
    material = {"base64": base64.b64encode(content).decode()}
    seeded(lab, a_key(key_spec=spec, key_usage=usage, materials=[material]))
    assert lab.call("DescribeKey", KeyId=ABSENT)["KeyMetadata"]["KeySpec"] == spec
    if public:
        assert lab.call("GetPublicKey", KeyId=ABSENT)["PublicKey"] == public


def test_material_ids_are_the_same_everywhere(lab: House) -> None:
    """A derived id is a known one; one that is given is taken; the last material is the current one."""
    given = "ab" * 32
    rotated = {"hex": "11" * 32, "rotated": "2026-01-03", "material_id": given}
    seeded(lab, a_key(created="2026-01-01", materials=[MATERIAL, rotated]))
    rotations = lab.call("ListKeyRotations", KeyId=ABSENT, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
    derived = derived_id(ABSENT, bytes.fromhex(MATERIAL["hex"]))
    assert [one["KeyMaterialId"] for one in rotations] == [derived, given]
    assert [one["KeyMaterialState"] for one in rotations] == ["NON_CURRENT", "CURRENT"]
    assert lab.material_of(ABSENT) == given
    assert lab.encrypted(ABSENT)[8:40].hex() == given


def test_a_seeded_key_lives_on(lab: House) -> None:
    """A seeded key rotates, and what it encrypted before still decrypts; then the file finds another key."""
    seeded(lab, a_key(rotation_period_in_days=90))
    blob = lab.encrypted(ABSENT)
    lab.later(days=91)
    assert lab.call("Decrypt", CiphertextBlob=blob)["Plaintext"] == b"secret"
    assert len(lab.call("ListKeyRotations", KeyId=ABSENT)["Rotations"]) == 1
    said = differences(lab, a_key(rotation_period_in_days=90))
    assert said == ["keys[0]: the key is there already, and not like this: materials"]


def test_other_bytes_are_another_key(lab: House) -> None:
    """A key with the same material id and other bytes is another one."""
    given = {"material_id": "ab" * 32}
    seeded(lab, a_key(materials=[{**MATERIAL, **given}]))
    said = differences(lab, a_key(materials=[{"hex": "11" * 32, **given}]))
    assert said == ["keys[0]: the key is there already, and not like this: materials"]


def test_nothing_is_taken_from_other_keys(lab: House) -> None:
    """An alias and a material id that are another key's stay so, and all such faults are named at once."""
    seeded(lab, a_key(aliases=["alias/a"], materials=[{**MATERIAL, "material_id": "ab" * 32}]))
    other = a_key(key_id=OTHER_KEY, aliases=["alias/b", "alias/a"], materials=[{**MATERIAL, "material_id": "ab" * 32}])
    late = a_key(key_id="1234abcd-12ab-34cd-56ef-1234567890ab", created="2027-01-01")
    assert differences(lab, other, late) == [
        "keys[0].aliases[1]: there is such an alias already",
        "keys[0].materials[0]: another key has this material id already",
        "keys[1]: created or rotated later than now",
    ]
    assert lab.refusal("DescribeKey", KeyId=OTHER_KEY)[0] == "NotFoundException"


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"colour": "red"}, "keys[0].colour: there is no such member"),
    "id": ({"key_id": "a"}, "keys[0].key_id: must be a UUID in lower case"),
    "capitals": ({"key_id": ABSENT.upper()}, "keys[0].key_id: must be a UUID in lower case"),
    "multi-Region id": ({"key_id": "mrk-" + "0" * 32}, "keys[0].key_id: must be a UUID in lower case"),
    "custom key store": ({"origin": "AWS_CLOUDHSM"}, "keys[0].origin: Member must satisfy enum value set: [AWS_KMS, "),
    "account": ({"account": "1"}, "keys[0].account: must be 12 digits"),
    "account's type": ({"account": int(ACCOUNT)}, "keys[0].account: must be text"),
    "region": ({"region": "here"}, "keys[0].region: must be a Region"),
    "spec": ({"key_spec": "AES"}, "keys[0].key_spec: Member must satisfy enum value set: "),
    "no usage": ({"key_spec": "HMAC_256"}, "keys[0]: You must specify a KeyUsage value"),
    "usage": ({"key_usage": "SIGN_VERIFY"}, "keys[0]: KeyUsage SIGN_VERIFY is not compatible with KeySpec"),
    "China": ({"key_spec": "SM2", "key_usage": "SIGN_VERIFY"}, "keys[0]: KeySpec SM2 is not supported in Region"),
    "description": ({"description": "x" * 8193}, "keys[0].description: Member must have length less than"),
    "alias": ({"aliases": ["alias/a", "a"]}, "keys[0].aliases[1]: Alias must start with the prefix"),
    "alias's type": ({"aliases": [1]}, "keys[0].aliases[0]: must be text"),
    "AWS's alias": ({"aliases": ["alias/aws/s3"]}, "keys[0].aliases[0]: NotAuthorizedException"),
    "aliases": ({"aliases": "alias/a"}, "keys[0].aliases: must be a list"),
    "alias twice": ({"aliases": ["alias/a", "alias/a"]}, "keys[0].aliases: the same as in keys[0]"),
    "tag": ({"tags": {"": "x"}}, "keys[0].tags..tag_key: Member must have length greater"),
    "tag's value": ({"tags": {"a": 1}}, "keys[0].tags.a.tag_value: must be text"),
    "AWS's tag": ({"tags": {"aws:a": "x"}}, "keys[0].tags: Tags beginning with aws: are reserved"),
    "tags": ({"tags": ["a"]}, "keys[0].tags: must be a map"),
    "policy": ({"policy": "{"}, "keys[0].policy: The policy is not a valid JSON document."),
    "policy's type": ({"policy": 1}, "keys[0].policy: must be text"),
    "period": ({"rotation_period_in_days": 89}, "keys[0].rotation_period_in_days: Member must have value greater"),
    "next rotation": ({"next_rotation": "2027-01-01"}, "keys[0].next_rotation: goes with rotation_period_in_days"),
    "time": ({"created": "soon"}, "keys[0].created: must be a time"),
    "enabled": ({"enabled": "no"}, "keys[0].enabled: must be true or false"),
    "no materials": ({"materials": []}, "keys[0].materials: Member must have length greater"),
    "no material": ({"materials": None}, "keys[0].materials: is missing"),
    "no spelling": ({"materials": [{}]}, "keys[0].materials[0]: must have one of base64, hex, pem"),
    "spellings": ({"materials": [{"hex": "00", "base64": "AA=="}]}, "keys[0].materials[0]: must have one of"),
    "hex": ({"materials": [{"hex": "xy"}]}, "keys[0].materials[0]: is not hex"),
    "base64": ({"materials": [{"base64": "A*=="}]}, "keys[0].materials[0]: is not base64"),
    "pem": ({"materials": [{"pem": "-----BEGIN"}]}, "keys[0].materials[0]: is not a private key in PEM"),
    "length": ({"materials": [{"hex": "00"}]}, "keys[0].materials[0]: Key material for SYMMETRIC_DEFAULT must have"),
    "material's type": ({"materials": [{"hex": 12}]}, "keys[0].materials[0].hex: must be text"),
    "first rotated": (
        {"materials": [{**MATERIAL, "rotated": "2026-01-01"}]},
        "keys[0].materials[0]: the first material was not rotated to",
    ),
    "not rotated": ({"materials": [MATERIAL, {"hex": "11" * 32}]}, "keys[0].materials[1].rotated: must be there"),
    "rotated too early": (
        {"created": "2026-01-02", "materials": [MATERIAL, {"hex": "11" * 32, "rotated": "2026-01-01"}]},
        "keys[0].materials[1].rotated: must be there, and later",
    ),
    "same material": (
        {"created": "2026-01-01", "materials": [MATERIAL, {**MATERIAL, "rotated": "2026-01-02"}]},
        "keys[0].materials: the same as in keys[0]",
    ),
    "pair": (
        {"key_spec": "ECC_NIST_P256", "key_usage": "SIGN_VERIFY"},
        "keys[0].materials[0]: The key material is not a private key in PKCS#8 format",
    ),
    "seed": (
        {"key_spec": "ML_DSA_44", "key_usage": "SIGN_VERIFY", "materials": [{"hex": "00" * 31}]},
        "keys[0].materials[0]: Key material for ML_DSA_44 must be a seed of its length.",
    ),
    "rotation of a MAC key": (
        {"key_spec": "HMAC_256", "key_usage": "GENERATE_VERIFY_MAC", "rotation_period_in_days": 90},
        "keys[0].rotation_period_in_days: ",
    ),
    "materials of a MAC key": (
        {
            "key_spec": "HMAC_256",
            "key_usage": "GENERATE_VERIFY_MAC",
            "materials": [MATERIAL, {"hex": "11" * 32, "rotated": "2026-01-02"}],
        },
        "keys[0].materials: a key of HMAC_256 has one material",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_place(lab: House, name: str) -> None:
    """Whatever is wrong with a key is said with its place, and that alone."""
    members, expected = FAULTS[name]
    [said] = faults_of(lab, a_key(**members))
    assert said.startswith(expected)


def test_several_faults_are_named_at_once(lab: House) -> None:
    """All keys' faults are named; a key id that is there twice is one."""
    said = faults_of(lab, a_key(account="1", enabled=1), 3, {"key_id": ABSENT}, a_key(), a_key())
    assert [line.partition(": ")[0] for line in said] == [
        "keys[0].enabled",
        "keys[0].account",
        "keys[1]",
        "keys[2].materials",
        "keys[4].key_id",
        "keys[4].materials",
    ]


DOCUMENTS = [b"", b"keys", b"[]", b"keys: 1", b"{keys: [], more: 1}", b"\xff", b"keys: [", b"keys: []\nkeys: []\n"]


@pytest.mark.parametrize("content", DOCUMENTS)
def test_what_is_no_seed_file(lab: House, content: bytes) -> None:
    """What is no map of one list of keys is refused as a whole."""
    assert complaint(lab, content) == ["must be YAML or JSON of a map with one member, keys, a list"]


def test_only_a_lab_is_seeded(house: House) -> None:
    """Any other vault refuses."""
    with pytest.raises(ConfigurationError, match="Only a lab vault can be seeded"):
        seeded(house, a_key())
