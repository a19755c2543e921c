"""The examples in the AWS CLI's help pages of `aws kms`: how they are found, and what each takes for granted.

An example is a block of commands in a page, named by page and number: `decrypt 2` is the second one of `decrypt`.
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from kmscli.clock import DAY, iso8601, system_time

_KEYS = {
    "1234abcd-12ab-34cd-56ef-1234567890ab": "$KEY",
    "mrk-1234abcd12ab34cd56ef1234567890ab": "$KEY",
    "0987dcba-09fe-87dc-65ba-ab0987654321": "$OTHER",
}
_HERE = {
    "us-west-2": "us-east-1",
    "ap-northeast-1": "us-east-1",
    "123456789012": "111122223333",
    "2021-09-21T19:00:00Z": iso8601(system_time() + 30 * DAY),
}
_STORE = re.compile(r"\bcks-[0-9a-f]{17}\b")
_GRANT = re.compile(r"\b[0-9a-f]{64}\b")
_CUT_PUBLIC_KEY = re.compile(r'"MIIBIj[A-Za-z0-9+/]+"')
_NO_SHELL = re.compile(r"^(msg=\(echo .*\)|certutil .*)$", re.MULTILINE)
"""What bash cannot run: a line with a slip in it, and a program of Windows."""


class Given(NamedTuple):
    """What an example takes for granted: what is run before it, and how it ends. `code`: its refusal, and `why`."""

    before: str = "KEY=$(new)"
    code: str = ""
    why: str = ""


PRELUDE = """\
set -eo pipefail
new() { kmscli create-key "$@" --query KeyMetadata.KeyId --output text; }
echo 'Hello World' > ExamplePlaintextFile
"""
"""What every example has, besides a vault: a file to encrypt."""

TWO = "KEY=$(new); OTHER=$(new)"
RSA = "RSA_2048 --key-usage ENCRYPT_DECRYPT"
SEALED = "kmscli encrypt --key-id $KEY --plaintext fileb://ExamplePlaintextFile --ciphertext-out ExampleEncryptedFile"
HMAC = "KEY=$(new --key-spec HMAC_384 --key-usage GENERATE_VERIFY_MAC); cp ExamplePlaintextFile Message"
SIGNER = "KEY=$(new --key-spec RSA_2048 --key-usage SIGN_VERIFY); cp ExamplePlaintextFile UnsignedMessage"
AGREER = "new --key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT"
PUBLIC = "kmscli get-public-key --query PublicKey --output text --key-id"
ALICE = "arn:aws:iam::111122223333:user/alice"
GRANTED = (
    f"KEY=$(new); GRANT=$(kmscli create-grant --key-id $KEY --grantee-principal {ALICE} --operations Decrypt "
    "--query GrantId --output text)"
)
POLICY = "kmscli get-key-policy --key-id $KEY --query Policy --output text > key_policy.json"
MAC = "kmscli generate-mac --key-id $KEY --message fileb://Message --mac-algorithm HMAC_SHA_384"
SIGN = (
    "kmscli sign --key-id $KEY --message fileb://EncodedMessage --message-type RAW "
    "--signing-algorithm RSASSA_PKCS1_V1_5_SHA_256"
)
EXTERNAL = "KEY=$(new --origin EXTERNAL)"
WRAPPED = f"""{EXTERNAL}
kmscli get-parameters-for-import --key-id $KEY --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_2048 \\
    --query '[ImportToken,PublicKey]' --output text > parameters
