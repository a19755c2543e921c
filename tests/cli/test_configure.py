"""`kmscli configure` writes config.toml, and says what holds and where it comes from."""

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kmscli.cli.local._profiles import Profiles
from kmscli.cli.settings import PROFILE_MEMBERS
from kmscli.errors import ConfigurationError, UsageError
from tests.robustness.machine import Machine


@pytest.fixture
def fresh(own_home: Path, runtime_either_way: Path | None) -> Machine:
    """A machine on which kmscli was never used."""
    return Machine(own_home, runtime_either_way)


def config(machine: Machine) -> dict[str, Any]:
    """What the configuration file holds."""
    return tomllib.loads((machine.home / ".config/kmscli/config.toml").read_text())


def write_config(machine: Machine, text: str) -> Path:
    """A configuration file of one's own."""
    path = machine.home / ".config/kmscli/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_it_asks(fresh: Machine) -> None:
    """Without a command it asks for four things, and keeps what was answered."""
    ran = fresh.run("configure", stdin=b"444455556666\n\neu-central-1\n\n").expect()
    assert ran.out.decode() == (
        "Account id [111122223333]: Principal ARN [the account's root]: "
        "Default region name [us-east-1]: Default output format [json]: "
    )
    assert config(fresh) == {"profile": {"default": {"account": "444455556666", "region": "eu-central-1"}}}
    key = fresh.run("create-key").expect().answer["KeyMetadata"]
    assert key["Arn"].startswith("arn:aws:kms:eu-central-1:444455556666:key/")


def test_what_is_there_is_offered_and_kept(fresh: Machine) -> None:
    """An answer that is empty leaves what is there; other members and profiles stay."""
    write_config(
        fresh, '[profile.default]\nregion = "eu-west-1"\nvault = "/v.db"\n[profile.dev]\nregion = "us-west-2"\n'
    )
    ran = fresh.run("configure", stdin=b"\n\n\ntext\n").expect()
    assert "Default region name [eu-west-1]: " in ran.out.decode()
    assert config(fresh)["profile"] == {
        "default": {"region": "eu-west-1", "vault": "/v.db", "output": "text"},
        "dev": {"region": "us-west-2"},
    }
    path = fresh.home / ".config/kmscli/config.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"]


def test_an_input_that_ends_changes_nothing(fresh: Machine) -> None:
    """Where the input ends before the last answer, nothing is written."""
    assert "The input ended" in fresh.run("configure", stdin=b"444455556666\n").expect(255).err
    assert not (fresh.home / ".config/kmscli/config.toml").exists()


def test_a_profile_is_asked_for_by_name(fresh: Machine) -> None:
    """A profile is named by the option, before or behind, or by the environment, and is made if it is not there."""
    fresh.run("configure", "set", "region", "eu-west-1", "--profile", "a").expect()
    fresh.run("--profile", "b", "configure", "set", "region", "eu-west-2").expect()
    fresh.run("configure", "set", "region", "eu-west-3", env={"AWS_PROFILE": "c"}).expect()
    fresh.run("configure", "--profile", "d", stdin=b"\n\nsa-east-1\n\n").expect()
    regions = {name: members["region"] for name, members in config(fresh)["profile"].items()}
    assert regions == {"a": "eu-west-1", "b": "eu-west-2", "c": "eu-west-3", "d": "sa-east-1"}


MEMBERS = {
    "region": "ap-south-1",
    "output": "yaml",
    "account": "444455556666",
    "principal": "arn:aws:iam::444455556666:user/alice",
    "vault": "/srv/vault.db",
    "cli_binary_format": "raw-in-base64-out",
    "cli_timestamp_format": "wire",
}


def test_every_member_can_be_set(fresh: Machine) -> None:
    """Each member of a profile that kmscli knows can be set, and taken out by an empty value."""
    assert set(MEMBERS) == set(PROFILE_MEMBERS)
    for member, value in MEMBERS.items():
        Profiles({}, os.environ).change({member: value})
    assert config(fresh) == {"profile": {"default": MEMBERS}}
    Profiles({}, os.environ).change(dict.fromkeys(MEMBERS, ""))
    assert config(fresh) == {"profile": {"default": {}}}


