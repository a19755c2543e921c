"""On a machine full of real AWS settings nothing changes but Region and output; profiles, accounts, endpoints."""

import json

import pytest

from tests.robustness.machine import ALIAS, Machine

CONFIG = """
[default]
region = eu-central-1
output = text
cli_pager = less
s3 =
    max_concurrent_requests = 20
    addressing_style = path
[profile plain]
region = ap-southeast-2
[profile "with space"]
region = us-west-2
[profile sso]
sso_session = corporate
sso_account_id = 999999999999
sso_role_name = Administrator
region = eu-west-1
[sso-session corporate]
sso_start_url = https://corporate.awsapps.com/start
sso_region = us-east-1
[profile chained]
role_arn = arn:aws:iam::888888888888:role/other
source_profile = sso
mfa_serial = arn:aws:iam::888888888888:mfa/me
[profile process]
credential_process = /bin/false
services = local
[services local]
kms =
  endpoint_url = http://localhost:4566
[profile endpoint]
endpoint_url = http://localhost:4566
ca_bundle = /proc/nonexistent
retry_mode = adaptive
[plugins]
cli_legacy_plugin_path = /proc/nonexistent
""" + "".join(f"[profile p{number}]\nregion = eu-west-{number % 3 + 1}\n" for number in range(100))

CREDENTIALS = """
[default]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
[only-here]
aws_access_key_id = AKIAI44QH8DHBEXAMPLE
aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY
"""

REAL = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjE",
    "AWS_SECURITY_TOKEN": "old",
    "AWS_ROLE_ARN": "arn:aws:iam::888888888888:role/other",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/proc/nonexistent",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/nowhere",
    "AWS_EC2_METADATA_DISABLED": "false",
    "AWS_ENDPOINT_URL": "http://localhost:4566",
    "AWS_ENDPOINT_URL_S3": "http://localhost:9000",
    "AWS_CA_BUNDLE": "/proc/nonexistent",
    "AWS_PAGER": "/bin/false",
    "AWS_MAX_ATTEMPTS": "none",
    "AWS_RETRY_MODE": "nonsense",
    "AWS_STS_REGIONAL_ENDPOINTS": "legacy",
    "HTTPS_PROXY": "http://localhost:1",
    "REQUESTS_CA_BUNDLE": "/proc/nonexistent",
}


@pytest.fixture
def settled(machine: Machine) -> Machine:
    """A machine whose owner works with AWS all day."""
    folder = machine.home / ".aws"
    folder.mkdir()
    (folder / "config").write_text(CONFIG)
    (folder / "credentials").write_text(CREDENTIALS)
    return machine


def arn(machine: Machine, *words: str, env: dict[str, str] | None = None) -> str:
    """The ARN of a key that a call makes: it says whose, and where."""
    ran = machine.run("create-key", "--query", "KeyMetadata.Arn", "--output", "text", *words, env=env)
    return ":".join(ran.expect().out.decode().split(":")[3:5])


def test_real_settings_change_region_and_output_only(settled: Machine) -> None:
    """Of all of it, `region` and `output` of the default profile are taken; no account, no endpoint, no credentials."""
    ran = settled.run("create-key", env=REAL).expect()
    assert ran.out.startswith(b"KEYMETADATA\t111122223333\tarn:aws:kms:eu-central-1:111122223333:key/")
    assert ran.err == ""
    event = settled.events()[-1]
    assert event["userIdentity"]["arn"] == "arn:aws:iam::111122223333:root"
    assert "AKIA" not in json.dumps(event)