cut -f1 parameters | base64 --decode > ImportToken.bin
cut -f2 parameters | base64 --decode > wrapping.der
openssl rand -out material 32
openssl pkeyutl -encrypt -pubin -inkey wrapping.der -keyform DER -in material -out EncryptedKeyMaterial.bin \\
    -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256"""
IMPORTED = (
    "kmscli import-key-material --key-id $KEY --encrypted-key-material fileb://EncryptedKeyMaterial.bin "
    "--import-token fileb://ImportToken.bin --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE"
)
STORE = """STORE=$(kmscli create-custom-key-store --custom-key-store-name ExampleCloudHSMKeyStore \\
    --custom-key-store-type EXTERNAL_KEY_STORE --xks-proxy-connectivity VPC_ENDPOINT_SERVICE \\
    --xks-proxy-uri-endpoint https://proxy.example.com --xks-proxy-uri-path /kms/xks/v1 \\
    --xks-proxy-vpc-endpoint-service-name com.amazonaws.vpce.us-east-1.vpce-svc-0123456789 \\
    --xks-proxy-authentication-credential AccessKeyId=ABCDE234567EXAMPLEXX,RawSecretAccessKey=$(printf %043d 0) \\
    --query CustomKeyStoreId --output text)"""
CONNECTED = f"{STORE}; kmscli connect-custom-key-store --custom-key-store-id $STORE"
NOT_CLOUD_HSM = "the key store here is an external one, as there are no CloudHSM clusters yet"
NOT_CONNECTED = "no key store can be connected yet"
CLUSTER = "its cluster's id has a 1, which the pattern of the API model does not allow"
CREDENTIAL = "its access key id has 0 and 1, which the pattern of the API model does not allow"

GIVEN: dict[str, Given] = {
    "cancel-key-deletion 1": Given("KEY=$(new); kmscli schedule-key-deletion --key-id $KEY"),
    "connect-custom-key-store 1": Given(STORE),
    "create-alias 1": Given(),
    "create-custom-key-store 1": Given("echo certificate > customerCA.crt", code="ValidationException", why=CLUSTER),
    "create-custom-key-store 2": Given(code="ValidationException", why=CREDENTIAL),
    "create-custom-key-store 3": Given(code="ValidationException", why=CREDENTIAL),
    "create-grant 1": Given(),
    "create-key 1": Given(),
    "create-key 2": Given(),
    "create-key 3": Given(),
    "create-key 4": Given(),
    "create-key 5": Given(),
    "create-key 6": Given(),
    "create-key 7": Given(),
    "create-key 8": Given(STORE, code="UnsupportedOperationException", why=NOT_CLOUD_HSM),
    "create-key 9": Given(STORE, code="CustomKeyStoreInvalidStateException", why=NOT_CONNECTED),
    "decrypt 1": Given(f"KEY=$(new); {SEALED}"),
    "decrypt 2": Given(f"KEY=$(new); {SEALED}"),
    "decrypt 3": Given(
        f"OTHER=$(new --key-spec {RSA}); KEY=$OTHER; {SEALED} --encryption-algorithm RSAES_OAEP_SHA_256"
    ),
    "delete-alias 1": Given("kmscli create-alias --alias-name alias/example-alias --target-key-id $(new)"),
    "delete-custom-key-store 1": Given(STORE),
    "delete-imported-key-material 1": Given(f"{WRAPPED}; {IMPORTED}"),
    "derive-shared-secret 1": Given(f"KEY=$({AGREER}); PUBLIC=$({PUBLIC} $({AGREER}))"),
    "describe-custom-key-stores 1": Given(STORE),
    "describe-custom-key-stores 2": Given(STORE),
    "describe-custom-key-stores 3": Given(STORE),
    "describe-key 1": Given(),
    "describe-key 2": Given(f"KEY=$(new --key-spec {RSA})"),
    "describe-key 3": Given("KEY=$(new --multi-region)"),
    "describe-key 4": Given("KEY=$(new --key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC)"),
    "disable-key 1": Given(),
    "disable-key-rotation 1": Given("KEY=$(new); kmscli enable-key-rotation --key-id $KEY"),
    "disconnect-custom-key-store 1": Given(CONNECTED),
    "enable-key 1": Given("KEY=$(new); kmscli disable-key --key-id $KEY"),
    "enable-key-rotation 1": Given(),
    "encrypt 1": Given(),
    "encrypt 2": Given(),
    "encrypt 3": Given(f"KEY=$(new --key-spec {RSA})"),
    "generate-data-key 1": Given("kmscli create-alias --alias-name alias/ExampleAlias --target-key-id $(new)"),
    "generate-data-key 2": Given(),
    "generate-data-key-pair 1": Given(),
    "generate-data-key-pair-without-plaintext 1": Given(),
    "generate-data-key-without-plaintext 1": Given(),
    "generate-mac 1": Given(HMAC),
    "generate-mac 2": Given(HMAC),
    "generate-random 1": Given(),
    "generate-random 2": Given(),
    "get-key-policy 1": Given(TWO),
    "get-key-rotation-status 1": Given(),
    "get-parameters-for-import 1": Given(EXTERNAL),
    "get-public-key 1": Given(SIGNER),
    "get-public-key 2": Given(SIGNER),
    "import-key-material 1": Given(WRAPPED),
    "list-aliases 1": Given(),
    "list-aliases 2": Given(),
    "list-grants 1": Given(GRANTED),
    "list-key-policies 1": Given(),
    "list-key-rotations 1": Given("KEY=$(new); kmscli rotate-key-on-demand --key-id $KEY"),
    "list-keys 1": Given(),
    "list-resource-tags 1": Given(),
    "list-retirable-grants 1": Given(),
    "put-key-policy 1": Given(f"KEY=$(new); {POLICY}"),
    "put-key-policy 2": Given(),
    "re-encrypt 1": Given(f"{TWO}; {SEALED}"),
    "re-encrypt 2": Given(f"{TWO}; {SEALED}"),
    "retire-grant 1": Given(GRANTED),
    "revoke-grant 1": Given(GRANTED),
    "rotate-key-on-demand 1": Given(),
    "schedule-key-deletion 1": Given(),
    "sign 1": Given(SIGNER),
    "sign 2": Given(SIGNER),
    "tag-resource 1": Given(),
    "untag-resource 1": Given("KEY=$(new --tags TagKey=Purpose,TagValue=Test)"),
    "update-alias 1": Given("KEY=$(new); kmscli create-alias --alias-name alias/test-key --target-key-id $(new)"),
    "update-custom-key-store 1": Given(STORE),
    "update-custom-key-store 2": Given(STORE, code="ValidationException", why=NOT_CLOUD_HSM),
    "update-custom-key-store 3": Given(STORE, code="ValidationException", why=CLUSTER),
    "update-custom-key-store 4": Given(STORE, code="ValidationException", why=CREDENTIAL),
    "update-custom-key-store 5": Given(STORE),
    "update-key-description 1": Given(),
    "update-key-description 2": Given("OTHER=$(new --description 'IT Department test key')"),
    "verify 1": Given(
        f"{SIGNER}; cp UnsignedMessage EncodedMessage; "
        f"{SIGN} --query Signature --output text | base64 --decode > ExampleSignature"
    ),
    "verify-mac 1": Given(f"{HMAC}; {MAC} --query Mac --output text | base64 --decode > ExampleMac"),
}
"""Every example."""


def pages() -> list[Path]:
    """The help pages' examples, a file an operation, where the AWS CLI is installed."""
    spec = find_spec("awscli")
    assert spec
    assert spec.origin
    return sorted(Path(spec.origin).with_name("examples").joinpath("kms").glob("*.rst"))