def test_the_profile_says_how_blobs_are_given(fresh: Machine) -> None:
    """With `cli_binary_format` in the profile, a blob is given as it is, unless an option says otherwise."""
    fresh.run("configure", "set", "cli_binary_format", "raw-in-base64-out").expect()
    key = fresh.run("create-key").expect().answer["KeyMetadata"]["KeyId"]
    for words, text in (
        (("--plaintext", "no base64"), b"no base64"),
        (("--plaintext", "aGVsbG8=", "--cli-binary-format", "base64"), b"hello"),
    ):
        blob = fresh.run("encrypt", "--key-id", key, *words, "--ciphertext-out", "-").expect().out
        Path(fresh.home / "blob").write_bytes(blob)
        opened = fresh.run(
            "decrypt", "--ciphertext-blob", f"fileb://{fresh.home}/blob", "--plaintext-out", "-"
        ).expect()
        assert opened.out == text


def test_set_and_get(fresh: Machine) -> None:
    """What is set is got; what is not set has exit code 1 and no output."""
    assert fresh.run("configure", "set", "region", "ap-south-1").expect().out == b""
    assert fresh.run("configure", "get", "region").expect().out == b"ap-south-1\n"
    ran = fresh.run("configure", "get", "vault").expect(1)
    assert (ran.out, ran.err) == (b"", "")
    assert "Found invalid choice" in fresh.run("configure", "set", "colour", "red").expect(252).err
    assert "a Region" in fresh.run("configure", "set", "region", "Frankfurt").expect(252).err


WRONG = [
    ("region", "Frankfurt", "a Region"),
    ("output", "xml", "one of json, text"),
    ("account", "1234", "12 digits"),
    ("principal", "alice", "the ARN of"),
    ("principal", "arn:aws:iam::999999999999:user/alice", "none of the profile's account"),
    ("vault", "vault.db", "an absolute path"),
    ("cli_binary_format", "hex", "one of base64"),
    ("cli_timestamp_format", "unix", "one of iso8601"),
]


@pytest.mark.parametrize(("member", "value", "said"), WRONG)
def test_what_does_not_fit_is_refused(own_home: Path, member: str, value: str, said: str) -> None:
    """A value that the member cannot have is wrong usage, and nothing is written."""
    with pytest.raises(UsageError, match=said):
        Profiles({}, os.environ).change({member: value})
    assert not (own_home / ".config").exists()


def test_list_says_where_things_come_from(fresh: Machine) -> None:
    """Each member is listed with its value, the kind of place that it comes from, and the place."""
    write_config(fresh, '[profile.default]\naccount = "444455556666"\n')
    (fresh.home / ".aws").mkdir()
    (fresh.home / ".aws/config").write_text("[default]\noutput = table\nregion = eu-north-1\n")
    lines = fresh.run("configure", "list", env={"AWS_REGION": "eu-west-1"}).expect().out.decode().splitlines()
    listed = {name: (value, type, place) for name, value, type, place in (line.split("\t") for line in lines)}
    assert listed["profile"][0] == "default"
    assert listed["region"] == ("eu-west-1", "env", "AWS_REGION")
    assert listed["output"] == ("table", "aws-config-file", "~/.aws/config")
    assert listed["account"] == ("444455556666", "config-file", str(fresh.home / ".config/kmscli/config.toml"))
    assert listed["vault"] == (str(fresh.vault), "default", "")
    answer = fresh.run("configure", "list", "--output", "json").expect().answer
    assert answer["Members"]["region"] == {
        "Value": "eu-north-1",
        "Type": "aws-config-file",
        "Location": "~/.aws/config",
    }


def test_a_profile_that_is_not_there(fresh: Machine) -> None:
    """Asking for a profile that no file has is AWS's own error."""
    for words in (["list"], ["get", "region"]):
        ran = fresh.run("configure", *words, "--profile", "nobody").expect(255)
        assert "The config profile (nobody) could not be found" in ran.err


@pytest.mark.parametrize("text", ["profile = 1", "[profile]\ndefault = 1", "= broken", "\x00"])
def test_a_broken_file_is_left_alone(fresh: Machine, text: str) -> None:
    """A configuration file that is not one is refused, and stays as it is."""
    path = write_config(fresh, text)
    with pytest.raises(ConfigurationError):
        Profiles({}, os.environ)
    assert path.read_text() == text


def test_a_link_is_followed(fresh: Machine) -> None:
    """A configuration file that is a link to a file kept elsewhere stays one."""
    elsewhere = fresh.home / "dotfiles.toml"
    elsewhere.write_text("")
    path = write_config(fresh, "")
    path.unlink()
    path.symlink_to(elsewhere)
    fresh.run("configure", "set", "region", "eu-west-1").expect()
    assert path.is_symlink()
    assert tomllib.loads(elsewhere.read_text()) == {"profile": {"default": {"region": "eu-west-1"}}}