@pytest.mark.parametrize(
    ("words", "env", "expected"),
    [
        ([], {}, "eu-central-1:111122223333"),
        (["--profile", "plain"], {}, "ap-southeast-2:111122223333"),
        (["--profile", "with space"], {}, "us-west-2:111122223333"),
        (["--profile", "sso"], {}, "eu-west-1:111122223333"),
        (["--profile", "chained"], {}, "us-east-1:111122223333"),
        (["--profile", "process"], {}, "us-east-1:111122223333"),
        (["--profile", "endpoint"], {}, "us-east-1:111122223333"),
        (["--profile", "only-here"], {}, "us-east-1:111122223333"),
        (["--profile", "p99"], {}, "eu-west-1:111122223333"),
        ([], {"AWS_PROFILE": "plain"}, "ap-southeast-2:111122223333"),
        ([], {"AWS_DEFAULT_PROFILE": "plain"}, "ap-southeast-2:111122223333"),
        (["--profile", "sso"], {"AWS_PROFILE": "plain"}, "eu-west-1:111122223333"),
        ([], {"AWS_REGION": "ca-central-1"}, "ca-central-1:111122223333"),
        ([], {"AWS_DEFAULT_REGION": "ca-central-1"}, "ca-central-1:111122223333"),
        ([], {"AWS_REGION": "ca-west-1", "AWS_DEFAULT_REGION": "ca-central-1"}, "ca-west-1:111122223333"),
        (["--region", "sa-east-1"], {"AWS_REGION": "ca-central-1"}, "sa-east-1:111122223333"),
        ([], {"AWS_CONFIG_FILE": "/proc/nonexistent"}, "us-east-1:111122223333"),
        ([], {"AWS_ACCESS_KEY_ID": "444455556666"}, "eu-central-1:444455556666"),
        ([], {"AWS_ACCESS_KEY_ID": "44445555666"}, "eu-central-1:111122223333"),
        ([], {"AWS_ACCESS_KEY_ID": "444455556666", "AWS_REGION": "us-gov-west-1"}, "us-gov-west-1:444455556666"),
    ],
)
def test_who_calls_from_where(settled: Machine, words: list[str], env: dict[str, str], expected: str) -> None:
    """Region and account by option, variable, profile and access key id, in AWS's order."""
    assert arn(settled, *words, env=env) == expected


@pytest.mark.parametrize("env", [{"AWS_PROFILE": "none"}, {"AWS_DEFAULT_PROFILE": "none"}])
def test_a_profile_that_is_not_there(settled: Machine, env: dict[str, str]) -> None:
    """An absent profile is AWS's own error."""
    for ran in (settled.run("list-keys", env=env), settled.run("list-keys", "--profile", "none")):
        assert ran.expect(255).err == "\nkmscli: [ERROR]: The config profile (none) could not be found\n"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"garbage", b"[default", b"[default]\nregion\n", b"\0" * 100])
def test_settings_of_aws_that_cannot_be_read(machine: Machine, content: bytes) -> None:
    """A damaged file of AWS's is as none."""
    (machine.home / ".aws").mkdir()
    (machine.home / ".aws/config").write_bytes(content)
    machine.run("list-keys").expect()


def test_profiles_of_our_own(settled: Machine) -> None:
    """kmscli's profile says account, principal, Region and output, and goes before AWS's of the same name."""
    config = settled.home / ".config/kmscli/config.toml"
    config.write_text(
        """
        [profile.default]
        account = "222233334444"
        [profile.alice]
        account = 333344445555
        principal = "arn:aws:iam::333344445555:user/Alice"
        region = "eu-north-1"
        output = "yaml"
        [profile.plain]
        region = "me-south-1"
        """
    )
    assert arn(settled) == "eu-central-1:222233334444"
    assert arn(settled, "--profile", "plain") == "me-south-1:111122223333"
    shown = settled.run("sts", "get-caller-identity", "--profile", "alice").expect().out.decode()
    assert "Arn: arn:aws:iam::333344445555:user/Alice\n" in shown
    event = settled.events()[-1]
    assert (event["userIdentity"]["arn"], event["awsRegion"]) == ("arn:aws:iam::333344445555:user/Alice", "eu-north-1")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("[profile", 253),
        ("profile = 3", 253),
        ("[profile]\ndefault = 3", 253),
        ("[profile.default]\naccount = '12'", 253),
        ("[profile.default]\naccount = '444455556666'\nprincipal = 'arn:aws:iam::111122223333:user/A'", 253),
        ("[profile.default]\nregion = 5", 255),
        ("[profile.default]\noutput = 'xml'", 253),
        ("a = " + "[" * 5000, 253),
        ("\0", 253),
        ("", 0),
        ("[other]\nthing = 1", 0),
    ],
)
def test_a_configuration_that_is_wrong(machine: Machine, content: str, code: int) -> None:
    """A configuration of our own that is wrong is refused in words."""
    (machine.home / ".config/kmscli/config.toml").write_text(content)
    machine.run("list-keys").expect(code)


