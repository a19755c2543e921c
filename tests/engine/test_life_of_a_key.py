"""Random walks over the operations, beside a model of what becomes of each key (see `lives` and `walker`)."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from tests.engine.key_walk import KeyWalk, moods, numbers
from tests.engine.lives import Life
from tests.engine.places import GONE, SYMMETRIC, UNDELETED
from tests.engine.walker import Product
from tests.operations.house import ACCOUNT, arn

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
GRANTED = {SYMMETRIC: "Encrypt", "HMAC_256": "GenerateMac", "ECC_NIST_P256": "Sign"}
STATEMENT = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}

aliases = st.sampled_from(("alias/0", "alias/1", "alias/2", "alias/3"))
names = st.sampled_from(("", "x", "y"))
contexts = st.sampled_from(({}, {"a": "b"}))


def not_deleting(life: Life, region: str) -> str:
    """How a call is refused that is for all but doomed keys."""
    return life.refusal(region, *UNDELETED)


class Walk(KeyWalk):
    """A random walk: each rule makes a call, which goes on or is refused as the model says."""

    def find_uses(self) -> None:
        """Use a key that has new material, and give it what a key may have."""
        self.use(0, "same", {}, data_key=False)
        self.name(0, "same", f"alias/{len(self.walker.lives) % 4}")
        self.grant(0, "same", "x")

    @rule(number=numbers, mood=moods, context=contexts, data_key=st.booleans())
    def use(self, number: int, mood: str, context: dict[str, str], data_key: bool) -> None:
        life, region, refusal = self.walker.at(number, mood, Life.refusal)
        if life.spec != SYMMETRIC:
            self.prove(life, region, refusal)
        elif data_key:
            asked = {"KeySpec": "AES_256", "EncryptionContext": context}
            made = self.on("GenerateDataKey", life, region, refusal, **asked)
            if made:
                self.keep(life, made["CiphertextBlob"], made["Plaintext"], context)
        else:
            text = f"{len(self.walker.products)}".encode()
            made = self.on("Encrypt", life, region, refusal, Plaintext=text, EncryptionContext=context)
            if made:
                self.keep(life, made["CiphertextBlob"], text, context)

    def prove(self, life: Life, region: str, refusal: str) -> None:
        """Make a signature or a MAC."""
        is_mac = life.spec == "HMAC_256"
        algorithm = {"MacAlgorithm": "HMAC_SHA_256"} if is_mac else {"SigningAlgorithm": "ECDSA_SHA_256"}
        asked = {"Message": b"message", **algorithm}
        made = self.on("GenerateMac" if is_mac else "Sign", life, region, refusal, **asked)
        if made:
            name = "Mac" if is_mac else "Signature"
            asked |= {"KeyId": life.key, name: made[name]}
            self.walker.products.append(Product(life, f"Verify{name[:3] * is_mac}", asked, {f"{name}Valid": True}))

    def keep(self, life: Life, blob: bytes, text: bytes, context: dict[str, str]) -> None:
        """Keep a ciphertext."""
        asked = {"CiphertextBlob": blob, "EncryptionContext": context}
        self.walker.products.append(Product(life, "Decrypt", asked, {"Plaintext": text}))

    @precondition(lambda self: any(one.name == "Decrypt" for one in self.walker.products))
    @rule(chosen=st.integers(0, 99), number=numbers, mood=moods, context=contexts)
    def re_encrypt(self, chosen: int, number: int, mood: str, context: dict[str, str]) -> None:
        blobs = [one for one in self.walker.products if one.name == "Decrypt"]
        old = blobs[chosen % len(blobs)]
        life, region, refusal = self.walker.at(
            number, mood, lambda life, region: old.refusal(region) or life.refusal(region)
        )
        usage = "" if life.spec == SYMMETRIC else "InvalidKeyUsageException"
        refusal = (refusal or usage) if life.state(region) else GONE
        asked = {
            "CiphertextBlob": old.members["CiphertextBlob"],
            "SourceEncryptionContext": old.members["EncryptionContext"],
            "DestinationEncryptionContext": context,
        }
        made = self.walker.attempt("ReEncrypt", region, refusal, DestinationKeyId=life.key, **asked)
        if made:
            self.keep(life, made["CiphertextBlob"], old.answer["Plaintext"], context)

    @rule(number=numbers, mood=moods, what=st.sampled_from(("description", "policy", "tag", "untag")), name=names)
    def furnish(self, number: int, mood: str, what: str, name: str) -> None:
        life, region, refusal = self.walker.at(number, mood, not_deleting)
        own = life.places.get(region)
        if what == "policy":
            policy = json.dumps({"Version": "2012-10-17", "Id": name, "Statement": [STATEMENT]})
            if self.on("PutKeyPolicy", life, region, "" if own else GONE, Policy=policy) is not None and own:
                own.policy = policy
        elif what == "description":
            if self.on("UpdateKeyDescription", life, region, refusal, Description=name) is not None and own:
                own.description = name
        elif what == "tag":
            tags = [{"TagKey": "a", "TagValue": name}, {"TagKey": f"b{name}", "TagValue": ""}]
            if self.on("TagResource", life, region, refusal, Tags=tags) is not None and own:
                own.tags |= {"a": name, f"b{name}": ""}
        elif self.on("UntagResource", life, region, refusal, TagKeys=["a", f"b{name}"]) is not None and own:
            own.tags = {key: value for key, value in own.tags.items() if key not in ("a", f"b{name}")}

    def owner(self, alias: str, region: str) -> Life | None:
        """The key that an alias names."""
        return next((life for life in self.walker.lives if alias in life.aliases(region)), None)

    @rule(number=numbers, mood=moods, alias=aliases, how=st.sampled_from(("name", "rename", "unname")))
    def change_alias(self, number: int, mood: str, alias: str, how: str) -> None:
        {"name": self.name, "rename": self.rename, "unname": self.unname}[how](number, mood, alias)

    def name(self, number: int, mood: str, alias: str) -> None:
        """Make an alias."""
        life, region, refusal = self.walker.at(number, mood, not_deleting)
        taken = "AlreadyExistsException" if self.owner(alias, region) else ""
        asked = {"AliasName": alias, "TargetKeyId": life.key}
        if self.walker.attempt("CreateAlias", region, refusal or taken, **asked) is not None:
            life.places[region].aliases.add(alias)

    def rename(self, number: int, mood: str, alias: str) -> None:
        """Move an alias to a key."""
        life, region, refusal = self.walker.at(number, mood, not_deleting)
        owner = self.owner(alias, region)
        refusal = refusal if owner else GONE
        unlike = "ValidationException" if owner and owner.spec != life.spec else ""
        asked = {"AliasName": alias, "TargetKeyId": life.key}
        if self.walker.attempt("UpdateAlias", region, refusal or unlike, **asked) is not None and owner:
            owner.places[region].aliases.remove(alias)
            life.places[region].aliases.add(alias)

    def unname(self, number: int, mood: str, alias: str) -> None:
        """Delete an alias."""
        _, region, _ = self.walker.at(number, mood, lambda life, region: "" if life.aliases(region) else GONE)
        owner = self.owner(alias, region)
        if self.walker.attempt("DeleteAlias", region, "" if owner else GONE, AliasName=alias) is not None and owner:
            owner.places[region].aliases.remove(alias)

    @rule(number=numbers, mood=moods, name=names)
    def grant(self, number: int, mood: str, name: str) -> None:
        life, region, refusal = self.walker.at(number, mood, Life.refusal)
        asked = {"GranteePrincipal": ROOT, "Operations": [GRANTED[life.spec]], "Name": name or None}
        made = self.on("CreateGrant", life, region, refusal, **asked)
        if made:
            grants = life.places[region].grants
            same = [one for one, other in grants.items() if name and other == name]
            assert same in ([], [made["GrantId"]])
            grants[made["GrantId"]] = name

    @rule(number=numbers, mood=moods, retires=st.booleans(), chosen=st.integers(0, 3))
    def end_grant(self, number: int, mood: str, retires: bool, chosen: int) -> None:
        life, region, _ = self.walker.at(
            number, mood, lambda life, region: "" if region in life.places and life.places[region].grants else GONE
        )
        own = life.places.get(region)
        grants = [*(own.grants if own else ()), "0" * 64]
        grant = grants[chosen % len(grants)]
        asked = {"KeyId": arn(life.key, region=region), "GrantId": grant}
        refusal = "" if own and grant in own.grants else GONE
        name = "RetireGrant" if retires else "RevokeGrant"
        if self.walker.attempt(name, region, refusal, **asked) is not None and own:
            del own.grants[grant]


def walk(empty: Path, folder: Path, *, walks: int, steps: int) -> None:
    """Random walks from an empty lab vault."""
    Walk.empty = Path(shutil.copy(empty, folder / "empty.db"))
    suppressed = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    profile = settings(max_examples=walks, stateful_step_count=steps, deadline=None, suppress_health_check=suppressed)
    run_state_machine_as_test(Walk, settings=profile)


def test_random_walks(empty_lab: Path, folder: Path) -> None:
    """Whatever becomes of keys, it is what the reference says, and the trail tells it."""
    walk(empty_lab, folder, walks=20, steps=40)


@pytest.mark.long
def test_many_random_walks(empty_lab: Path, folder: Path) -> None:
    """The same, further."""
    walk(empty_lab, folder, walks=300, steps=80)
