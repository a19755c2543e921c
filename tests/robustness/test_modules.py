"""What a call loads: one operation's module, and nothing that it does not use."""

import subprocess
import sys

import pytest

from tests.robustness.machine import ALIAS, Machine

DRIVER = """
import sys
from kmscli.cli.main import main
code = main(sys.argv[1:])
print(code, *sys.modules, file=sys.stderr)
"""

NEVER = (
    "asn1crypto", "asyncio", "cbor2", "cryptography.hazmat.primitives.asymmetric",
    "cryptography.hazmat.primitives.serialization", "cryptography.x509", "dataclasses", "email", "hashlib", "hmac",
    "http", "httpx", "inspect", "jmespath", "logging",
    "msgspec", "pathlib", "platform", "platformdirs", "psycopg", "pydantic", "requests", "rich", "ruamel", "secrets",
    "socket", "ssl", "subprocess", "tempfile", "tomli_w", "tomllib", "typer", "typing_extensions", "urllib", "uuid",
    "yaml", "zlib",
)  # fmt: skip
"""Not among them: datetime, which the standard sqlite3 imports."""


@pytest.fixture
def runtime_either_way() -> None:
    """No agent: a call is made by `main` itself, in an interpreter that tells what it has loaded."""
    return


def loaded(machine: Machine, *words: str) -> set[str]:
    """The modules that a call has loaded, those that the interpreter starts with aside."""
    env = {"HOME": str(machine.home)}

    def modules(script: str) -> set[str]:
        ran = subprocess.run(
            [sys.executable, "-c", script, *words], env=env, capture_output=True, text=True, check=True
        )
        code, *names = ran.stderr.split()
        assert code == "0"
        return set(names)

    return modules(DRIVER) - modules("import sys; print(0, *sys.modules, file=sys.stderr)")


def within(modules: set[str], packages: tuple[str, ...]) -> set[str]:
    """Those of the modules that are in one of some packages."""
    return {module for module in modules if any(f"{module}.".startswith(f"{package}.") for package in packages)}


CALLS = {
    "list_keys": ["list-keys"],
    "describe_key": ["describe-key", "--key-id", ALIAS],
    "encrypt": ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", "--encryption-context", "a=b"],
    "generate_data_key": ["generate-data-key", "--key-id", ALIAS, "--key-spec", "AES_256"],
    "create_key": ["create-key", "--description", "größe", "--tags", "TagKey=a,TagValue=b"],
    "list_aliases": ["list-aliases", "--output", "text"],
    "generate_random": ["generate-random", "--number-of-bytes", "8", "--output", "table"],
    "get_key_policy": ["get-key-policy", "--key-id", "KEY", "--output", "off"],
    "rotate_key_on_demand": ["rotate-key-on-demand", "--key-id", "KEY"],
}


@pytest.mark.parametrize("module", CALLS)
def test_a_call_loads_what_it_uses(machine: Machine, module: str) -> None:
    """After a real call exactly one operation's module is loaded, and none of what few calls need."""
    key = machine.run("describe-key", "--key-id", ALIAS).expect().answer["KeyMetadata"]["KeyId"]
    modules = loaded(machine, *(key if word == "KEY" else word for word in CALLS[module]))
    operations = within(modules, ("kmscli.operations.kms",)) - {"kmscli.operations.kms"}
    assert operations == {f"kmscli.operations.kms.{module}"}
    assert within(modules, NEVER) == set()
    assert (
        within(modules, ("kmscli.cli.local", "kmscli.cli.app", "kmscli.server", "kmscli.client", "kmscli.wire"))
        == set()
    )


def test_a_call_of_iam_loads_what_it_uses(machine: Machine) -> None:
    """The same for another service."""
    modules = loaded(machine, "iam", "create-user", "--user-name", "bob")
    assert within(modules, ("kmscli.operations.iam",)) == {"kmscli.operations.iam", "kmscli.operations.iam.create_user"}
    assert within(modules, ("kmscli.operations.kms", *NEVER)) == set()


def test_decrypt_loads_what_it_uses(machine: Machine) -> None:
    """The same for a call whose ciphertext another made."""
    blob = machine.run("encrypt", "--key-id", ALIAS, "--plaintext", "aGk=").expect().answer["CiphertextBlob"]
    modules = loaded(machine, "decrypt", "--ciphertext-blob", blob, "--plaintext-out", "-")
    assert within(modules, ("kmscli.operations.kms",)) == {"kmscli.operations.kms", "kmscli.operations.kms.decrypt"}
    assert within(modules, NEVER) == set()


OTHER_SPECS = {
    "sign": (("ECC_NIST_P256", "SIGN_VERIFY"), "elliptic", "--message aGk= --signing-algorithm ECDSA_SHA_256"),
    "get_public_key": (("ECC_NIST_P256", "SIGN_VERIFY"), "", ""),
    "generate_mac": (("HMAC_256", "GENERATE_VERIFY_MAC"), "mac", "--message aGk= --mac-algorithm HMAC_SHA_256"),
    "encapsulate": (("ML_KEM_768", "ENCAPSULATE_DECAPSULATE"), "ml_kem", "--encapsulation-algorithm ML_KEM"),
}
FAMILIES = ("edwards", "elliptic", "mac", "ml_dsa", "ml_kem", "ml_kem_512", "rsa_keys")


@pytest.mark.parametrize("module", OTHER_SPECS)
def test_a_call_loads_the_family_of_its_key(machine: Machine, module: str) -> None:
    """A call on a key that is not symmetric loads that family of keys and no other, and parses no PKCS#8."""
    (spec, usage), family, words = OTHER_SPECS[module]
    made = machine.run("create-key", "--key-spec", spec, "--key-usage", usage).expect().answer
    key = made["KeyMetadata"]["KeyId"]
    modules = loaded(machine, module.replace("_", "-"), "--key-id", key, *words.split())
    operations = within(modules, ("kmscli.operations.kms",)) - {"kmscli.operations.kms"}
    assert operations == {f"kmscli.operations.kms.{module}"}
    families = {f"kmscli.crypto.{name}" for name in FAMILIES}
    assert modules & families == ({f"kmscli.crypto.{family}"} if family else set())
    allowed = {"cryptography.hazmat.primitives.asymmetric"} if family not in ("", "mac") else set()
    assert within(modules, tuple(set(NEVER) - allowed)) == set()


@pytest.mark.parametrize(
    ("words", "used"),
    [
        (["list-keys", "--query", "Keys"], "jmespath"),
        (["list-keys", "--output", "yaml"], "ruamel"),
        (["audit", "path"], "typer"),
        (["batch"], "typer"),
    ],
)
def test_what_a_call_uses_is_loaded_for_it_alone(machine: Machine, words: list[str], used: str) -> None:
    """A query loads jmespath, YAML its library, a local command Typer: and not each other's."""
    modules = loaded(machine, *words)
    assert within(modules, (used,)) != set()
    assert within(modules, tuple({"jmespath", "ruamel", "typer", "rich", "pydantic"} - {used})) == set()
    assert used == "typer" or within(modules, ("kmscli.operations.kms",)) != set()