def examples() -> dict[str, str]:
    """Each example's commands, by its name, as the page has them."""
    return {
        f"{page.stem} {number}": block
        for page in pages()
        for number, block in enumerate(_blocks(page.read_text()), start=1)
    }


def script(example: str) -> str:
    """An example as bash runs it here: with kmscli, what is here for what it assumes, and no spelling of Windows."""
    text = re.sub(r"^(?:\$ )?aws kms ", "kmscli ", example, flags=re.MULTILINE)
    text = re.sub(r"[\\^] *$", r"\\", text, flags=re.MULTILINE)
    text = _CUT_PUBLIC_KEY.sub("$PUBLIC", _GRANT.sub("$GRANT", _NO_SHELL.sub("", text.replace("C:\\Temp\\", ""))))
    text = _STORE.sub("$STORE", text)
    for there, here in (_KEYS | _HERE).items():
        text = text.replace(there, here)
    return text


def _blocks(page: str) -> Iterator[str]:
    """The indented blocks of a page that call `aws kms`; one page forgets to say `aws kms`."""
    page = page.replace("\n    delete-custom-key-store ", "\n    aws kms delete-custom-key-store ")
    for block in re.findall(r"(?:^ {4}.*\n(?:\s*\n)*)+", page + "\n", re.MULTILINE):
        if re.search(r"^ {4}(?:\$ )?aws kms ", block, re.MULTILINE):
            yield re.sub(r"^ {4}", "", block, flags=re.MULTILINE).strip() + "\n"