NOBODY = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_KMS", "KMSCLI_ENDPOINT_URL"])
def test_an_endpoint_in_the_environment_is_called(machine: Machine, name: str) -> None:
    """Whoever names an endpoint for KMS means the network: nothing is called here, whether anybody answers or not."""
    before = machine.events()
    refused = machine.run("list-keys", env={name: "http://localhost:1", **NOBODY}).expect(255)
    assert 'Could not connect to the endpoint URL: "http://localhost:1"' in refused.err
    machine.run("list-keys", env={name: "http://localhost:1"}).expect(253)
    assert machine.events() == before


def test_an_endpoint_as_an_option_is_called(machine: Machine) -> None:
    """The same for the option, wherever it stands."""
    url = "http://localhost:1"
    for words in (["--endpoint-url", url, "list-keys"], ["list-keys", f"--endpoint-url={url}"]):
        assert url in machine.run(*words, env=NOBODY).expect(255).err


def test_the_generic_endpoint_is_ignored(machine: Machine) -> None:
    """AWS_ENDPOINT_URL may point at something else on this machine."""
    machine.run("list-keys", env={"AWS_ENDPOINT_URL": "http://localhost:4566"}).expect()


def test_accounts_and_regions_are_apart(machine: Machine) -> None:
    """Keys of one account and Region are seen from nowhere else; names may be the same everywhere."""
    other = {"AWS_ACCESS_KEY_ID": "444455556666"}
    for words, env in (([], other), (["--region", "eu-west-1"], {}), (["--region", "eu-west-1"], other)):
        assert machine.run("list-keys", *words, env=env).expect().answer == {"Keys": []}
        machine.run("describe-key", "--key-id", ALIAS, *words, env=env).expect(254)
        key = machine.run("create-key", *words, env=env).expect().answer["KeyMetadata"]["KeyId"]
        machine.run("create-alias", "--alias-name", ALIAS, "--target-key-id", key, *words, env=env).expect()
    assert len(machine.run("list-keys").expect().answer["Keys"]) == 1


def test_a_terminal_is_told_the_region(machine: Machine) -> None:
    """NotFound names the Regions that hold such a key, to a person; a script gets AWS's words alone."""
    key = machine.run("describe-key", "--key-id", ALIAS).expect().answer["KeyMetadata"]["KeyId"]
    words = ["describe-key", "--key-id", key, "--region", "eu-west-1"]
    piped = machine.run(*words).expect(254)
    assert piped.err.count("\n") == 2
    assert "us-east-1" not in piped.err
    told = machine.run_on_terminal(*words).expect(254)
    assert "It is in us-east-1: use --region." in told.out.decode()
    stranger = machine.run_on_terminal(*words, env={"AWS_ACCESS_KEY_ID": "444455556666"}).expect(254)
    assert "It is in" not in stranger.out.decode()


def test_a_mend_shows_on_a_terminal(machine: Machine) -> None:
    """What there is to do about a refusal is one more line, for a person."""
    told = machine.run_on_terminal("list-keys", "--vault", "/proc/nonexistent").expect(253)
    assert "kmscli vault init" in told.out.decode().splitlines()[-1]
